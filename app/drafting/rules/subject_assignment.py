"""Subject assignment: decide whether a verb is the finite verb of a clause, and which subject it has (codebook 1 to 4).

Coordinated verbs share a subject. A verb in a "that" clause is below a governing verb. Infinitives, nouns and verbs of
relative or subordinate clauses are no verbs of their own.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from app.drafting.rules.draft_model import SpeechAct
from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import CONJUNCTIONS, Subject, is_adverb, opening_subject, subject_of
from app.drafting.rules.verb_forms import VerbForm, verb_forms
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import PLEDGE_ACTS

MODALS = word_set("grammar", "modals")
INFINITIVE_MODALS = word_set("grammar", "infinitive_modals")
BE = word_set("grammar", "be_forms")
PLURAL_BE = word_set("grammar", "plural_be_forms")
LASTING = word_set("grammar", "lasting_verbs")
LASTING_COPULAS = word_set("grammar", "lasting_copulas")
CLAUSE_JOINERS = word_set("grammar", "clause_joiners") | CONJUNCTIONS
SUBORDINATORS = folded_words("grammar", "subordinators")
WEAK = folded_words("grammar", "weak")
PURPOSE_THAT = word_set("grammar", "purpose_that")
PARTICIPLE_OPENERS = word_set("grammar", "participle_openers")
LIGHT_PARTICIPLES = word_set("grammar", "light_participles")
AGREE = word_set("acts", "agree")
# The lists of verbs whose participle may open a clause: "Reaffirming our commitment …, we".
PARTICIPLES = frozenset({"call"}) | (
    frozenset().union(
        *(word_set("acts", name) for name in ("commit", "reaffirm", "support", "condemn", "urge", "announce"))
    )
    - LIGHT_PARTICIPLES
)
PURPOSE_REACH = 40


@dataclass(frozen=True, slots=True)
class GoverningVerb:
    """The verb at `index` with its reading and its subject. Its clause begins at `start`.

    `inner` is true in a clause below another governing verb.
    """

    index: int
    start: int
    reading: VerbReading
    subject: Subject
    inner: bool = False

    @property
    def act(self) -> SpeechAct:
        return self.reading.act


@dataclass(slots=True)
class ParseState:
    """What one pass over a sentence has found so far.

    `main` is the last main verb, `governor` the verb above the current "that" clause, `inner` the subject of that
    clause. `antecedent` is the subject that a pronoun at the beginning refers to. No subject begins before `low`.
    """

    low: int = 0
    main: GoverningVerb | None = None
    inner: Subject | None = None
    governor: GoverningVerb | None = None
    last: GoverningVerb | None = None
    antecedent: Subject | None = None
    in_relative: bool = False


class Assignment(NamedTuple):
    """The subject of a verb, whether its clause is below a governing verb, and where the clause begins."""

    subject: Subject
    inner: bool
    start: int


def assign_subject(view: SentenceView, i: int, form: VerbForm, state: ParseState, headline: bool) -> Assignment | None:
    """The subject of the verb at `i`, or None if the verb is not finite. Updates `state.in_relative`."""
    back = i - 1
    while back >= state.low and (is_adverb(view, back) or view.hidden[back]):
        back -= 1
    left = view.key(back)
    if (form.lemma == "have" and _is_auxiliary(view, i)) or view.key(_before_brackets(view, i, state.low)) == "'s":
        return None
    impersonal = _impersonal_subject(view, i, form)
    if impersonal is not None:
        return Assignment(impersonal, False, impersonal.start)
    if left in INFINITIVE_MODALS or left in MODALS or (left in BE and view.keys[i] not in BE):
        return None
    if form.ing and not form.base:
        return _assign_participle(view, i, back, state)
    subject = subject_of(view, i, state.low)
    if subject is None:
        return _assign_coordinated(view, i, back, form, state, headline)
    state.in_relative = subject.kind == "relative"
    if state.in_relative or not _can_be_finite(view, i, form, subject):
        return None
    return _assign_own(view, subject, state)


def _impersonal_subject(view: SentenceView, i: int, form: VerbForm) -> Subject | None:
    """All parties in "It was agreed that", "it has been decided to"."""
    if form.lemma not in AGREE:
        return None
    j = i - 1
    while j > 0 and (view.key(j) in BE or is_adverb(view, j)):
        j -= 1
    is_passive = not BE.isdisjoint(view.keys[max(0, j) : i])
    return Subject("party", j, everyone=True) if view.key(j) == "it" and is_passive else None


def _before_brackets(view: SentenceView, i: int, low: int) -> int:
    """The index of the word before `i`, brackets skipped."""
    i -= 1
    while i > low and view.hidden[i]:
        i -= 1
    return i


def _is_auxiliary(view: SentenceView, i: int) -> bool:
    """True for "have" before a participle: "have agreed", "has long supported"."""
    j = i + 1
    while is_adverb(view, j):
        j += 1
    form = verb_forms().get(view.key(j))
    return (form is not None and (form.participle or form.past)) or view.key(j).endswith("ed")


def _can_be_finite(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> bool:
    """True if the form can be the finite verb of the subject. Nouns ("their support") and reduced relatives cannot."""
    key = view.keys[i]
    if key in MODALS or key in BE:
        return True
    if subject.kind in ("other", "none", "outsider", "event", "threat", "commitment"):
        return (form.past and subject.kind == "outsider") or (form.lemma in LASTING and not form.ing)
    if form.base and not form.past:
        return subject.pronoun or subject.everyone or len(subject.parties) != 1 or view.key(i - 1).endswith("s")
    return True


def _assign_own(view: SentenceView, subject: Subject, state: ParseState) -> Assignment | None:
    """Assign a clause that has its own subject, by the word before the subject."""
    at = subject.start
    left = view.key(at - 1)
    governor, last = state.governor, state.last
    if left == "that":
        is_governed = governor is not None and view.key(at - 2) != "so"
        return Assignment(_resolved(subject, state), True, at) if is_governed else None
    if left in SUBORDINATORS:
        return None
    if last is not None and last.act in PLEDGE_ACTS and at <= last.reading.complement and not subject.binds:
        return None  # the object of the last verb is no subject
    inner = governor is not None and (at == governor.reading.cue_end or _continues_that(view, at, governor))
    return Assignment(_resolved(subject, state), inner, at)


def _continues_that(view: SentenceView, at: int, governor: GoverningVerb) -> bool:
    """True for a second "that" clause after "and", if the verb above undertakes."""
    reading = governor.reading
    return reading.is_that and reading.governs in PLEDGE_ACTS and view.key(at - 1) in CONJUNCTIONS


def _resolved(subject: Subject, state: ParseState) -> Subject:
    """The subject that a singular pronoun refers to: "Germany underscores that it will"."""
    if not subject.pronoun or subject.everyone:
        return subject
    last = state.main.subject if state.main else state.antecedent
    if last is None:
        return subject
    return replace(last, start=subject.start, kind="party" if last.kind == "statement" else last.kind)


def _assign_coordinated(
    view: SentenceView, i: int, back: int, form: VerbForm, state: ParseState, headline: bool
) -> Assignment | None:
    """Assign a verb without a subject right before it: it shares the last one, or its subject was interrupted."""
    is_modal = view.keys[i] in MODALS or view.keys[i] in BE
    if _is_in_purpose(view, i, state):
        return None
    if state.in_relative and view.key(back) in CONJUNCTIONS and view.key(back - 1) != ",":
        return None
    if state.governor is not None and is_modal:
        inner = state.inner or opening_subject(view, state.governor.reading.cue_end, i)
        if inner:
            return Assignment(inner, True, i)
    if state.main is None:
        return _assign_opening(view, i, form, headline, is_modal=is_modal)
    if back >= 0 and view.key(back) not in CLAUSE_JOINERS:
        return None
    if not is_modal and not _has_same_tense(state.main, form, view):
        return None
    if _is_in_infinitive_list(form, state.last or state.main):
        return None
    return Assignment(state.main.subject, False, i)


def _assign_opening(view: SentenceView, i: int, form: VerbForm, headline: bool, *, is_modal: bool) -> Assignment | None:
    """Assign the first verb of a sentence. A bare verb in a headline means all parties."""
    subject = opening_subject(view, 0, i) if i else None
    if subject:
        return Assignment(subject, False, subject.start)
    is_bare = all(is_adverb(view, j) for j in range(i))
    is_future = view.keys[i] == "will" and (headline or i == 0)
    if is_bare and (is_future or (form.base and not is_modal and headline)):
        return Assignment(Subject("party", i, everyone=True), False, i)
    return None


def _is_in_infinitive_list(form: VerbForm, bound: GoverningVerb) -> bool:
    """True for a bare verb that goes on with a list of infinitives: "will expand …, support …"."""
    is_list = bound.reading.form in ("to", "ing") and bound.act in PLEDGE_ACTS
    return form.base and form.lemma in WEAK and is_list


def _is_in_purpose(view: SentenceView, i: int, state: ParseState) -> bool:
    """True for a modal in a clause of purpose: "so that the vision, …, will be shared"."""
    return view.keys[i] in MODALS and any(
        view.key(k) == "that" and view.key(k - 1) in PURPOSE_THAT
        for k in range(max(state.low, i - PURPOSE_REACH) + 1, i)
    )


def _has_same_tense(last: GoverningVerb, form: VerbForm, view: SentenceView) -> bool:
    """True if two verbs agree in tense, so that they can be coordinated."""
    before = verb_forms().get(view.keys[last.index])
    if before is None:  # "will …, and reaffirm" reads as one list
        return form.past or form.third or view.keys[last.index] in PLURAL_BE
    if form.past:
        return before.past or not before.base or form.base
    if form.third:
        return before.third
    return (before.base and not before.past) or (before.lemma in LASTING_COPULAS and not before.third)


def _assign_participle(view: SentenceView, i: int, back: int, state: ParseState) -> Assignment | None:
    """Assign "Reaffirming our commitment …, we": at the beginning or after a comma it shares the main subject."""
    if verb_forms()[view.keys[i]].lemma not in PARTICIPLES:
        return None
    left = view.key(back)
    opens = back < 0 or left in (",", ";", ":") or (left in PARTICIPLE_OPENERS and back == 0)
    joined = left in CONJUNCTIONS and view.key(back - 1) == ","
    if (not opens and not joined) or (state.in_relative and opens):
        return None
    subject = state.main.subject if state.main else Subject("party", i, everyone=True)
    return Assignment(subject, False, i)
