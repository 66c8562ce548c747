"""Clauses: cut a sentence into clauses, and each clause into single undertakings (codebook 3).

A clause extends from its subject, or from its verb if the subject is shared, to the next governing verb. In a clause,
commas or "and" join infinitives, gerunds and complements. Two of them are two undertakings if they differ in primary
topic, instrument or deadline. Verb pairs on one topic and lists of nouns below one verb stay together.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subject_assignment import BE, MODALS, GoverningVerb
from app.drafting.rules.subjects import CONJUNCTIONS, PREPOSITIONS, is_adverb
from app.drafting.rules.verb_forms import doing, verb_forms
from app.schemas.vocabulary import Act

RELATIVE_PRONOUNS = word_set("grammar", "relative_pronouns")
ARTICLES = word_set("grammar", "articles")
KEPT_LAST = folded_words("grammar", "kept_last")
TRAILING = word_set("clauses", "trailing")
LEADING = word_set("clauses", "leading")
BETWEEN = word_set("clauses", "between") | CONJUNCTIONS
REPEATED_MARKERS = word_set("clauses", "repeated_markers")
BEFORE_SHARED_OBJECT = word_set("clauses", "before_shared_object")
COMPARATIVES = word_set("clauses", "comparatives")
GERUND_OPENERS = word_set("clauses", "gerund_openers")
NOT_GERUNDS = word_set("clauses", "not_gerunds")
COMPLEMENT_DETERMINERS = word_set("clauses", "complement_determiners")
BARE_VERBS = word_set("clauses", "bare_verbs")
GOVERNED_PREPOSITIONS = word_set("clauses", "governed_prepositions")
NOUN_PREPOSITIONS = word_set("clauses", "noun_prepositions")
NOUNS_BEFORE_PREPOSITIONS = word_set("clauses", "nouns_before_prepositions")
INTRANSITIVE = word_set("clauses", "intransitive")
NO_OBJECT = word_set("clauses", "no_object")
EFFORT_NOUNS = word_set("clauses", "effort_nouns")
CHAINS = folded_words("acts", "chains")
NOUN_OR_VERB = folded_words("verbs", "both_noun_and_verb")
NOT_AFTER_VERB = (PREPOSITIONS - GOVERNED_PREPOSITIONS) | (TRAILING - ARTICLES) | BE | MODALS
EFFORT_REACH = 6


@dataclass(frozen=True, slots=True)
class VerbClause:
    """A governing verb with the words `[start, end)` of its clause. What is undertaken begins at `complement`."""

    verb: GoverningVerb
    act: Act
    start: int
    end: int
    complement: int


@dataclass(frozen=True, slots=True)
class ClauseContent:
    """What tells two undertakings apart: primary topic, instruments, deadline and condition."""

    topic: str | None
    instruments: tuple[str, ...]
    due: str | None
    condition: str | None

    def differs_from(self, other: "ClauseContent") -> bool:
        """True if this content after `other` is another undertaking."""
        if self.topic and other.topic and self.topic != other.topic:
            return True
        if self.instruments and other.instruments and not set(self.instruments) & set(other.instruments):
            return True
        return self.due is not None and self.due != other.due and self.due != "open"

    def merged_with(self, other: "ClauseContent") -> "ClauseContent":
        """This content, with what it lacks from `other`."""
        return ClauseContent(
            self.topic or other.topic,
            self.instruments or other.instruments,
            self.due or other.due,
            self.condition or other.condition,
        )


def clauses_of(view: SentenceView, verbs: list[GoverningVerb]) -> list[VerbClause]:
    """The clauses of pledges and positions. The span of a "that" clause begins with the verb above it."""
    found: list[VerbClause] = []
    governor: GoverningVerb | None = None
    for n, verb in enumerate(verbs):
        if not verb.inner:
            governor = verb
        act = verb.act
        if not isinstance(act, Act):
            continue
        reading = verb.reading
        start = verb.start
        if verb.inner and governor is not None and not _is_claimed(found, governor):
            start = governor.start
        if verb.subject.kind in ("threat", "commitment", "event"):
            start = min(start, verb.subject.start)
        end = trimmed_end(view, reading.cue_end, _limit(view, verb, verbs[n + 1 :]))
        if end <= reading.complement and not verb.inner:
            continue  # nothing is undertaken: "we will, and"
        found.append(VerbClause(verb, act, start, end, min(reading.complement, end)))
    return found


def _is_claimed(found: list[VerbClause], governor: GoverningVerb) -> bool:
    """True if an earlier "that" clause already begins with this governor."""
    return any(clause.verb.inner and clause.start == governor.start for clause in found)


def _limit(view: SentenceView, verb: GoverningVerb, later: list[GoverningVerb]) -> int:
    """Where the next clause begins."""
    for following in later:
        if following.start > verb.index and following.index >= verb.reading.cue_end:
            return max(following.start, verb.reading.cue_end)
    return len(view)


def trimmed_end(view: SentenceView, start: int, end: int) -> int:
    """The end of a clause without closing marks, words that join the next clause, and adverbs of that clause."""
    while end > start and (
        view.key(end - 1) in TRAILING or (is_adverb(view, end - 1) and view.key(end - 1) not in KEPT_LAST)
    ):
        end -= 1
    return end


def pieces_of(
    view: SentenceView, clause: VerbClause, content: Callable[[int, int], ClauseContent]
) -> list[tuple[int, int]]:
    """The undertakings of a clause as word ranges. The first one includes the subject and the governing verb.

    `content` returns what a word range is about.
    """
    bounds = [clause.complement, *_cuts(view, clause), clause.end]
    ranges = [(a, b) for a, b in itertools.pairwise(bounds) if b > a]
    if not ranges:
        return [(clause.start, clause.end)]
    merged = _merged(ranges, content)
    first = (clause.start, trimmed_end(view, clause.complement, merged[0][1]))
    return [first, *((_skip_joiners(view, a, b), trimmed_end(view, a + 1, b)) for a, b in merged[1:])]


def _merged(ranges: list[tuple[int, int]], content: Callable[[int, int], ClauseContent]) -> list[tuple[int, int]]:
    """The ranges, with each one added to the range before it unless the two differ in content."""
    merged = ranges[:1]
    if len(ranges) == 1:
        return merged
    last = content(*ranges[0])
    for a, b in ranges[1:]:
        now = content(a, b)
        if now.differs_from(last):
            merged.append((a, b))
            last = now
        else:
            merged[-1] = (merged[-1][0], b)
            last = last.merged_with(now)
    return merged


def _skip_joiners(view: SentenceView, a: int, b: int) -> int:
    while a < b - 1 and view.key(a) in LEADING:
        a += 1
    return a


def _cuts(view: SentenceView, clause: VerbClause) -> list[int]:
    """Where a new verb or complement of the same rank begins inside the clause."""
    cuts: list[int] = []
    is_embedded = False
    i = clause.complement
    while i < clause.end:
        if view.hidden[i]:
            i += 1
            continue
        if i > clause.complement and _opens_comparison(view, i):
            cuts.append(i)
        if _joins(view, i):
            end, is_explicit = _skip_between(view, i, clause.end)
            joint = _Joint(i, end, is_explicit, is_embedded)
            if end > i and not _lacks_object(view, clause, i) and _begins_piece(view, clause, joint):
                cuts.append(i)
                is_embedded = False
            i = max(end, i + 1)
            continue
        is_embedded = is_embedded or _embeds(view, clause, i)
        i += 1
    return cuts


@dataclass(frozen=True, slots=True)
class _Joint:
    """A comma, "and" or "as well as" at `start`, and the words up to `end` that join with it.

    `is_explicit` is true if "to" or "will" is repeated, `is_embedded` inside a purpose, relative or gerund clause.
    """

    start: int
    end: int
    is_explicit: bool
    is_embedded: bool


def _opens_comparison(view: SentenceView, i: int) -> bool:
    """ "with increased cooperation", "with a greater role"."""
    adjective = i + 2 if view.key(i + 1) in ARTICLES else i + 1
    return view.key(i) == "with" and view.key(adjective) in COMPARATIVES


def _joins(view: SentenceView, i: int) -> bool:
    key = view.key(i)
    return (
        key in CONJUNCTIONS
        or key in (",", ";")
        or (key == "as" and view.key(i + 1) == "well" and view.key(i + 2) == "as")
    )


def _embeds(view: SentenceView, clause: VerbClause, i: int) -> bool:
    """True if a relative clause, an infinitive of purpose or a gerund after a preposition begins at `i`."""
    if i <= clause.complement:
        return False
    key = view.key(i)
    if key in RELATIVE_PRONOUNS and view.key(i - 1) != "so":
        return True
    if key == "to" and _is_verb(view, i + 1) and not _is_chained(view, i, clause.complement):
        return True
    form = verb_forms().get(key)
    return bool(form and form.ing and view.key(i - 1) in GERUND_OPENERS and i > clause.complement + 1)


def _lacks_object(view: SentenceView, clause: VerbClause, i: int) -> bool:
    """True for "expand and bolster the …": the verb before the joiner shares the object of the next verb."""
    j = i - 1
    while j >= clause.complement and is_adverb(view, j):
        j -= 1
    if j < clause.complement or view.key(j) not in doing():
        return False
    return j == clause.complement or is_adverb(view, j - 1) or view.key(j - 1) in BEFORE_SHARED_OBJECT


def _skip_between(view: SentenceView, i: int, end: int) -> tuple[int, bool]:
    """The index of the first word after ", and also to …", and whether "to" or "will" is repeated."""
    is_explicit = False
    j = i
    while j < end and (view.key(j) in BETWEEN or is_adverb(view, j)):
        is_explicit = is_explicit or view.key(j) in REPEATED_MARKERS
        j += 1
    return j, is_explicit


def _begins_piece(view: SentenceView, clause: VerbClause, joint: _Joint) -> bool:
    """True if a piece of the same rank begins after the joint.

    After a clause of purpose, a bare verb still belongs to the purpose.
    """
    i, form = joint.end, clause.verb.reading.form
    if i >= clause.end:
        return False
    if joint.is_explicit:
        return _begins_explicit_piece(view, joint, form)
    if joint.is_embedded:
        return False
    if form == "noun":
        takes_complement = view.key(clause.complement - 1) == "to"
        return view.key(i - 1) in CONJUNCTIONS and view.key(i) in COMPLEMENT_DETERMINERS and takes_complement
    return _is_verb(view, i) or (form == "ing" and _is_gerund(view, i))


def _begins_explicit_piece(view: SentenceView, joint: _Joint, form: str) -> bool:
    """ ", and to expand" begins a piece; ", to begin soon" is an aside."""
    first, i = joint.start, joint.end
    key = view.key(first)
    if key == "," and not any(view.key(k) in CONJUNCTIONS or view.key(k) == "as" for k in range(first, i)):
        return False
    has_comma = key in (",", ";", "as") or view.key(first - 1) == ","
    if _is_verb(view, i) and (not joint.is_embedded or has_comma):
        return True
    return form != "to" and (_is_gerund(view, i) or (form == "noun" and view.key(i) != "be"))


def _is_verb(view: SentenceView, i: int) -> bool:
    """True for a base form of doing. A word that may be a noun counts only before what a verb governs."""
    while i < len(view) and is_adverb(view, i):
        i += 1
    key, following = view.key(i), view.key(i + 1)
    if key not in doing() and key not in BARE_VERBS:
        return False
    if following in CONJUNCTIONS and _is_verb(view, i + 2):
        return True
    if key in NOUN_OR_VERB:
        return following not in NOT_AFTER_VERB and not _is_noun_ahead(view, i)
    return following not in BE | MODALS and (following not in NO_OBJECT or key in INTRANSITIVE)


def _is_noun_ahead(view: SentenceView, i: int) -> bool:
    """True for a noun before its preposition: "support for", "exchange on"."""
    return view.key(i + 1) in NOUN_PREPOSITIONS and view.key(i) in NOUNS_BEFORE_PREPOSITIONS


def _is_gerund(view: SentenceView, i: int) -> bool:
    while i < len(view) and is_adverb(view, i):
        i += 1
    form = verb_forms().get(view.key(i))
    return bool(form and form.ing and view.key(i + 1) != "of" and view.key(i) not in NOT_GERUNDS)


def _is_chained(view: SentenceView, i: int, low: int) -> bool:
    """True if the infinitive at `i` is what is undertaken: "continue to", "work to", "make efforts to"."""
    left = view.key(i - 1)
    form = verb_forms().get(left)
    lemma = form.lemma if form else left
    return lemma in CHAINS or (left in EFFORT_NOUNS and i - low <= EFFORT_REACH)
