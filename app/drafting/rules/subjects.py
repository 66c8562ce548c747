"""Who is the subject of a verb: the noun phrase on its left, read by its head (codebook 1, subject test;
4, who pledges).
"""

from dataclasses import dataclass, replace
from typing import Literal

from app.drafting.rules.entities import Mention
from app.drafting.rules.lexicon import phrases, verb_forms, words
from app.drafting.rules.sentence_view import View

SubjectKind = Literal[
    "party", "body", "event", "statement", "threat", "commitment", "outsider", "other", "none", "relative"
]

PREPOSITIONS = words("grammar", "prepositions")
BREAKS = frozenset({":", "—", "–", ";", ",", "that", "if", '"', "“", "”", "("}) | frozenset(
    [
        "which",
        "who",
        "whom",
        "while",
        "since",
        "because",
        "when",
        "whereas",
        "although",
        "though",
        "unless",
        "once",
        "whether",
        "until",
    ]
)
JOINERS = frozenset({"and", "&", "or"})
DETERMINERS = words("grammar", "determiners")
REACH = 48


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject read: its kind, the parties it names (empty and `everyone` for all of the meeting), its persons
    and place.
    """

    kind: SubjectKind
    start: int
    parties: tuple[str, ...] = ()
    everyone: bool = False
    persons: tuple[str, ...] = ()
    first_person: bool = False
    pronoun: bool = False

    @property
    def binds(self) -> bool:
        """Whether "will" after it can be a pledge at all."""
        return self.kind in ("party", "body")


NOBODY = Subject("none", 0)


def is_adverb(view: View, i: int) -> bool:
    """Words that stand between a subject and its verb without changing either."""
    key = view.key(i)
    if key in words("acts", "adverbs"):
        return True
    return (
        key.endswith("ly")
        and len(key) > 4
        and key not in ("supply", "apply", "comply", "rely", "reply", "family", "ally", "assembly", "italy", "july")
    )


def before(view: View, verb: int, low: int) -> tuple[int, int] | None:
    """The stretch of the noun phrase that ends right before `verb` (adverbs passed), not reaching below `low`.

    None if nothing stands there: the verb is coordinated, or its subject was interrupted.
    """
    end = verb
    while (
        end > low
        and (view.hidden[end - 1] or is_adverb(view, end - 1))
        and view.key(end - 1) not in ("both", "all", "each")
    ):
        end -= 1
    while end - 2 > low and view.key(end - 1) in JOINERS and is_adverb(view, end - 2):
        end -= 2  # "individually and collectively"
    if (
        end > low
        and view.key(end - 1) in ("both", "all", "each")
        and (end - 1 == low or view.key(end - 2) in ("we", "they", "sides") or end - 2 in view.mention_at)
    ):
        end -= 1 if end - 1 > low else 0
    start = end
    while start > low and end - start < REACH and not _stops(view, start - 1, low, end):
        start -= 1
    if end - start >= REACH or start >= end or view.key(end - 1) in BREAKS | JOINERS:
        return None
    return start, end


def _stops(view: View, i: int, low: int, end: int) -> bool:
    """Whether the noun phrase cannot reach over word `i`."""
    if view.hidden[i]:
        return False
    key = view.key(i)
    if key in JOINERS or key == ",":
        return not _joins_parties(view, i, low, end)
    return key in BREAKS


def _joins_parties(view: View, i: int, low: int, end: int) -> bool:
    """A comma or "and" inside a subject: names or offices stand on both its sides ("Japan and the United States")."""
    left = i - 1
    while left > low and (view.hidden[left] or view.key(left) == ","):
        left -= 1
    if left < low:
        return False
    right = i + 1
    while right < end and (view.key(right) in DETERMINERS or view.key(right) in JOINERS):
        right += 1
    if right >= end or (left in view.mention_at and view.mention_at[left].kind == "adjective"):
        return False
    if view.key(i) == "," and not (left in view.mention_at and right in view.mention_at):
        return False
    return _is_name_like(view, left) and _is_name_like(view, right, forward=True)


def _is_name_like(view: View, i: int, *, forward: bool = False) -> bool:
    if i in view.mention_at:
        return True
    names = words("designations", "offices") | words("designations", "organs") | words("designations", "collectives")
    if view.key(i) in names:
        return True
    if forward:  # "the Foreign Minister", "the Secretary of Defense", "respective delegations"
        return any(view.key(j) in names for j in range(i + 1, min(i + 4, len(view))) if view.words[i].text[0].isupper())
    return view.words[i].text[0].isupper()


def subject_of(view: View, verb: int, low: int) -> Subject | None:
    """The subject right before a verb, or None where none stands there."""
    i = verb - 1
    while i >= low and is_adverb(view, i):
        i -= 1
    if (i >= low and view.key(i) in ("which", "who", "whom", "whose", "what")) or (i > low and view.key(i) == "that"):
        return Subject("relative", i)
    stretch = before(view, verb, low)
    return read(view, *stretch) if stretch else None


def opening_subject(view: View, low: int, high: int) -> Subject | None:
    """A subject cut off from its verb by commas: the first stretch from `low` on that names parties.

    "We, the Ministers of …, condemn"; "The Alliance, along with others, will".
    """
    start = low
    for i in range(low, min(high, low + 4 * REACH)):
        if view.key(i) in COMMA_LIKE and i > start:
            subject = read(view, start, i)
            if subject.binds or subject.kind in ("event", "statement", "threat"):
                return subject
            start = i + 1
    return None


COMMA_LIKE = frozenset({",", "—", "–"})


def read(view: View, start: int, end: int) -> Subject:
    """Read a noun phrase by its head; with several joined by "and", all must name somebody."""
    while (
        start < end
        and (view.key(start) in JOINERS or is_adverb(view, start))
        and view.key(start) not in ("both", "all", "each")
    ):
        start += 1
    if start >= end:
        return replace(NOBODY, start=start)
    parts = [read_part(view, a, b) for a, b in _parts(view, start, end)]
    last = parts[-1]
    if parts[0].kind == "commitment":
        return replace(parts[0], start=start)
    if len(parts) == 1 or not last.binds:
        return replace(last, start=start)
    if all(p.binds for p in parts):
        unknown = any(p.persons and not p.parties for p in parts)
        everyone = (
            unknown
            or any(p.everyone and not p.parties for p in parts)
            or (last.everyone and not any(p.parties for p in parts))
        )
        parties = tuple(dict.fromkeys(c for p in parts for c in p.parties))
        persons = tuple(dict.fromkeys(n for p in parts for n in p.persons))
        return Subject(
            "party", start, () if everyone else parties, everyone, persons, any(p.first_person for p in parts)
        )
    if view.key(_parts(view, start, end)[-1][0]) in DETERMINERS:
        return replace(parts[0], start=start)
    return replace(last, start=start)


def _parts(view: View, start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    at = start
    for i in range(start, end):
        if (view.key(i) in JOINERS or view.key(i) == ",") and not view.hidden[i]:
            if i > at:
                parts.append((at, i))
            at = i + 1
    if at < end:
        parts.append((at, end))
    return parts or [(start, end)]


def read_part(view: View, start: int, end: int) -> Subject:
    """Read one noun phrase without coordination: pronoun, mention, or a head of one of the lexicon's lists."""
    while (
        start < end - 1
        and view.key(start) in DETERMINERS
        and view.key(start) not in ("both", "all", "each", "this", "that")
    ):
        start += 1
    base = _base(view, start, end)
    if (
        view.key(start - 1) in ("his", "her", "its")
        and base == start + 1
        and view.key(start) in ("country", "government", "nation", "side", "administration")
    ):
        return Subject("party", start - 1, pronoun=True)
    head = base - 1
    while head > start and (view.hidden[head] or view.key(head) == "'s"):
        head -= 1
    key = view.key(head)
    if head == start:
        if key in words("designations", "pronouns_all"):
            return Subject("party", start, everyone=True, first_person=key == "we", pronoun=True)
        if key in words("designations", "pronouns_one"):
            return Subject("party", start, first_person=key == "i", pronoun=True)
    mention = view.mention_at.get(head)
    if mention and mention.end > head and mention.end - 1 == head:
        return _of_mention(view, mention, start)
    return _of_head(view, start, head, base, end)


def _base(view: View, start: int, end: int) -> int:
    """Where the base noun phrase ends: at the first preposition, participle or comma outside brackets."""
    for i in range(start + 1, end):
        if view.hidden[i] or i in view.mention_at:
            continue
        key = view.key(i)
        form = verb_forms().get(key)
        if (
            key in PREPOSITIONS
            or key in BREAKS
            or (form and form.participle and not form.base and i > start + 1 and view.key(i + 1) in PREPOSITIONS)
        ):
            return i
    return end


def _of_mention(view: View, mention: Mention, start: int) -> Subject:
    cast = view.cast
    if mention.kind == "person":
        kind: SubjectKind = "party" if not mention.codes or any(cast.is_ours(c) for c in mention.codes) else "outsider"
        return Subject(kind, start, cast.ours(mention.codes), persons=(mention.person or "",))
    code = mention.codes[0]
    if not cast.is_ours(code):
        return Subject("outsider", start)
    return Subject("party", start, cast.ours(mention.codes), everyone=cast.means_all(code))


def _of_head(view: View, start: int, head: int, base: int, end: int) -> Subject:
    key = view.key(head)
    kinds: tuple[tuple[str, SubjectKind], ...] = (
        ("collectives", "party"),
        ("alliances", "party"),
        ("offices", "party"),
        ("organs", "party"),
        ("bodies", "body"),
    )
    kind = next((k for name, k in kinds if key in words("designations", name)), None)
    if key in words("designations", "collectives_one") and view.key(head - 1) in words("designations", "one_by_one"):
        kind = "party"
    if kind and key in ("two", "three", "four") and view.key(head - 1) != "the":
        return Subject("other", start)  # "a two-state solution"
    if kind:
        named = _named(view, start, head) or _named(view, base, end)
        if any(view.key(i) in words("designations", "outsiders") for i in range(start, head)) and not view.cast.ours(
            named
        ):
            return Subject("outsider", start)
        ours = view.cast.ours(named)
        if named and not ours:
            return Subject("outsider", start)
        if (
            not named
            and key in words("designations", "organs")
            and view.key(start - 1) not in ("our", "their", "respective")
        ):
            return Subject("other", start)
        return Subject(kind, start, ours, everyone=not ours)
    others: tuple[tuple[str, SubjectKind], ...] = (
        ("provocations", "threat"),
        ("events", "event"),
        ("statements", "statement"),
    )
    if key in words("acts", "commitment_nouns"):
        named = _named(view, start, head) or _named(view, base, min(end, base + 5))
        return Subject("commitment", start, view.cast.ours(named), everyone=not named)
    named_kind = next((k for name, k in others if key in words("designations", name)), None)
    if key in ("response",) and phrases("designations", "provocations").all_in(view.keys, base, end):
        named_kind = "threat"
    return Subject(named_kind or "other", start, view.cast.ours(_named(view, start, head)))


def _named(view: View, start: int, end: int) -> list[str]:
    """The codes named in a stretch, persons and capitals included."""
    return [c for m in view.mentions_in(start, end) for c in m.codes]
