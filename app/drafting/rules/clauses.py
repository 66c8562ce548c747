"""Clauses and their splitting (codebook 3): one piece for every undertaking that a perfect splitter would make.

A clause runs from its subject, or its own verb if the subject is shared, to the next governing verb. Within it,
infinitives,
gerunds and complements joined by commas or "and" are pieces of their own if they differ in primary topic, instrument,
deadline or condition; same-topic verb pairs and lists of nouns under one verb stay together.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from app.drafting.rules.lexicon import doing, verb_forms, words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subject_assignment import BE, MODALS, Head
from app.drafting.rules.subjects import JOINERS, PREPOSITIONS, is_adverb

RELATIVE = frozenset({"which", "who", "that", "whose", "where"})
TRAILING = frozenset(
    {
        "and",
        ",",
        ";",
        ".",
        "—",
        "–",
        "but",
        "or",
        ":",
        "that",
        '"',
        "”",
        "“",
        "as",
        "while",
        "have",
        "has",
        "had",
        "both",
        "!",
        "?",
        "the",
        "be",
        "with",
    }
)
PURPOSES = frozenset({"thereby", "thus"})
GREATER = frozenset({"increased", "enhanced", "expanded", "greater", "strengthened"})
GERUND_OPENERS = frozenset(
    ["by", "through", "including", "via", "in", "for", "of", "from", "without", "while", "towards", "toward", "on"]
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A governing verb with its words: `[start, end)` the span, what is undertaken from `complement` on."""

    head: Head
    start: int
    end: int
    complement: int


@dataclass(frozen=True, slots=True)
class Content:
    """What tells pieces apart: primary topic, instruments, and whether due or conditional."""

    topic: str | None
    instruments: tuple[str, ...]
    due: str | None
    condition: str | None


def clauses_of(view: View, heads: list[Head]) -> list[Clause]:
    """The clauses of pledges and positions. A "that" clause's span begins with the verb that governs it."""
    found: list[Clause] = []
    governor: Head | None = None
    for n, head in enumerate(heads):
        limit = len(view)
        for later in heads[n + 1 :]:
            if later.start > head.verb and later.verb >= head.reading.cue_end:
                limit = max(later.start, head.reading.cue_end)
                break
        if not head.inner:
            governor = head
        if head.act == "describe":
            continue
        start = head.start
        if head.inner and governor is not None and not any(c.head.inner and c.start == governor.start for c in found):
            start = governor.start
        if head.subject.kind in ("threat", "commitment", "event"):
            start = min(start, head.subject.start)
        end = trimmed(view, head.reading.cue_end, limit)
        if end <= head.reading.complement and not head.inner:
            continue  # nothing is undertaken: "we will, and"
        found.append(Clause(head, start, end, min(head.reading.complement, end)))
    return found


def trimmed(view: View, start: int, end: int) -> int:
    """The end of a clause without the words that join on the next, closing marks and trailing purposes of effect."""
    while end > start and (
        view.key(end - 1) in TRAILING
        or (is_adverb(view, end - 1) and view.key(end - 1) not in words("grammar", "kept_last"))
    ):
        end -= 1
    return end


def pieces_of(view: View, clause: Clause, content: Callable[[int, int], Content]) -> list[tuple[int, int]]:
    """The clause's undertakings as word ranges; the first one keeps the subject and governing verb."""
    cuts = _cuts(view, clause)
    bounds = [clause.complement, *cuts, clause.end]
    ranges = [(a, b) for a, b in itertools.pairwise(bounds) if b > a]
    if not ranges:
        return [(clause.start, clause.end)]
    if len(ranges) == 1:
        return [(clause.start, trimmed(view, clause.complement, ranges[0][1]))]
    merged = [ranges[0]]
    last = content(*ranges[0])
    for a, b in ranges[1:]:
        now = content(a, b)
        if _differs(last, now):
            merged.append((a, b))
            last = now
        else:
            merged[-1] = (merged[-1][0], b)
            last = Content(
                last.topic or now.topic,
                last.instruments or now.instruments,
                last.due or now.due,
                last.condition or now.condition,
            )
    first = (clause.start, trimmed(view, clause.complement, merged[0][1]))
    return [first, *((_skip_joiners(view, a, b), trimmed(view, a + 1, b)) for a, b in merged[1:])]


def _differs(one: Content, two: Content) -> bool:
    """Whether two pieces are two undertakings."""
    if one.topic and two.topic and one.topic != two.topic:
        return True
    if one.instruments and two.instruments and not set(one.instruments) & set(two.instruments):
        return True
    return two.due is not None and one.due != two.due and two.due != "open"


def _skip_joiners(view: View, a: int, b: int) -> int:
    while a < b - 1 and view.key(a) in JOINERS | {",", ";", "as", "well", "also", "to", "while"}:
        a += 1
    return a


def _cuts(view: View, clause: Clause) -> list[int]:
    """Where a new verb or complement of the same rank begins inside the clause."""
    cuts: list[int] = []
    embedded = relative = False
    top = clause.head.reading.form
    i = clause.complement
    while i < clause.end:
        key = view.key(i)
        if view.hidden[i]:
            i += 1
            continue
        if (
            key == "with"
            and i > clause.complement
            and (view.key(i + 1) in GREATER or (view.key(i + 1) in ("the", "an", "a") and view.key(i + 2) in GREATER))
        ):
            cuts.append(i)
        if key in RELATIVE and i > clause.complement and view.key(i - 1) not in ("so",):
            relative = True
        joins = (
            key in JOINERS
            or key in (",", ";")
            or (key == "as" and view.key(i + 1) == "well" and view.key(i + 2) == "as")
        )
        if joins:
            after, explicit = _after_joiners(view, i, clause.end)
            comma = key in (",", ";") or view.key(i - 1) == "," or key == "as"
            if (
                after > i
                and not _bare_verb(view, clause, i)
                and _begins(view, i, after, explicit, comma, top, embedded or relative, clause)
            ):
                cuts.append(i)
                embedded = relative = False
            i = max(after, i + 1)
            continue
        if key == "to" and i > clause.complement and _is_verb(view, i + 1) and not _chained(view, i, clause.complement):
            embedded = True
        form = verb_forms().get(key)
        if form and form.ing and view.key(i - 1) in GERUND_OPENERS and i > clause.complement + 1:
            embedded = True
        i += 1
    return cuts


def _bare_verb(view: View, clause: Clause, i: int) -> bool:
    """ "expand and bolster the …": the verb before the joiner has no object yet, so both share the next."""
    j = i - 1
    while j >= clause.complement and is_adverb(view, j):
        j -= 1
    if j < clause.complement or view.key(j) not in doing():
        return False
    return j == clause.complement or is_adverb(view, j - 1) or view.key(j - 1) in JOINERS | {"to", ","}


def _after_joiners(view: View, i: int, end: int) -> tuple[int, bool]:
    """The first word after ", and also to …", and whether its "to" or "will" is repeated."""
    explicit = False
    j = i
    while j < end and (
        view.key(j) in JOINERS
        or view.key(j) in (",", ";", "well", "as", "to", "will", "while", "further", "both")
        or is_adverb(view, j)
    ):
        explicit = explicit or view.key(j) in ("to", "will")
        j += 1
    return j, explicit


def _begins(
    view: View, first: int, i: int, explicit: bool, comma: bool, top: str, embedded: bool, clause: Clause
) -> bool:
    """Whether a piece of the same rank begins at `i`.

    After a purpose clause a bare verb still belongs to the purpose.
    """
    if i >= clause.end:
        return False
    verb = _is_verb(view, i) if top != "noun" or explicit else False
    gerund = _is_gerund(view, i) and top == "ing"
    if explicit:
        if view.key(first) == "," and not any(view.key(k) in JOINERS or view.key(k) == "as" for k in range(first, i)):
            return False  # ", to begin soon": an aside
        return (verb and (not embedded or comma)) or (
            (_is_gerund(view, i) or (top == "noun" and view.key(i) != "be")) and top != "to"
        )
    if embedded:
        return False
    if top == "noun":
        return (
            view.key(i - 1) in JOINERS
            and view.key(i) in ("the", "its", "their", "our", "a")
            and _is_complement(view, clause)
        )
    return verb or gerund


def _is_complement(view: View, clause: Clause) -> bool:
    """Whether a verb of undertaking takes a noun phrase through "to": its nouns may be undertakings of their own."""
    return view.key(clause.complement - 1) == "to"


def _is_verb(view: View, i: int) -> bool:
    """A base form of doing; words that are nouns as easily only before what a verb governs."""
    while i < len(view) and is_adverb(view, i):
        i += 1
    key = view.key(i)
    if key not in doing() and key not in ("be", "ensure"):
        return False
    following = view.key(i + 1)
    if following in JOINERS and _is_verb(view, i + 2):
        return True
    if key in words("verbs", "both_noun_and_verb"):
        return (
            following not in PREPOSITIONS - {"for", "on", "with", "towards", "toward", "to"}
            and following not in TRAILING - {"the"}
            and following not in BE | MODALS
            and not _is_noun_ahead(view, i)
        )
    return following not in BE | MODALS and (
        following not in (",", ".", "of") or key in ("cooperate", "respond", "consult", "collaborate", "communicate")
    )


def _is_noun_ahead(view: View, i: int) -> bool:
    """ "support for", "exercise on": a noun after all unless a verb must stand here."""
    return view.key(i + 1) in ("for", "on") and view.key(i) in (
        "support",
        "exchange",
        "demand",
        "influence",
        "research",
        "review",
        "progress",
        "plan",
        "training",
        "trade",
    )


def _is_gerund(view: View, i: int) -> bool:
    while i < len(view) and is_adverb(view, i):
        i += 1
    form = verb_forms().get(view.key(i))
    return bool(form and form.ing and view.key(i + 1) != "of" and view.key(i) not in ("including", "following"))


def _chained(view: View, i: int, low: int) -> bool:
    """ "continue to", "work to", "make efforts to": the next infinitive is what is undertaken."""
    left = view.key(i - 1)
    form = verb_forms().get(left)
    lemma = form.lemma if form else left
    return lemma in words("acts", "chains") or (left in ("efforts", "effort") and i - low <= 6)
