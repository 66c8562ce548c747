"""Entities: find the states, organisations, groups and persons that a text names (codebook 4).

Only capitalised words are looked up, so that "polish" and "turkey" stay words. A name, adjective, capital or alias of a
party leads to its code in the book.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from app.drafting.rules.draft_model import KnownBook, KnownPerson
from app.drafting.rules.lexicon_files import optional_words, party_designations, word_list, word_set
from app.drafting.rules.phrase_table import PhraseTable
from app.drafting.rules.tokenizer import Token, fold, folds

MentionKind = Literal["name", "adjective", "capital", "person"]
NAME_LIMIT = 5
REACH_BEFORE_TITLE = 5
NOT_NAMES = word_set("layout", "not_names")
NAME_ENDS = word_set("layout", "name_ends")
SUFFIXES = word_set("layout", "name_suffixes")
OFFICES_BEFORE_OF = word_list("layout", "offices_before_of")


@dataclass(frozen=True, slots=True)
class Mention:
    """A span `words[start:end]` that names parties or a person.

    `codes` are the parties. `person` is the slug of a person of the book, else the name as written.
    """

    start: int
    end: int
    kind: MentionKind
    codes: tuple[str, ...]
    person: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class NameTables:
    """The phrase tables of names, built once for a book."""

    parties: PhraseTable[tuple[str, MentionKind]]
    codes: dict[str, str]
    groups: dict[str, frozenset[str]]
    persons: PhraseTable[KnownPerson]
    titles: PhraseTable[tuple[str, str | None]]

    def code(self, word: str) -> str:
        """The book's code for a code or alias ("ROK" gives KOR). An unknown word is returned unchanged."""
        return self.codes.get(_key(word), word)


def _key(name: str) -> str:
    return " ".join(folds(name))


@lru_cache(maxsize=8)
def names_of(book: KnownBook) -> NameTables:
    """The names of a book: its own first, then those of the lexicon."""
    entries: list[tuple[str, tuple[str, MentionKind]]] = []
    codes: dict[str, str] = {}
    for party in book.parties:
        for name in (party.name, *party.aliases):
            if len(name) > 1 and not (len(name) == 2 and name.islower()):
                entries.append((name, (party.code, "name")))
        for name in (party.code, party.name, *party.aliases):
            codes.setdefault(_key(name), party.code)
    groups: dict[str, frozenset[str]] = {}
    for code, entry in (*party_designations("states").items(), *party_designations("organisations").items()):
        known = next((codes[key] for name in (code, *entry.names) if (key := _key(name)) in codes), code)
        for name in entry.names:
            entries.append((name, (known, "name")))
            codes.setdefault(_key(name), known)
        codes.setdefault(fold(code), known)
        entries += [(adjective, (known, "adjective")) for adjective in entry.adjectives]
        entries += [(capital, (known, "capital")) for capital in entry.capitals]
        if entry.members:
            groups[known] = frozenset(entry.members)
    persons = [(name, person) for person in book.persons for name in (person.name, *person.aliases)]
    titles = [(title, (title, home)) for title, home in optional_words("designations", "titles").items()]
    return NameTables(PhraseTable(entries), codes, groups, PhraseTable(persons), PhraseTable(titles))


@dataclass(slots=True)
class NamedPerson:
    """A person named in the text. `key` is the slug in the book, else the name; `slug` is None if not in the book."""

    key: str
    name: str
    party: str | None
    office: str | None
    slug: str | None = None


@dataclass(slots=True)
class Entities:
    """The parties of the meeting and the persons of a text. One pass of `learn_persons` fills it before drafting."""

    names: NameTables
    parties: tuple[str, ...] = ()
    people: dict[str, NamedPerson] = field(default_factory=dict)

    def mentions(self, words: Sequence[Token], keys: Sequence[str]) -> list[Mention]:
        """The mentions in one sentence in order, none overlapping."""
        found: list[Mention] = []
        i = 0
        while i < len(words):
            mention = self._mention_at(words, keys, i) if words[i].text[0].isupper() else None
            if mention:
                found.append(mention)
                i = mention.end
            else:
                i += 1
        return found

    def _mention_at(self, words: Sequence[Token], keys: Sequence[str], i: int) -> Mention | None:
        title = self.names.titles.at(keys, i)
        if title:
            person = self._titled_person(words, keys, i, title)
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

    def _titled_person(
        self, words: Sequence[Token], keys: Sequence[str], i: int, title: tuple[int, tuple[str, str | None]]
    ) -> Mention | None:
        n, (office, home) = title
        start = i + n
        if start < len(words) and keys[start] == "of" and office.endswith(OFFICES_BEFORE_OF):
            return None
        end = name_end(words, keys, start)
        if end == start or keys[start] in NOT_NAMES:
            return None
        known = self.people.get(keys[end - 1]) or self.people.get(keys[start])
        party = known.party if known else home
        key = known.key if known else " ".join(w.text for w in words[start:end])
        return Mention(
            i, end, "person", (party,) if party else (), key, known.office if known and known.office else office
        )

    def learn_persons(self, words: Sequence[Token], keys: Sequence[str]) -> None:
        """Add the persons that one sentence names with a title, and their parties, to `people`.

        Examples: "South Korean Foreign Minister Cho Tae-yul", "Prime Minister X of Japan".
        """
        last: tuple[int, str | None] | None = None
        for i in range(len(words)):
            title = self.names.titles.at(keys, i) if words[i].text[0].isupper() or keys[i] == "counterpart" else None
            if not title:
                continue
            n, (office, home) = title
            start = i + n
            party = self._party_after(words, keys, start)
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
            if end == start or keys[start] in NOT_NAMES:
                continue
            after = self._party_after(words, keys, end)
            before = self._party_before(words, keys, i) or (last[1] if last and i - last[0] <= 2 else None)
            code = (party or after or (before, 0))[0] or home
            self._add_person(words, keys, start, end, office, code)
            last = end, code  # "its Foreign Minister A, Defense Minister B": one party for both

    def _party_after(self, words: Sequence[Token], keys: Sequence[str], i: int) -> tuple[str, int] | None:
        """The party in "of the United States" right after a title or name, and where it ends."""
        if i < len(keys) and keys[i] == "of":
            j = i + 2 if i + 1 < len(keys) and keys[i + 1] == "the" else i + 1
            place = self.names.parties.at(keys, j) if j < len(keys) and words[j].text[0].isupper() else None
            if place:
                return place[1][0], j + place[0]
        return None

    def _party_before(self, words: Sequence[Token], keys: Sequence[str], i: int) -> str | None:
        """The party named right before a title: "ROK Minister", "Japan's Prime Minister"."""
        for back in range(1, REACH_BEFORE_TITLE + 1):
            j = i - back
            if j < 0:
                break
            place = self.names.parties.at(keys, j) if words[j].text[0].isupper() else None
            if place and (j + place[0] == i or (j + place[0] == i - 1 and keys[i - 1] == "'s")):
                return place[1][0]
        return None

    def _add_person(
        self, words: Sequence[Token], keys: Sequence[str], start: int, end: int, office: str, code: str | None
    ) -> None:
        name = words[start].text if end == start + 1 else _as_written(words[start:end])
        book = self.names.persons.at(keys, start)
        entry = next((self.people[k] for k in keys[start:end] if k in self.people), None)
        if entry is None:
            key = book[1].slug if book else name
            party = (book[1].party if book else None) or code
            entry = NamedPerson(key, book[1].name if book else name, party, office, book[1].slug if book else None)
        elif entry.party is None:
            entry.party = code
        if len(name) > len(entry.name) and not book:
            entry.key = entry.name = name
        for k, w in zip(keys[start:end], words[start:end], strict=True):
            if len(k) > 2 and w.text[0].isupper() and k not in SUFFIXES:
                self.people.setdefault(k, entry)

    def is_ours(self, code: str) -> bool:
        """True if a code is a party of the meeting, or a group made of its parties."""
        return code in self.parties or self.means_all(code) or self._is_part(code)

    def means_all(self, code: str) -> bool:
        """True if a group is all parties of the meeting: the Quad at a meeting of its four members."""
        members = self.names.groups.get(code)
        return (
            members is not None
            and len(self.parties) > 1
            and members >= set(self.parties)
            and len(members) <= len(self.parties) + 1
        )

    def _is_part(self, code: str) -> bool:
        members = self.names.groups.get(code)
        return members is not None and members < set(self.parties)

    def ours(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The parties of the meeting among codes, in the order of the meeting. Groups are replaced by their members."""
        found: set[str] = set()
        for code in codes:
            if code in self.parties:
                found.add(code)
            elif self.means_all(code):
                found |= set(self.parties)
            elif self._is_part(code):
                found |= self.names.groups[code]
        return tuple(p for p in self.parties if p in found)


def name_end(words: Sequence[Token], keys: Sequence[str], start: int) -> int:
    """Where a person's name that begins at `start` ends: after capitalised words, initials and hyphened parts."""
    end = start
    while end < len(words) and end - start < NAME_LIMIT:
        word = words[end]
        joined = end > start and word.hyphened and word.text.islower()
        is_initial = word.text.endswith(".") and len(word.text) == 2
        if not ((word.text[0].isupper() and word.text[0].isalpha()) or joined) or keys[end] in NAME_ENDS:
            break
        end += 1
        if end < len(words) and words[end].text == "." and len(word.text) == 1 and not is_initial:
            end += 1  # "Lloyd J. Austin"
    return end


def _as_written(words: Sequence[Token]) -> str:
    """A name with its hyphens and dots as in the text."""
    out = words[0].text
    for last, word in itertools.pairwise(words):
        gap = "-" if word.hyphened else " " if word.start > last.end else ""
        out += gap + word.text
    return out
