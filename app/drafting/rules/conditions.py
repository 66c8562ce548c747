"""Conditions: find what a pledge depends on, in its own words (codebook 7)."""

from functools import cache

from app.drafting.rules.draft_model import DraftCondition
from app.drafting.rules.lexicon import phrases
from app.drafting.rules.lexicon_files import word_list, word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.tokenizer import folds
from app.schemas.vocabulary import ConditionKind

INVERTED = word_set("clauses", "inverted_conditions")
NOT_BEFORE_IF = word_set("clauses", "not_before_if")
PLAN_OPENERS = word_set("clauses", "plan_openers")
PLAN_LINKS = word_set("clauses", "plan_links")
CONDITION_ENDS = word_set("clauses", "condition_ends")
PLANS = tuple(folds(name) for name in word_list("conditions", "plans_of_conditions"))
LONGEST = 40
OPENING_REACH = 60


def condition_in(view: SentenceView, text: str, start: int, end: int) -> DraftCondition | None:
    """The first condition in `words[start:end]`, or None."""
    for i in range(start, end):
        if view.hidden[i] or view.keys[i] not in _starters():
            continue
        found = _condition_at(view, i, end)
        if found:
            kind, stop = found
            return _condition(view, text, kind, i, stop)
    return None


def _condition(view: SentenceView, text: str, kind: ConditionKind, start: int, end: int) -> DraftCondition:
    a, b = view.words[start].start, view.words[end - 1].end
    return DraftCondition(kind, text[a:b], a, b)


@cache
def _starters() -> frozenset[str]:
    """The words that a condition can begin with."""
    first = {folds(phrase)[0] for kind in ConditionKind for phrase in word_list("conditions", kind)}
    return frozenset(first | PLAN_OPENERS | {"with"})


def opening_condition(view: SentenceView, text: str) -> DraftCondition | None:
    """A condition before the main clause: "Should X attack Y, we will", "If …, the Alliance will"."""
    first = view.key(0)
    if first in INVERTED or first == "if" or phrases("conditions", "trigger").at(view.keys, 0):
        comma = next((i for i in range(1, min(len(view), OPENING_REACH)) if view.key(i) == ","), 0)
        if comma:
            return _condition(view, text, ConditionKind.trigger, 0, comma)
    return None


def threat_condition(view: SentenceView, text: str, start: int, verb: int) -> DraftCondition:
    """The attack that "will be met with" an answer, as a trigger."""
    return _condition(view, text, ConditionKind.trigger, start, max(start, verb - 1) + 1)


def _condition_at(view: SentenceView, i: int, end: int) -> tuple[ConditionKind, int] | None:
    """The kind of the condition that begins at `i`, and where it ends."""
    key = view.key(i)
    for kind in ConditionKind:
        hit = phrases("conditions", kind).at(view.keys, i)
        if hit is None or i + hit[0] > end:
            continue
        if key in INVERTED and view.key(i - 1) not in (",", ""):
            return None
        if key == "if" and hit[0] == 1 and view.key(i - 1) in NOT_BEFORE_IF:
            return None
        return kind, i + hit[0] if kind is ConditionKind.qualifier else _stop(view, i + hit[0], end)
    if key in PLAN_OPENERS or (key == "with" and view.key(i - 1) == "accordance"):
        return _by_plan(view, i, end)
    return None


def _by_plan(view: SentenceView, i: int, end: int) -> tuple[ConditionKind, int] | None:
    """ "consistent with the Conditions-Based … Plan": the name of the plan makes it a condition."""
    stop = _stop(view, i + 1, end)
    stretch = tuple(view.keys[i:stop])
    is_named = any(stretch[k : k + len(plan)] == plan for plan in PLANS for k in range(len(stretch)))
    return (ConditionKind.conditions_based, stop) if is_named and view.key(i + 1) in PLAN_LINKS else None


def _stop(view: SentenceView, i: int, end: int) -> int:
    """Where a condition ends: at the next comma or clause word."""
    stop = i
    while stop < min(end, i + LONGEST) and (view.hidden[stop] or view.key(stop) not in CONDITION_ENDS):
        stop += 1
    return stop
