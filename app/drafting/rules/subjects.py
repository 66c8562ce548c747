"""Subjects: read the noun phrase to the left of a verb by its head noun (codebook 1, subject test; 4, who pledges)."""

from dataclasses import dataclass, replace
from typing import Literal

from app.drafting.rules.entities import Mention
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.verb_forms import verb_forms

SubjectKind = Literal[
    "party", "body", "event", "statement", "threat", "commitment", "outsider", "other", "none", "relative"
]

PREPOSITIONS = folded_words("grammar", "prepositions")
DETERMINERS = folded_words("grammar", "determiners")
CONJUNCTIONS = word_set("grammar", "conjunctions")
BREAKS = word_set("grammar", "subject_breaks")
QUANTIFIERS = word_set("grammar", "quantifiers")
QUANTIFIED_HEADS = word_set("grammar", "quantified_heads")
PRONOMINAL_DETERMINERS = word_set("grammar", "pronominal_determiners")
RELATIVE_SUBJECTS = word_set("grammar", "relative_subjects")
SINGULAR_POSSESSIVES = word_set("grammar", "singular_possessives")
JOINT_POSSESSIVES = word_set("grammar", "joint_possessives")
PRONOUN_OWNED = word_set("grammar", "pronoun_owned")
COUNTING_HEADS = word_set("grammar", "counting_heads")
NOT_ADVERBS = word_set("grammar", "not_adverbs")
ADVERBS = folded_words("acts", "adverbs")
COMMITMENT_NOUNS = folded_words("acts", "commitment_nouns")
PRONOUNS_FOR_ALL = folded_words("designations", "pronouns_all")
PRONOUNS_FOR_ONE = folded_words("designations", "pronouns_one")
SINGULAR_COLLECTIVES = folded_words("designations", "collectives_one")
ONE_BY_ONE = folded_words("designations", "one_by_one")
OUTSIDERS = folded_words("designations", "outsiders")
ORGANS = folded_words("designations", "organs")
ACTORS = folded_words("designations", "offices") | ORGANS | folded_words("designations", "collectives")
PROVOCATIONS = phrases("designations", "provocations")
# Head nouns of the parties, and of what else may be a subject, by the list of the lexicon that has them.
ACTOR_LISTS: tuple[tuple[str, SubjectKind], ...] = (
    ("collectives", "party"),
    ("alliances", "party"),
    ("offices", "party"),
    ("organs", "party"),
    ("bodies", "body"),
)
OTHER_LISTS: tuple[tuple[str, SubjectKind], ...] = (
    ("provocations", "threat"),
    ("events", "event"),
    ("statements", "statement"),
)
REACH = 48
COMMAS = frozenset({",", "—"})


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a verb, whose noun phrase begins at `start`.

    `parties` are those of the meeting that it names; `everyone` is true if it means all of them.
    """

    kind: SubjectKind
    start: int
    parties: tuple[str, ...] = ()
    everyone: bool = False
    persons: tuple[str, ...] = ()
    pronoun: bool = False

    @property
    def binds(self) -> bool:
        """True if "will" after this subject can be a pledge."""
        return self.kind in ("party", "body")


NOBODY = Subject("none", 0)


def is_adverb(view: SentenceView, i: int) -> bool:
    """True for a word that may be between a subject and its verb and changes neither."""
    key = view.key(i)
    return key in ADVERBS or (key.endswith("ly") and len(key) > 4 and key not in NOT_ADVERBS)


def noun_phrase_before(view: SentenceView, verb: int, low: int) -> tuple[int, int] | None:
    """The span of the noun phrase that ends right before `verb`, adverbs skipped, and begins at `low` or later.

    None if there is none: the verb is coordinated, or its subject was interrupted.
    """
    end = verb
    while end > low and _is_skipped(view, end - 1):
        end -= 1
    while end - 2 > low and view.key(end - 1) in CONJUNCTIONS and is_adverb(view, end - 2):
        end -= 2  # "individually and collectively"
    if end - 1 > low and view.key(end - 1) in QUANTIFIERS and _is_quantified(view, end - 2):
        end -= 1  # "we all"
    start = end
    while start > low and end - start < REACH and not _stops(view, start - 1, low, end):
        start -= 1
    if end - start >= REACH or start >= end or view.key(end - 1) in BREAKS | CONJUNCTIONS:
        return None
    return start, end


def _is_skipped(view: SentenceView, i: int) -> bool:
    return (view.hidden[i] or is_adverb(view, i)) and view.key(i) not in QUANTIFIERS


def _is_quantified(view: SentenceView, i: int) -> bool:
    return view.key(i) in QUANTIFIED_HEADS or i in view.mention_at


def _stops(view: SentenceView, i: int, low: int, end: int) -> bool:
    """True if a noun phrase cannot extend over the word at `i`."""
    if view.hidden[i]:
        return False
    key = view.key(i)
    if key in CONJUNCTIONS or key == ",":
        return not _joins_parties(view, i, low, end)
    return key in BREAKS


def _joins_parties(view: SentenceView, i: int, low: int, end: int) -> bool:
    """True for a comma or "and" between names or offices in a subject: "Japan and the United States"."""
    left = i - 1
    while left > low and (view.hidden[left] or view.key(left) == ","):
        left -= 1
    if left < low:
        return False
    right = i + 1
    while right < end and (view.key(right) in DETERMINERS or view.key(right) in CONJUNCTIONS):
        right += 1
    if right >= end or (left in view.mention_at and view.mention_at[left].kind == "adjective"):
        return False
    if view.key(i) == "," and not (left in view.mention_at and right in view.mention_at):
        return False
    return _is_name_like(view, left) and _is_name_like(view, right, forward=True)


def _is_name_like(view: SentenceView, i: int, *, forward: bool = False) -> bool:
    if i in view.mention_at or view.key(i) in ACTORS:
        return True
    if forward:  # "the Foreign Minister", "the Secretary of Defense", "respective delegations"
        return view.is_upper(i) and any(view.key(j) in ACTORS for j in range(i + 1, min(i + 4, len(view))))
    return view.is_upper(i)


def subject_of(view: SentenceView, verb: int, low: int) -> Subject | None:
    """The subject right before a verb, or None if there is none."""
    i = verb - 1
    while i >= low and is_adverb(view, i):
        i -= 1
    if (i >= low and view.key(i) in RELATIVE_SUBJECTS) or (i > low and view.key(i) == "that"):
        return Subject("relative", i)
    span = noun_phrase_before(view, verb, low)
    return read_subject(view, *span) if span else None


def opening_subject(view: SentenceView, low: int, high: int) -> Subject | None:
    """A subject that commas separate from its verb: the first stretch from `low` on that names parties.

    Examples: "We, the Ministers of …, condemn"; "The Alliance, along with others, will".
    """
    start = low
    for i in range(low, min(high, low + 4 * REACH)):
        if view.key(i) in COMMAS and i > start:
            subject = read_subject(view, start, i)
            if subject.binds or subject.kind in ("event", "statement", "threat"):
                return subject
            start = i + 1
    return None


def read_subject(view: SentenceView, start: int, end: int) -> Subject:
    """Read a noun phrase by its head. If "and" joins several, every one must name parties."""
    while start < end and (
        view.key(start) in CONJUNCTIONS or (is_adverb(view, start) and view.key(start) not in QUANTIFIERS)
    ):
        start += 1
    if start >= end:
        return replace(NOBODY, start=start)
    spans = _coordinated_spans(view, start, end)
    parts = [_read_part(view, a, b) for a, b in spans]
    first, last = parts[0], parts[-1]
    if first.kind == "commitment":
        return replace(first, start=start)
    if len(parts) == 1 or not last.binds:
        return replace(last, start=start)
    if all(part.binds for part in parts):
        return _joined(parts, start)
    return replace(first if view.key(spans[-1][0]) in DETERMINERS else last, start=start)


def _joined(parts: list[Subject], start: int) -> Subject:
    """Several parties as one subject. It means all parties if one of them cannot be resolved."""
    unknown = any(part.persons and not part.parties for part in parts)
    vague = any(part.everyone and not part.parties for part in parts)
    everyone = unknown or vague or (parts[-1].everyone and not any(part.parties for part in parts))
    parties = tuple(dict.fromkeys(code for part in parts for code in part.parties))
    persons = tuple(dict.fromkeys(name for part in parts for name in part.persons))
    return Subject("party", start, () if everyone else parties, everyone, persons)


def _coordinated_spans(view: SentenceView, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of the parts that "and" and commas join."""
    spans = []
    at = start
    for i in range(start, end):
        if (view.key(i) in CONJUNCTIONS or view.key(i) == ",") and not view.hidden[i]:
            if i > at:
                spans.append((at, i))
            at = i + 1
    if at < end:
        spans.append((at, end))
    return spans or [(start, end)]


def _read_part(view: SentenceView, start: int, end: int) -> Subject:
    """Read one noun phrase without coordination: a pronoun, a mention or a head noun of the lexicon."""
    while start < end - 1 and view.key(start) in DETERMINERS and view.key(start) not in PRONOMINAL_DETERMINERS:
        start += 1
    base = _base_end(view, start, end)
    if view.key(start - 1) in SINGULAR_POSSESSIVES and base == start + 1 and view.key(start) in PRONOUN_OWNED:
        return Subject("party", start - 1, pronoun=True)
    head = base - 1
    while head > start and (view.hidden[head] or view.key(head) == "'s"):
        head -= 1
    key = view.key(head)
    if head == start and key in PRONOUNS_FOR_ALL:
        return Subject("party", start, everyone=True, pronoun=True)
    if head == start and key in PRONOUNS_FOR_ONE:
        return Subject("party", start, pronoun=True)
    mention = view.mention_at.get(head)
    if mention and mention.end - 1 == head:
        return _read_mention(view, mention, start)
    return _read_head(view, start, head, base, end)


def _base_end(view: SentenceView, start: int, end: int) -> int:
    """Where the base noun phrase ends: at the first preposition, break or participle outside brackets."""
    for i in range(start + 1, end):
        if view.hidden[i] or i in view.mention_at:
            continue
        key = view.key(i)
        form = verb_forms().get(key)
        is_participle = form is not None and form.participle and not form.base
        if key in PREPOSITIONS or key in BREAKS:
            return i
        if is_participle and i > start + 1 and view.key(i + 1) in PREPOSITIONS:
            return i
    return end


def _read_mention(view: SentenceView, mention: Mention, start: int) -> Subject:
    entities = view.entities
    is_ours = any(entities.is_ours(code) for code in mention.codes)
    if mention.kind == "person":
        kind: SubjectKind = "party" if is_ours or not mention.codes else "outsider"
        return Subject(kind, start, entities.ours(mention.codes), persons=(mention.person or "",))
    code = mention.codes[0]
    if not entities.is_ours(code):
        return Subject("outsider", start)
    return Subject("party", start, entities.ours(mention.codes), everyone=entities.means_all(code))


def _read_head(view: SentenceView, start: int, head: int, base: int, end: int) -> Subject:
    """Read a noun phrase whose head noun is at `head`; its base ends at `base`, its modifiers at `end`."""
    key = view.key(head)
    kind = next((kind for name, kind in ACTOR_LISTS if key in folded_words("designations", name)), None)
    if key in SINGULAR_COLLECTIVES and view.key(head - 1) in ONE_BY_ONE:
        kind = "party"
    if kind:
        return _read_actor(view, kind, start, head, (base, end))
    if key in COMMITMENT_NOUNS:
        named = _named(view, start, head) or _named(view, base, min(end, base + 5))
        return Subject("commitment", start, view.entities.ours(named), everyone=not named)
    kind = next((kind for name, kind in OTHER_LISTS if key in folded_words("designations", name)), None)
    if key == "response" and PROVOCATIONS.all_in(view.keys, base, end):
        kind = "threat"
    return Subject(kind or "other", start, view.entities.ours(_named(view, start, head)))


def _read_actor(view: SentenceView, kind: SubjectKind, start: int, head: int, modifiers: tuple[int, int]) -> Subject:
    """Read a noun phrase whose head noun is a collective, an office, an organ or a body."""
    key = view.key(head)
    if key in COUNTING_HEADS and view.key(head - 1) != "the":
        return Subject("other", start)  # "a two-state solution"
    named = _named(view, start, head) or _named(view, *modifiers)
    ours = view.entities.ours(named)
    if not ours and (named or any(view.key(i) in OUTSIDERS for i in range(start, head))):
        return Subject("outsider", start)
    if not named and key in ORGANS and view.key(start - 1) not in JOINT_POSSESSIVES:
        return Subject("other", start)
    return Subject(kind, start, ours, everyone=not ours)


def _named(view: SentenceView, start: int, end: int) -> list[str]:
    """The codes of all mentions in a stretch."""
    return [code for mention in view.mentions_in(start, end) for code in mention.codes]
