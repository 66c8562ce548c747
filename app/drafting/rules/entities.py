"""Who is named where: states by name, adjective or capital, organisations, groups, and persons by title or known name.

Only capitalised words are looked up, so that "polish" and "turkey" stay words. Party codes are the book's; "ROK",
"DPRK", "PRC" and any alias of a party lead to its code.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from app.drafting.rules.draft_model import Book, Person
from app.drafting.rules.lexicon import load
from app.drafting.rules.phrase_table import Phrases
from app.drafting.rules.tokenizer import Word, fold, folds

MentionKind = Literal["name", "adjective", "capital", "person"]
NAME_LIMIT = 5
NO_NAMES = frozenset(
    {
        "assembly",
        "debate",
        "secretariat",
        "staff",
        "council",
        "office",
        "meeting",
        "statement",
        "summit",
        "conference",
        "joint",
    }
)
SUFFIXES = frozenset({"iii", "ii", "jr", "sr", "iv"})


@dataclass(frozen=True, slots=True)
class Mention:
    """`words[start:end]` names `codes`; a person also has a key (slug if known to the book, else the name as
    written).
    """

    start: int
    end: int
    kind: MentionKind
    codes: tuple[str, ...]
    person: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The phrase tables of a book, made once for it."""

    parties: Phrases[tuple[str, MentionKind]]
    codes: dict[str, str]
    groups: dict[str, frozenset[str]]
    persons: Phrases[Person]
    titles: Phrases[tuple[str, str | None]]

    def code(self, word: str) -> str:
        """The book's code for a code or alias: "ROK" and "KOR" are KOR; what is unknown stays as it is."""
        return self.codes.get(" ".join(folds(word)), word)


@lru_cache(maxsize=8)
def names_of(book: Book) -> Names:
    """All designations: the book's own first, then those of the lexicon."""
    entries: list[tuple[str, tuple[str, MentionKind]]] = []
    codes: dict[str, str] = {}
    for party in book.parties:
        for name in (party.name, *party.aliases):
            if len(name) > 1 and not (len(name) == 2 and name.islower()):
                entries.append((name, (party.code, "name")))
        for name in (party.code, party.name, *party.aliases):
            codes.setdefault(" ".join(folds(name)), party.code)
    states, organisations = load("states"), load("organisations")
    groups: dict[str, frozenset[str]] = {}
    for code, entry in (*states.items(), *organisations.items()):
        known = next((codes[key] for n in (code, *entry["names"]) if (key := " ".join(folds(n))) in codes), code)
        for name in entry["names"]:
            entries.append((name, (known, "name")))
            codes.setdefault(" ".join(folds(name)), known)
        codes.setdefault(fold(code), known)
        entries += [(a, (known, "adjective")) for a in entry.get("adjectives", ())]
        entries += [(c, (known, "capital")) for c in entry.get("capitals", ())]
        if "members" in entry:
            groups[known] = frozenset(entry["members"])
    persons = [(n, p) for p in book.persons for n in (p.name, *p.aliases)]
    titles = [(t, (t, home)) for t, home in load("designations")["titles"].items()]
    return Names(Phrases(entries), codes, groups, Phrases(persons), Phrases(titles))


@dataclass(slots=True)
class Known:
    """A person met in the text: how the book or the text calls them, and whose they are."""

    key: str
    name: str
    party: str | None
    office: str | None
    slug: str | None = None


@dataclass(slots=True)
class Cast:
    """The parties of the meeting and the persons met so far; filled in one pass over the text before drafting."""

    names: Names
    parties: tuple[str, ...] = ()
    people: dict[str, Known] = field(default_factory=dict)

    def mentions(self, words: Sequence[Word], keys: Sequence[str]) -> list[Mention]:
        """The mentions in one sentence, in order, none overlapping."""
        found: list[Mention] = []
        i = 0
        while i < len(words):
            mention = self._at(words, keys, i) if words[i].text[0].isupper() else None
            if mention:
                found.append(mention)
                i = mention.end
            else:
                i += 1
        return found

    def _at(self, words: Sequence[Word], keys: Sequence[str], i: int) -> Mention | None:
        title = self.names.titles.at(keys, i)
        if title:
            person = self._titled(words, keys, i, title)
            if person:
                return person
        known = self.names.persons.at(keys, i)
        if known:
            n, entry = known
            party = entry.party or (self.people[fold(entry.name)].party if fold(entry.name) in self.people else None)
            return Mention(i, i + n, "person", (party,) if party else (), entry.slug)
        place = self.names.parties.at(keys, i)
        if place and words[i + place[0] - 1].text[0].isupper():
            n, (code, kind) = place
            return Mention(i, i + n, kind, (code,))
        alone = self.people.get(keys[i])
        if alone and words[i].text[0].isupper():
            end = i + 1
            while end < len(words) and end - i < NAME_LIMIT and self.people.get(keys[end]) is alone:
                end += 1
            return Mention(i, end, "person", (alone.party,) if alone.party else (), alone.key, alone.office)
        return None

    def _titled(
        self, words: Sequence[Word], keys: Sequence[str], i: int, title: tuple[int, tuple[str, str | None]]
    ) -> Mention | None:
        n, (office, home) = title
        start = i + n
        if start < len(words) and keys[start] == "of" and office.endswith(("Secretary", "Minister")):
            return None
        end = name_end(words, keys, start)
        if end == start or keys[start] in NO_NAMES:
            return None
        known = self.people.get(keys[end - 1]) or self.people.get(keys[start])
        party = known.party if known else home
        key = known.key if known else " ".join(w.text for w in words[start:end])
        return Mention(
            i, end, "person", (party,) if party else (), key, known.office if known and known.office else office
        )

    def meet(self, words: Sequence[Word], keys: Sequence[str]) -> None:
        """Learn from one sentence who is whose: "South Korean Foreign Minister Cho Tae-yul", "Prime Minister X of
        Japan".
        """
        last: tuple[int, str | None] | None = None
        for i in range(len(words)):
            title = self.names.titles.at(keys, i) if words[i].text[0].isupper() or keys[i] == "counterpart" else None
            if not title:
                continue
            n, (office, home) = title
            start = i + n
            party = self._of(words, keys, start)
            if party:
                start = party[1]
            end = name_end(words, keys, start + 1)
            if (
                start < len(keys)
                and keys[start] == ","
                and end > start + 2
                and end < len(keys)
                and keys[end] in (",", "and")
            ):
                start += 1  # "Minister for Trade, Jane Hill, met"
            end = name_end(words, keys, start)
            if end == start or keys[start] in NO_NAMES:
                continue
            after = self._of(words, keys, end)
            before = self._before(words, keys, i) or (last[1] if last and i - last[0] <= 2 else None)
            code = (party or after or (before, 0))[0] or home
            self._learn(words, keys, start, end, office, code)
            last = end, code  # "its Foreign Minister A, Defense Minister B": one state for a list

    def _of(self, words: Sequence[Word], keys: Sequence[str], i: int) -> tuple[str, int] | None:
        """The state in "of the United States" right after a title or name, and where it ends."""
        if i < len(keys) and keys[i] == "of":
            j = i + 2 if i + 1 < len(keys) and keys[i + 1] == "the" else i + 1
            place = self.names.parties.at(keys, j) if j < len(keys) and words[j].text[0].isupper() else None
            if place:
                return place[1][0], j + place[0]
        return None

    def _before(self, words: Sequence[Word], keys: Sequence[str], i: int) -> str | None:
        """The state named right before a title: "ROK Minister", "Japan's Prime Minister"."""
        for back in range(1, 6):
            j = i - back
            if j < 0:
                break
            place = self.names.parties.at(keys, j) if words[j].text[0].isupper() else None
            if place and (j + place[0] == i or (j + place[0] == i - 1 and keys[i - 1] == "'s")):
                return place[1][0]
        return None

    def _learn(
        self, words: Sequence[Word], keys: Sequence[str], start: int, end: int, office: str, code: str | None
    ) -> None:
        name = words[start].text if end == start + 1 else _as_written(words[start:end])
        book = self.names.persons.at(keys, start)
        entry = next((self.people[k] for k in keys[start:end] if k in self.people), None)
        if entry is None:
            key = book[1].slug if book else name
            party = (book[1].party if book else None) or code
            entry = Known(key, book[1].name if book else name, party, office, book[1].slug if book else None)
        elif entry.party is None:
            entry.party = code
        if len(name) > len(entry.name) and not book:
            entry.key = entry.name = name
        for k, w in zip(keys[start:end], words[start:end], strict=True):
            if len(k) > 2 and w.text[0].isupper() and k not in SUFFIXES:
                self.people.setdefault(k, entry)

    def is_ours(self, code: str) -> bool:
        """Whether a code is a party of the meeting, or a group made of its parties."""
        return code in self.parties or self.means_all(code) or self._part(code)

    def means_all(self, code: str) -> bool:
        """A group's name for all parties: the Quad at a meeting of its four states."""
        members = self.names.groups.get(code)
        return (
            members is not None
            and len(self.parties) > 1
            and members >= set(self.parties)
            and len(members) <= len(self.parties) + 1
        )

    def _part(self, code: str) -> bool:
        members = self.names.groups.get(code)
        return members is not None and members < set(self.parties)

    def ours(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The parties of the meeting among codes, in the meeting's order, groups taken apart."""
        found: set[str] = set()
        for code in codes:
            if code in self.parties:
                found.add(code)
            elif self.means_all(code):
                found |= set(self.parties)
            elif self._part(code):
                found |= self.names.groups[code]
        return tuple(p for p in self.parties if p in found)


def name_end(words: Sequence[Word], keys: Sequence[str], start: int) -> int:
    """Where a person's name that begins at `start` ends: capitalised words, initials, parts joined by hyphens."""
    end = start
    while end < len(words) and end - start < NAME_LIMIT:
        word = words[end]
        joined = end > start and word.hyphened and word.text.islower()
        is_initial = word.text.endswith(".") and len(word.text) == 2
        if not ((word.text[0].isupper() and word.text[0].isalpha()) or joined) or keys[end] in (
            "we",
            "the",
            "and",
            "of",
            "usa",
        ):
            break
        end += 1
        if end < len(words) and words[end].text == "." and len(word.text) == 1 and not is_initial:
            end += 1  # "Lloyd J. Austin"
    return end


def _as_written(words: Sequence[Word]) -> str:
    """A name with its own hyphens and dots."""
    out = words[0].text
    for last, word in itertools.pairwise(words):
        gap = "-" if word.hyphened else " " if word.start > last.end else ""
        out += gap + word.text
    return out
