"""Name index: keep all names and aliases in memory, resolve names to ids, and expand the names in search queries.

The index is read again only after a register has changed, or after very many revisions. The search index contains the
tokens of named records but not their names, so a rename changes no row of it. A search query becomes clauses as
follows:

- A complete name matches a record that has the token of a record with this name, or whose own words contain any name of
  that record. So all aliases give the same result. The longest name wins. A cue of a topic matches the topic, and also
  the words of the cue.
- A part of a name (`Austin`, 작전통제) matches the tokens of all records with a name that contains it. A text in
  Hangul is also treated as a part of longer names if it is a complete name.
- A name does not match inside a longer name of the same kind (`Korea` in `North Korea`).
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
    QueryTerm,
    parse,
    record_token,
    words,
)
from app.search.names import NAMED
from app.store.ledger import Head, read_head
from app.store.models import Revision, columns

Tokens = tuple[str, ...]
MEETING_TYPE = "type"

# The names of types of meeting. The other types have no name of their own: their words are common words.
_TYPE_NAMES = {
    MeetingType.two_plus_two: ("2+2", "2plus2", "two plus two"),
    MeetingType.summit: ("summit",),
    MeetingType.foreign_ministers: ("foreign ministers",),
    MeetingType.defense_ministers: ("defense ministers",),
    MeetingType.security_consultative: ("security consultative",),
    MeetingType.senior_officials: ("senior officials",),
}


class Name(NamedTuple):
    """A name as tokens, and the token of its record. A cue is a search word for a topic, not a name of it."""

    tokens: Tokens
    record: str
    is_cue: bool = False


def _kind_of(token: str) -> str:
    return token.partition(MARK)[0]


class Lexicon:
    """All names of a book, for lookup by complete name, by part and by prefix."""

    def __init__(self, named: Iterable[tuple[str, str, bool]]) -> None:
        """`named` gives each name as text, the token of its record, and whether it is a cue."""
        self._by_tokens: dict[Tokens, set[Name]] = defaultdict(set)
        self._names: dict[str, set[Tokens]] = defaultdict(set)
        self._by_token: dict[str, set[Name]] = defaultdict(set)
        self._by_form: dict[str, set[str]] = defaultdict(set)
        for text, record, is_cue in named:
            name_words = list(words(text))
            if not name_words:
                continue
            name = Name(tuple(word.token for word in name_words), record, is_cue)
            for word in name_words:
                self._by_token[word.token].add(name)
                for form in word.forms:
                    self._by_form[MARK + form].add(record)
            self._by_tokens[name.tokens].add(name)
            if not is_cue:
                self._names[record].add(name.tokens)
        self._max_length = max((len(tokens) for tokens in self._by_tokens), default=0)
        self._forms = sorted(self._by_form)

    def clauses(self, query: str) -> list[Clause]:
        """The clauses of a search query, all of which a record must match. Empty if the query contains no word."""
        terms = list(self._join_names(parse(query)))
        content = [term for term in terms if term.is_quoted or term.is_prefix or term.tokens[0] not in FUNCTION_WORDS]
        return [self._clause(term) for term in content or terms]

    def _join_names(self, terms: Sequence[QueryTerm]) -> Iterator[QueryTerm]:
        """The terms, with the consecutive words of a name joined into one term. The longest name wins."""
        start = 0
        while start < len(terms):
            count = 1
            if _is_plain(terms[start]):
                tokens: Tokens = ()
                for index in range(start, min(len(terms), start + self._max_length)):
                    if not _is_plain(terms[index]):
                        break
                    tokens += terms[index].tokens
                    if tokens in self._by_tokens:
                        count = index - start + 1
            joined = tuple(token for term in terms[start : start + count] for token in term.tokens)
            yield terms[start] if count == 1 else QueryTerm(joined)
            start += count

    def _clause(self, term: QueryTerm) -> Clause:
        if term.is_prefix:
            return Clause(Prefix(term.tokens[0]), self._with_prefix(term.tokens[0]), term.is_not)
        phrase: Expression = Phrase(term.tokens)
        if term.tokens not in self._by_tokens:
            return Clause(phrase, self._with_part(term.tokens), term.is_not)
        names = self._by_tokens[term.tokens]
        records = {name.record for name in names}
        named = {name.record for name in names if not name.is_cue}
        kinds = {_kind_of(record) for record in named}
        synonyms = {tokens for record in named for tokens in self._names[record]}
        record_tokens = records | {
            name.record for tokens in synonyms for name in self._by_tokens[tokens] if _kind_of(name.record) not in kinds
        }
        if not term.tokens[0].isascii():
            record_tokens |= set(self._with_part(term.tokens))
        alternatives: list[Expression] = [self._name_expression(tokens, named) for tokens in sorted(synonyms)]
        if named != records or Entity.topic in kinds:  # a cue, or the name of a topic: its words also count separately
            single = tuple(Phrase((token,)) for token in dict.fromkeys(term.tokens))
            alternatives.append(phrase if term.is_quoted or len(single) == 1 else AllOf(single))
        expression = alternatives[0] if len(alternatives) == 1 else AnyOf(tuple(alternatives))
        return Clause(expression, tuple(sorted(record_tokens)), term.is_not)

    def _name_expression(self, tokens: Tokens, records: set[str]) -> Expression:
        """A name of these records, except inside a longer name of another record of the same kind."""
        kinds = {_kind_of(record) for record in records}
        longer = {
            name.tokens
            for name in self._names_with_part(tokens)
            if len(name.tokens) > len(tokens) and name.record not in records and _kind_of(name.record) in kinds
        }
        name = Phrase(tokens)
        return Outside(name, tuple(Phrase(other) for other in sorted(longer))) if longer else name

    def _with_part(self, tokens: Tokens) -> Tokens:
        """The records with a name or a cue that contains these tokens."""
        if len(tokens) == 1 and tokens[0].startswith(MARK):
            return tuple(sorted(self._by_form.get(tokens[0], ())))
        return tuple(sorted({name.record for name in self._names_with_part(tokens)}))

    def _names_with_part(self, tokens: Tokens) -> Iterator[Name]:
        length = len(tokens)
        for name in self._by_token.get(tokens[0], ()):
            starts = range(len(name.tokens) - length + 1)
            if any(name.tokens[start : start + length] == tokens for start in starts):
                yield name

    def _with_prefix(self, prefix: str) -> Tokens:
        """The records with a name or a cue in which a word starts with `prefix`."""
        records: set[str] = set()
        for form in self._forms[bisect_left(self._forms, prefix) :]:
            if not form.startswith(prefix):
                break
            records |= self._by_form[form]
        return tuple(sorted(records))


def _is_plain(term: QueryTerm) -> bool:
    return not (term.is_quoted or term.is_prefix or term.is_not)


# The index ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedRecord:
    """A record of a register: its name, whether it is retracted, and the parent if it is a topic."""

    id: str
    name: str
    is_retracted: bool
    parent: str | None = None


class NameIndex:
    """All parties, topics, instruments and participants of a book, by id and by name."""

    def __init__(self) -> None:
        self.records: dict[Entity, dict[str, NamedRecord]] = {entity: {} for entity in NAMED}
        self._by_folded: dict[Entity, dict[str, set[str]]] = {entity: defaultdict(set) for entity in NAMED}
        self._names: list[tuple[str, str, bool]] = []  # the arguments of `Lexicon`

    @cached_property
    def lexicon(self) -> Lexicon:
        """The names for search, without those of retracted records."""
        types = [
            (name, record_token(MEETING_TYPE, type), False) for type, names in _TYPE_NAMES.items() for name in names
        ]
        return Lexicon([*self._names, *types])

    def add(self, entity: Entity, record: NamedRecord, folded: str) -> None:
        """Add a record with its own name. `folded` is the name in the form that is compared."""
        self.records[entity][record.id] = record
        self._by_folded[entity][folded].add(record.id)
        if not record.is_retracted:
            self._names.append((record.name, record_token(entity, record.id), False))
            if entity is Entity.party:  # the code of a party is also a name
                self._names.append((record.id, record_token(entity, record.id), False))

    def add_alias(self, entity: Entity, id: str, name: str, folded: str, *, is_cue: bool) -> None:
        """Add another name of a record that was added before."""
        record = self.records[entity].get(id)
        if record is None:  # a write added it after the records were read; the next head reads all names again
            return
        self._by_folded[entity][folded].add(id)
        if not record.is_retracted:
            self._names.append((name, record_token(entity, id), is_cue))

    def resolve(self, entity: Entity, name: str) -> list[str]:
        """The ids of the records with this id or name; empty if there are none. An id takes precedence over names.

        Case does not matter: `kor` is the id `KOR`.
        """
        id = name.upper() if entity is Entity.party else name.lower()
        if id in self.records[entity]:
            return [id]
        return sorted(self._by_folded[entity].get(fold(name), ()))

    def resolve_all(self, entity: Entity, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """The ids of the records with these names, and the unknown names, both without repetition.

        A text that is not a name is split at its commas.
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
        """The names without repetition. A text that is not a name is split at its commas."""
        parts = (part for text in names for part in ([text] if self.resolve(entity, text) else text.split(",")))
        yield from dict.fromkeys(part.strip() for part in parts)

    def has(self, entity: Entity, id: str) -> bool:
        """True if a record with this id exists, even if it is retracted."""
        return id in self.records[entity]

    def name(self, entity: Entity, id: str) -> str | None:
        """The name of a record, or None if there is no record with this id."""
        record = self.records[entity].get(id)
        return record.name if record else None

    def children(self, topics: Iterable[str]) -> list[str]:
        """The child topics of these topics."""
        wanted = set(topics)
        return [topic.id for topic in self.records[Entity.topic].values() if topic.parent in wanted]


class _Cached(NamedTuple):
    """The names of a database, and the head for which they are valid."""

    head: Head
    names: NameIndex


_cached: WeakKeyDictionary[Engine, _Cached] = WeakKeyDictionary()
# One thread reads the names of a new head while the others wait.
_read_lock = Lock()


def read_name_index(connection: Connection, head: Head | None = None) -> NameIndex:
    """The names at `head` or later. `head` defaults to the head that the connection sees.

    The names are read from the database only if a register has changed since the last read.
    """
    head, engine = head or read_head(connection), connection.engine
    cached = _cached.get(engine)
    if cached is not None and cached.head == head:
        return cached.names
    with _read_lock:
        cached = _cached.get(engine)
        if cached is None or cached.head != head:
            is_current = cached is not None and _is_current(connection, cached.head)
            names = cached.names if cached is not None and is_current else _read(connection)
            cached = _cached[engine] = _Cached(head, names)
        return cached.names


def _is_current(connection: Connection, head: Head) -> bool:
    """True if the ledger continues from `head` without a change of a register."""
    revision = columns(Revision)
    since = select(revision.c.hash, revision.c.entity).where(revision.c.seq >= head.seq).order_by(revision.c.seq)
    rows = connection.execute(since.limit(2000)).all()
    return bool(rows) and len(rows) < 2000 and rows[0][0] == head.hash and not any(row[1] in NAMED for row in rows[1:])


def _read(connection: Connection) -> NameIndex:
    index = NameIndex()
    for entity, (table, key, aliases, foreign_key) in NAMED.items():
        parent = table.c.parent if entity is Entity.topic else null()
        records = select(table.c[key], table.c.name, table.c.retracted.is_not(None), parent, table.c.folded)
        for *record, folded in connection.execute(records.order_by(table.c[key])):
            index.add(entity, NamedRecord(*record), folded)
        is_cue = aliases.c.language.is_(None) if entity is Entity.topic else false()
        names = select(aliases.c[foreign_key], aliases.c.name, aliases.c.folded, is_cue)
        for id, name, folded, cue in connection.execute(names):
            index.add_alias(entity, id, name, folded, is_cue=bool(cue))
    return index
