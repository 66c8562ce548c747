"""What a pledge hangs on (codebook 7): triggers, conditions, contingencies and qualifiers, in their own words."""

from functools import lru_cache

from app.drafting.rules.draft_model import Condition, ConditionKind
from app.drafting.rules.lexicon import load, phrases
from app.drafting.rules.sentence_view import View
from app.drafting.rules.tokenizer import folds

KINDS: tuple[ConditionKind, ...] = ("trigger", "conditions-based", "contingency", "qualifier")
LONGEST = 40
INVERTED = frozenset({"should", "were"})


def condition_in(view: View, text: str, start: int, end: int) -> Condition | None:
    """The first condition of the clause `words[start:end]`."""
    for i in range(start, end):
        if view.hidden[i] or view.keys[i] not in _starters():
            continue
        found = _condition_at(view, i, start, end)
        if found:
            kind, stop = found
            a, b = view.words[i].start, view.words[stop - 1].end
            return Condition(kind, text[a:b], a, b)
    return None


@lru_cache
def _starters() -> frozenset[str]:
    """The words that a condition can begin with."""
    first = {folds(p)[0] for kind in KINDS for p in load("conditions")[kind]}
    return frozenset(first | {"consistent", "accordance", "line", "based", "under", "with"})


def opening_condition(view: View, text: str) -> Condition | None:
    """A condition before the main clause: "Should X attack Y, we will", "If …, the Alliance will"."""
    first = view.key(0)
    if first in INVERTED or first == "if" or phrases("conditions", "trigger").at(view.keys, 0):
        comma = next((i for i in range(1, min(len(view), 60)) if view.key(i) == ","), 0)
        if comma:
            a, b = view.words[0].start, view.words[comma - 1].end
            return Condition("trigger", text[a:b], a, b)
    return None


def threat_condition(view: View, text: str, start: int, verb: int) -> Condition:
    """The attack that "will be met with" an answer is the trigger."""
    a, b = view.words[start].start, view.words[max(start, verb - 1)].end
    return Condition("trigger", text[a:b], a, b)


def _condition_at(view: View, i: int, low: int, end: int) -> tuple[ConditionKind, int] | None:
    key = view.key(i)
    for name in KINDS:
        hit = phrases("conditions", name).at(view.keys, i)
        if hit is None or i + hit[0] > end:
            continue
        if key in INVERTED and view.key(i - 1) not in (",", ""):
            return None
        if key == "if" and hit[0] == 1 and view.key(i - 1) in ("as", "even", "what"):
            return None
        if name == "qualifier":
            return name, i + hit[0]
        return name, _stop(view, i + hit[0], end)
    if key in ("consistent", "accordance", "line", "based", "under") or (
        key == "with" and view.key(i - 1) == "accordance"
    ):
        return _by_plan(view, i, end)
    return None


def _by_plan(view: View, i: int, end: int) -> tuple[ConditionKind, int] | None:
    """ "consistent with the Conditions-Based … Plan": the plan's name makes it a condition."""
    stop = _stop(view, i + 1, end)
    plans = [folds(p) for p in load("conditions")["plans_of_conditions"]]
    stretch = tuple(view.keys[i:stop])
    named = any(stretch[k : k + len(p)] == p for p in plans for k in range(len(stretch)))
    return ("conditions-based", stop) if named and view.key(i + 1) in ("with", "on", "the", "a") else None


def _stop(view: View, i: int, end: int) -> int:
    """Where a condition's words end: at the next comma or clause word."""
    stop = i
    while (
        stop < end
        and stop < i + LONGEST
        and (view.hidden[stop] or view.key(stop) not in (",", ";", ".", "—", "–", "which", "will"))
    ):
        stop += 1
    return max(stop, i) if stop > i else i
