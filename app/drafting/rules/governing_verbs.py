"""Governing verbs: find the verbs of a sentence that say what the parties do, in one pass from left to right."""

from dataclasses import replace
from functools import cache

from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.nominal_pledges import read_second_object
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.speech_acts import ANNOUNCE, NOMINAL_OPENERS, REAFFIRM, read_verb
from app.drafting.rules.subject_assignment import BE, MODALS, GoverningVerb, ParseState, assign_subject
from app.drafting.rules.subjects import NOBODY, Subject
from app.drafting.rules.verb_forms import VerbForm, governing_lemmas, verb_forms

COMMITMENT_NOUNS = folded_words("acts", "commitment_nouns")


@cache
def triggers() -> frozenset[str]:
    """The words at which a governing verb may begin."""
    verbs = {word for word, form in verb_forms().items() if form.lemma in governing_lemmas()}
    return frozenset(verbs | COMMITMENT_NOUNS | MODALS | BE | word_set("clauses", "further_triggers"))


def governing_verbs(
    view: SentenceView, *, headline: bool = False, before: Subject | None = None
) -> list[GoverningVerb]:
    """The governing verbs of a sentence in order, with those that only describe: they end the clause before them.

    `before` is the subject that a "he" or "it" at the beginning refers to.
    """
    state = ParseState(antecedent=before)
    verbs: list[GoverningVerb] = []
    free = 0
    for i in range(len(view)):
        if i < free or view.hidden[i] or view.keys[i] not in triggers():
            continue
        verb = _verb_at(view, i, state, headline)
        if verb is None:
            continue
        verbs.append(verb)
        free = max(i + 1, verb.reading.cue_end)
        _update(state, verb)
    return verbs


def _update(state: ParseState, verb: GoverningVerb) -> None:
    """Record a new governing verb in `state`."""
    state.low = max(verb.reading.cue_end, verb.index + 1)
    state.last = verb
    if verb.inner:
        state.inner = verb.subject
    elif verb.subject.kind != "commitment" and not verb.reading.nominal:
        state.main = verb
        state.inner = None
        state.governor = None
    if verb.reading.governs and not verb.inner:
        state.governor = verb
        state.inner = None


def _verb_at(view: SentenceView, i: int, state: ParseState, headline: bool) -> GoverningVerb | None:
    """The governing verb at `i`, or None. May update `state.in_relative`."""
    key = view.keys[i]
    known = verb_forms().get(key)
    if key in NOMINAL_OPENERS:
        reading = read_verb(view, i, VerbForm("with"), NOBODY, None)
        return GoverningVerb(i, i, reading, replace(NOBODY, start=i, everyone=True)) if reading else None
    is_noun = known is None or not known.finite or view.key(i + 1) == "to"
    if key in COMMITMENT_NOUNS and key not in MODALS and is_noun:
        second = _second_object(view, i, state)
        if second is not None or known is None:
            return second
    form = known or VerbForm("be" if key in BE else key, base=True)
    assignment = assign_subject(view, i, form, state, headline)
    if assignment is None:
        return None
    governor = state.governor.reading if assignment.inner and state.governor else None
    reading = read_verb(view, i, form, assignment.subject, governor)
    if reading is None:
        return None
    return GoverningVerb(i, assignment.start, reading, assignment.subject, assignment.inner)


def _second_object(view: SentenceView, i: int, state: ParseState) -> GoverningVerb | None:
    """A second object of the last restating verb, with the subject of that verb."""
    last = state.last
    form = verb_forms().get(view.keys[last.index]) if last else None
    if last is None or form is None or form.lemma not in REAFFIRM | ANNOUNCE:
        return None
    reading = read_second_object(view, i)
    return GoverningVerb(i, max(last.index + 1, i - 2), reading, last.subject) if reading else None
