"""The governing verbs of a sentence: one pass from left to right that finds each, its subject and its act."""

from dataclasses import replace
from functools import lru_cache

from app.drafting.rules.lexicon import GOVERNING, Form, load, verb_forms, words
from app.drafting.rules.nominal_pledges import second_noun
from app.drafting.rules.sentence_view import View
from app.drafting.rules.speech_acts import read_verb
from app.drafting.rules.subject_assignment import BE, MODALS, Head, State, place
from app.drafting.rules.subjects import NOBODY, Subject


@lru_cache
def triggers() -> frozenset[str]:
    """Words at which a governing verb may begin."""
    found = {w for w, f in verb_forms().items() if f.lemma in _governing()}
    found |= words("acts", "commitment_nouns")
    return frozenset(
        found
        | MODALS
        | BE
        | {
            "remain",
            "remains",
            "remained",
            "stand",
            "stands",
            "stay",
            "with",
            "including",
            "continue",
            "continues",
            "continued",
        }
    )


@lru_cache
def _governing() -> frozenset[str]:
    acts = load("acts")
    return frozenset(w for n in GOVERNING for w in acts[n])


def heads_of(view: View, *, headline: bool = False, before: Subject | None = None) -> list[Head]:
    """The governing verbs of a sentence, in order, descriptions included (they end the clause before them).

    `before` is the subject that a "he" or "it" at the beginning goes back to.
    """
    state = State(antecedent=before)
    heads: list[Head] = []
    free = 0
    for i in range(len(view)):
        if i < free or view.hidden[i] or view.keys[i] not in triggers():
            continue
        head = _head_at(view, i, state, headline)
        if head is None:
            continue
        heads.append(head)
        free = max(i + 1, head.reading.cue_end)
        _remember(state, head)
    return heads


def _remember(state: State, head: Head) -> None:
    state.low = max(head.reading.cue_end, head.verb + 1)
    state.last = head
    if head.inner:
        state.inner = head.subject
    elif head.subject.kind != "commitment" and not head.reading.nominal:
        state.main = head
        state.inner = None
        state.governor = None
    if head.reading.governs and not head.inner:
        state.governor = head
        state.inner = None


def _head_at(view: View, i: int, state: State, headline: bool) -> Head | None:
    key = view.keys[i]
    if key in ("with", "including"):
        reading = read_verb(view, i, Form("with"), NOBODY, None)
        return Head(i, i, reading, replace(NOBODY, start=i, everyone=True)) if reading else None
    if (
        key in words("acts", "commitment_nouns")
        and key not in MODALS
        and (verb_forms().get(key) is None or not verb_forms()[key].finite or view.key(i + 1) == "to")
    ):
        second = _second(view, i, state)
        if second is not None or verb_forms().get(key) is None:
            return second
    form = verb_forms().get(key) or Form(key if key in MODALS else "be" if key in BE else key, base=True)
    placed = place(view, i, form, state, headline)
    if placed is None:
        return None
    subject, inner, start = placed
    governor = state.governor.reading if inner and state.governor else None
    reading = read_verb(view, i, form, subject, governor)
    if reading is None:
        return None
    return Head(i, start, reading, subject, inner)


def _second(view: View, i: int, state: State) -> Head | None:
    """A second object of the last restating verb: it is its subject's too."""
    last = state.last
    if last is None or verb_forms().get(view.keys[last.verb], Form("")).lemma not in (
        *load("acts")["reaffirm"],
        *load("acts")["announce"],
    ):
        return None
    reading = second_noun(view, i)
    return Head(i, max(last.verb + 1, i - 2), reading, last.subject) if reading else None
