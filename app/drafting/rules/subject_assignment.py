"""How clauses hang together: whose a verb is, and whether it is one (codebook 1 to 4).

Who is the subject of a coordinated verb; what stands in a "that" clause and under which verb; what is only an
infinitive, a noun, a relative or a subordinate clause.
"""

from dataclasses import dataclass, replace

from app.drafting.rules.draft_model import PLEDGES, Act
from app.drafting.rules.lexicon import Form, load, verb_forms, words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import JOINERS, Subject, is_adverb, opening_subject, subject_of
from app.drafting.rules.verb_reading import Reading

MODALS = frozenset({"will", "shall", "would", "'ll", "must", "should"})
OTHER_MODALS = frozenset({"can", "could", "may", "might", "cannot", "to"})
BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "am", "'re"})


@dataclass(frozen=True, slots=True)
class Head:
    """A governing verb: where it stands, how it reads, whose it is. `start` is where its clause begins."""

    verb: int
    start: int
    reading: Reading
    subject: Subject
    inner: bool = False

    @property
    def act(self) -> Act:
        return self.reading.act


@dataclass(slots=True)
class State:
    """What the pass remembers: the last main head, the verb that governs a "that" clause, and relative clauses."""

    low: int = 0
    main: Head | None = None
    inner: Subject | None = None
    governor: Head | None = None
    last: Head | None = None
    antecedent: Subject | None = None
    in_relative: bool = False


def _impersonal(view: View, i: int, form: Form) -> Subject | None:
    """ "It was agreed that", "it has been decided to": the parties of the meeting."""
    if form.lemma not in load("acts")["agree"]:
        return None
    j = i - 1
    while j > 0 and (view.key(j) in BE or is_adverb(view, j)):
        j -= 1
    return (
        Subject("party", j, everyone=True)
        if view.key(j) == "it" and any(view.key(k) in BE for k in range(j, i))
        else None
    )


def place(view: View, i: int, form: Form, state: State, headline: bool) -> tuple[Subject, bool, int] | None:
    """The subject of a verb, whether it stands in a governed clause, and where the clause begins;
    None if not finite.
    """
    back = i - 1
    while back >= state.low and (is_adverb(view, back) or view.hidden[back]):
        back -= 1
    left = view.key(back) if back >= 0 else ""
    key = view.keys[i]
    if (form.lemma == "have" and _is_auxiliary(view, i)) or view.key(_behind(view, i, state.low)) == "'s":
        return None
    impersonal = _impersonal(view, i, form)
    if impersonal is not None:
        return impersonal, False, impersonal.start
    if left in OTHER_MODALS or left in MODALS or (left in BE and key not in BE):
        return None
    if form.ing and not form.base:
        return _participle(view, i, back, state)
    subject = subject_of(view, i, state.low)
    if subject is None:
        return _coordinated(view, i, back, form, state, headline)
    if subject.kind == "relative":
        state.in_relative = True
        return None
    state.in_relative = False
    if not _agrees(view, i, form, subject):
        return None
    return _with_subject(view, subject, state)


def _behind(view: View, i: int, low: int) -> int:
    """The word before `i`, brackets passed."""
    i -= 1
    while i > low and view.hidden[i]:
        i -= 1
    return i


def _is_auxiliary(view: View, i: int) -> bool:
    """ "have agreed", "has long supported": no verb of its own."""
    j = i + 1
    while is_adverb(view, j):
        j += 1
    form = verb_forms().get(view.key(j))
    return (form is not None and (form.participle or form.past)) or view.key(j).endswith("ed")


def _agrees(view: View, i: int, form: Form, subject: Subject) -> bool:
    """Whether a form can be the finite verb of that subject: nouns ("their support") and reduced relatives are none."""
    key = view.keys[i]
    if key in MODALS or key in BE:
        return True
    if subject.kind in ("other", "none", "outsider", "event", "threat", "commitment"):
        return (form.past and subject.kind == "outsider") or (form.lemma in ("remain", "continue") and not form.ing)
    if form.base and not form.past:
        return subject.pronoun or subject.everyone or len(subject.parties) != 1 or view.key(i - 1).endswith("s")
    return True


def _with_subject(view: View, subject: Subject, state: State) -> tuple[Subject, bool, int] | None:
    """Place a clause that has its own subject, by the word before it."""
    at = subject.start
    left = view.key(at - 1) if at else ""
    if left == "that":
        if state.governor is not None and view.key(at - 2) != "so":
            return _resolved(subject, state), True, at
        return None
    if left in words("grammar", "subordinators") and at:
        return None
    last = state.last
    if last is not None and last.act in PLEDGES and at <= last.reading.complement and not subject.binds:
        return None  # the object of the last verb is nobody's subject
    if state.governor is not None and (at == state.governor.reading.cue_end or _goes_on(view, at, state)):
        return _resolved(subject, state), True, at
    return _resolved(subject, state), False, at


def _goes_on(view: View, at: int, state: State) -> bool:
    """A second clause after "and" still under the same verb: only if that verb undertakes, and its "that" was said."""
    governor = state.governor
    return bool(
        governor
        and governor.reading.is_that
        and governor.reading.governs in ("agree", "reaffirm", "commit")
        and view.key(at - 1) in JOINERS
    )


def _resolved(subject: Subject, state: State) -> Subject:
    """A pronoun for one means the last subject: "Germany underscores that it will"."""
    if subject.pronoun and not subject.everyone:
        last = state.main.subject if state.main else state.antecedent
        if last is None:
            return subject
        return replace(last, start=subject.start, kind="party" if last.kind == "statement" else last.kind)
    return subject


def _coordinated(
    view: View, i: int, back: int, form: Form, state: State, headline: bool
) -> tuple[Subject, bool, int] | None:
    """A verb without a subject of its own: it shares the last one, or its subject was interrupted, or there is none."""
    key = view.keys[i]
    if modal_in_purpose(view, i, state):
        return None
    if state.in_relative and view.key(back) in JOINERS and view.key(back - 1) != ",":
        return None
    modal = key in MODALS or key in BE
    if state.governor is not None and modal:
        inner = state.inner or opening_subject(view, state.governor.reading.cue_end, i)
        if inner:
            return inner, True, i
    if state.main is None:
        subject = opening_subject(view, 0, i) if i else None
        if subject:
            return subject, False, subject.start
        bare = i == 0 or all(is_adverb(view, j) for j in range(i))
        if bare and ((key == "will" and (headline or i == 0)) or (form.base and not modal and headline)):
            return Subject("party", i, everyone=True), False, i
        return None
    if back >= 0 and view.key(back) not in JOINERS and view.key(back) not in (",", ";", "but", "—", "–"):
        return None
    last = state.main
    if not modal and not _same_tense(last, form, view):
        return None
    bound = state.last or last
    if (
        form.lemma in words("grammar", "weak")
        and form.base
        and bound.reading.form in ("to", "ing")
        and bound.act in ("commit", "agree", "reaffirm")
    ):
        return None
    return last.subject, False, i


def modal_in_purpose(view: View, i: int, state: State) -> bool:
    """ "so that the vision, …, will be shared": what is hoped for, not undertaken."""
    if view.keys[i] not in MODALS:
        return False
    return any(
        view.key(k) == "that" and view.key(k - 1) in ("so", "such", "ensure", "ensuring")
        for k in range(max(state.low, i - 40) + 1, i)
    )


def _same_tense(last: Head, form: Form, view: View) -> bool:
    """Coordinated verbs agree in tense: past with past, "condemn" with "reaffirm", "reaffirms" with "condemns"."""
    before = verb_forms().get(view.keys[last.verb])
    if before is None:  # "will …, and reaffirm" reads as one list
        return form.past or form.third or view.keys[last.verb] in ("are", "remain", "am")
    if form.past:
        return before.past or not before.base or form.base
    if form.third:
        return before.third
    return (before.base and not before.past) or (before.lemma in ("remain", "be") and not before.third)


def _participle(view: View, i: int, back: int, state: State) -> tuple[Subject, bool, int] | None:
    """ "Reaffirming our commitment …, we": at a sentence's beginning or after a comma it shares the main subject."""
    lemma = verb_forms()[view.keys[i]].lemma
    acts = load("acts")
    if (
        not any(lemma in acts[name] for name in ("commit", "reaffirm", "support", "condemn", "urge", "announce"))
        or lemma in ("call", "give", "set", "have", "make", "share")
    ) and lemma != "call":
        return None
    opens = back < 0 or view.key(back) in (",", ";", ":") or (view.key(back) in ("and", "while", "by") and back == 0)
    joined = view.key(back) in JOINERS and view.key(back - 1) == ","
    if (not opens and not joined) or (state.in_relative and opens):
        return None
    subject = state.main.subject if state.main else Subject("party", i, everyone=True)
    return subject, False, i
