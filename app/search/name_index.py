"""The name index: all names and aliases of a book in memory, and what a question becomes by them.

The index is read again only when a register has changed. A name in any spelling or language resolves to ids; a question
becomes clauses over the tokens of the search index. The search index holds no names, only the tokens of named records,
so renaming a person changes no row of it.

- A whole name, the longest first, means its bearers: their tokens, or any of their names in a record's words. So every
  alias asks the same. A topic's cue leads to the topic, and asks for its own words beside.
- A part of a name (`Austin`, 작전통제) means whatever has a name that holds it. What is typed in Hangul is taken as
  such a part even where it is a whole name too.
- Where a name stands inside a longer one of its kind (Korea in North Korea), the longer one has it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, false, null, select

from app.schemas.folding import fold
from app.schemas.vocabulary import Entity, MeetingType
from app.search.analyser import (
    FUNCTION_WORDS,
    MARK,
    AllOf,
    AnyOf,
    Clause,
    Expression,
    Outside,
    Phrase,
    Prefix,
    Unit,
    parse,
    thing,
    words,
)
from app.search.names import NAMED
from app.store.ledger import Head, read_head
from app.store.models import Revision, columns

Tokens = tuple[str, ...]
MEETING_TYPE = "type"

# What a type of meeting is called; the others are no names but common words.
_TYPE_NAMES = {
    MeetingType.two_plus_two: ("2+2", "2plus2", "two plus two"),
    MeetingType.summit: ("summit",),
    MeetingType.foreign_ministers: ("foreign ministers",),
    MeetingType.defense_ministers: ("defense ministers",),
    MeetingType.security_consultative: ("security consultative",),
    MeetingType.senior_officials: ("senior officials",),
}


class Name(NamedTuple):
    """A name as tokens, and what bears it. A cue points to its topic and is not what the topic is called."""

    tokens: Tokens
    bearer: str
    is_cue: bool = False


def kind_of(token: str) -> str:
    return token.partition(MARK)[0]


class Lexicon:
    """Every name of a book, found by the whole, by a part and by its beginning."""

    def __init__(self, named: Iterable[tuple[str, str, bool]]) -> None:
        """`named` are names as written, each with the token of its bearer and whether it is a cue."""
        self.whole: dict[Tokens, set[Name]] = defaultdict(set)
        self.names: dict[str, set[Tokens]] = defaultdict(set)
        self._by_token: dict[str, set[Name]] = defaultdict(set)
        by_form: dict[str, set[str]] = defaultdict(set)
        for text, bearer, is_cue in named:
            found = list(words(text))
            if not found:
                continue
            name = Name(tuple(word.token for word in found), bearer, is_cue)
            for word in found:
                self._by_token[word.token].add(name)
                for form in word.forms:
                    by_form[MARK + form].add(bearer)
            self.whole[name.tokens].add(name)
            if not is_cue:
                self.names[bearer].add(name.tokens)
        self._longest = max((len(tokens) for tokens in self.whole), default=0)
        self._forms = sorted(by_form.items())

    def clauses(self, question: str) -> list[Clause]:
        """What a question demands of a record, every clause of it. Empty if it has no word."""
        units = list(self._joined(parse(question)))
        telling = [unit for unit in units if unit.is_quoted or unit.is_prefix or unit.tokens[0] not in FUNCTION_WORDS]
        return [self._clause(unit) for unit in telling or units]

    def _joined(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """The units, with words that make up a name together as one; the longest names first."""
        at = 0
        while at < len(units):
            taken = 1
            if _is_plain(units[at]):
                tokens: Tokens = ()
                for index in range(at, min(len(units), at + self._longest)):
                    if not _is_plain(units[index]):
                        break
                    tokens += units[index].tokens
                    if tokens in self.whole:
                        taken = index - at + 1
            joined = tuple(token for unit in units[at : at + taken] for token in unit.tokens)
            yield units[at] if taken == 1 else Unit(joined)
            at += taken

    def _clause(self, unit: Unit) -> Clause:
        if unit.is_prefix:
            return Clause(Prefix(unit.tokens[0]), self._beginning(unit.tokens[0]), unit.is_not)
        asked: Expression = Phrase(unit.tokens)
        if unit.tokens not in self.whole:
            return Clause(asked, self._holding(unit.tokens), unit.is_not)
        bearers = {name.bearer for name in self.whole[unit.tokens]}
        called = {name.bearer for name in self.whole[unit.tokens] if not name.is_cue}
        is_common = called != bearers or any(kind_of(bearer) == Entity.topic for bearer in called)
        synonyms = {tokens for bearer in called for tokens in self.names[bearer]}
        things = bearers | {
            name.bearer
            for tokens in synonyms
            for name in self.whole[tokens]
            if kind_of(name.bearer) not in {kind_of(bearer) for bearer in called}
        }
        if not unit.tokens[0].isascii():
            things |= set(self._holding(unit.tokens))
        ways: list[Expression] = [self._named(tokens, called) for tokens in sorted(synonyms)]
        if is_common:
            each = tuple(Phrase((token,)) for token in dict.fromkeys(unit.tokens))
            ways.append(asked if unit.is_quoted or len(each) == 1 else AllOf(each))
        return Clause(ways[0] if len(ways) == 1 else AnyOf(tuple(ways)), tuple(sorted(things)), unit.is_not)

    def _named(self, tokens: Tokens, bearers: set[str]) -> Expression:
        """A name in a text, where it is not part of another's longer name."""
        kinds = {kind_of(bearer) for bearer in bearers}
        longer = {
            name.tokens
            for name in self._names_holding(tokens)
            if len(name.tokens) > len(tokens) and name.bearer not in bearers and kind_of(name.bearer) in kinds
        }
        name = Phrase(tokens)
        return Outside(name, tuple(Phrase(other) for other in sorted(longer))) if longer else name

    def _holding(self, tokens: Tokens) -> Tokens:
        """What has a name, or a cue, with these tokens in it."""
        if len(tokens) == 1 and tokens[0].startswith(MARK):
            at = bisect_left(self._forms, (tokens[0],))
            is_there = at < len(self._forms) and self._forms[at][0] == tokens[0]
            return tuple(sorted(self._forms[at][1])) if is_there else ()
        return tuple(sorted({name.bearer for name in self._names_holding(tokens)}))

    def _names_holding(self, tokens: Tokens) -> Iterator[Name]:
        length = len(tokens)
        for name in self._by_token.get(tokens[0], ()):
            if any(name.tokens[at : at + length] == tokens for at in range(len(name.tokens) - length + 1)):
                yield name

    def _beginning(self, start: str) -> Tokens:
        """What has a name with a word that begins so."""
        found: set[str] = set()
        for form, bearers in self._forms[bisect_left(self._forms, (start,)) :]:
            if not form.startswith(start):
                break
            found |= bearers
        return tuple(sorted(found))


def _is_plain(unit: Unit) -> bool:
    return not (unit.is_quoted or unit.is_prefix or unit.is_not)


# The index ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedRecord:
    """A record of a register with its own name, its further names as searched for, and a topic's parent."""

    id: str
    name: str
    is_retracted: bool
    parent: str | None = None


class NameIndex:
    """Every party, topic, instrument and participant of a book by id and by name."""

    def __init__(self) -> None:
        self.records: dict[Entity, dict[str, NamedRecord]] = {entity: {} for entity in NAMED}
        self._by_folded: dict[Entity, dict[str, set[str]]] = {entity: defaultdict(set) for entity in NAMED}
        self._names: list[tuple[str, str, bool]] = []  # name, token of the record, whether it is a topic's cue

    @cached_property
    def lexicon(self) -> Lexicon:
        """The names as the search knows them, without those of retracted records."""
        types = [(name, thing(MEETING_TYPE, type), False) for type, names in _TYPE_NAMES.items() for name in names]
        return Lexicon([*self._names, *types])

    def add(self, entity: Entity, record: NamedRecord, folded: str) -> None:
        """Add a record under its own name. A party is also found by its code."""
        self.records[entity][record.id] = record
        self._by_folded[entity][folded].add(record.id)
        if not record.is_retracted:
            self._names.append((record.name, thing(entity, record.id), False))
            if entity is Entity.party:
                self._names.append((record.id, thing(entity, record.id), False))

    def add_alias(self, entity: Entity, id: str, name: str, folded: str, *, is_cue: bool) -> None:
        """Add a further name of a record that has been added."""
        record = self.records[entity].get(id)
        if record is None:  # the record was written between two statements; the next head reads the names again
            return
        self._by_folded[entity][folded].add(id)
        if not record.is_retracted:
            self._names.append((name, thing(entity, id), is_cue))

    def resolve(self, entity: Entity, name: str) -> list[str]:
        """The ids that a name stands for: the id itself, else all records of that name; empty if there is none.

        Ids match in any case: `kor` is `KOR`.
        """
        id = name.upper() if entity is Entity.party else name.lower()
        if id in self.records[entity]:
            return [id]
        return sorted(self._by_folded[entity].get(fold(name), ()))

    def resolve_all(self, entity: Entity, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """The ids that these names stand for, and the names that are unknown, both without repetition.

        A text that is no name is split at its commas.
        """
        ids: set[str] = set()
        unknown: dict[str, None] = {}
        for part in self.split(entity, names):
            found = self.resolve(entity, part)
            ids.update(found)
            if not found:
                unknown[part] = None
        return sorted(ids), list(unknown)

    def split(self, entity: Entity, names: Iterable[str]) -> Iterator[str]:
        """The names, each once; a text that is no name is split at its commas."""
        parts = (part for text in names for part in ([text] if self.resolve(entity, text) else text.split(",")))
        yield from dict.fromkeys(part.strip() for part in parts)

    def has(self, entity: Entity, id: str) -> bool:
        """True if a register has this id, retracted or not."""
        return id in self.records[entity]

    def name(self, entity: Entity, id: str) -> str | None:
        """The name of a record; None if there is none of this id."""
        record = self.records[entity].get(id)
        return record.name if record else None

    def children(self, topics: Iterable[str]) -> list[str]:
        """The topics whose parent is one of these."""
        wanted = set(topics)
        return [topic.id for topic in self.records[Entity.topic].values() if topic.parent in wanted]


class _Cached(NamedTuple):
    """The names of a database, and a head that they are valid for."""

    head: Head
    names: NameIndex


_cached: WeakKeyDictionary[Engine, _Cached] = WeakKeyDictionary()
# One request reads the names, and those that arrive meanwhile wait for it.
_reading = Lock()


def read_name_index(connection: Connection, head: Head | None = None) -> NameIndex:
    """The names at `head` or later; `head` is that of the connection if it is left out.

    Reads the index only if a register has changed since it was last read.
    """
    head, engine = head or read_head(connection), connection.engine
    cached = _cached.get(engine)
    if cached is not None and cached.head == head:
        return cached.names
    with _reading:
        cached = _cached.get(engine)
        if cached is None or cached.head != head:
            is_current = cached is not None and _is_current(connection, cached.head)
            names = cached.names if cached is not None and is_current else _read(connection)
            cached = _cached[engine] = _Cached(head, names)
        return cached.names


def _is_current(connection: Connection, head: Head) -> bool:
    """True if the ledger has gone on from `head` without a change of a register."""
    revision = columns(Revision)
    since = select(revision.c.hash, revision.c.entity).where(revision.c.seq >= head.seq).order_by(revision.c.seq)
    rows = connection.execute(since.limit(2000)).all()
    return bool(rows) and len(rows) < 2000 and rows[0][0] == head.hash and not any(row[1] in NAMED for row in rows[1:])


def _read(connection: Connection) -> NameIndex:
    index = NameIndex()
    for entity, (table, key, further, owner) in NAMED.items():
        parent = table.c.parent if entity is Entity.topic else null()
        own = select(table.c[key], table.c.name, table.c.retracted.is_not(None), parent, table.c.folded)
        for *record, folded in connection.execute(own.order_by(table.c[key])):
            index.add(entity, NamedRecord(*record), folded)
        is_cue = further.c.language.is_(None) if entity is Entity.topic else false()
        others = select(further.c[owner], further.c.name, further.c.folded, is_cue)
        for id, name, folded, cue in connection.execute(others):
            index.add_alias(entity, id, name, folded, is_cue=bool(cue))
    return index
