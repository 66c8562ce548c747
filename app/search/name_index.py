"""The names of the book, and what a question becomes by them.

Nothing of a name stands in the index, only the token of what bears it; so renaming a person indexes nothing anew.

- A whole name, the longest first, means its bearers: their tokens, or any of their names in a record's words. So every
  alias asks the same. A topic's cue leads to the topic, and asks for its own words beside.
- A part of a name (`Austin`, 작전통제) means whatever has a name that holds it. What is typed in Hangul is taken as
  such a part even where it is a whole name too.
- Where a name stands inside a longer one of its kind (Korea in North Korea), the longer one has it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, false, literal, select, union_all

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
from app.store.ledger import read_head
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


# Reading it -----------------------------------------------------------------------------------------------------------

_kept: WeakKeyDictionary[Any, tuple[int, str, Lexicon]] = WeakKeyDictionary()
# One reads the names, and whoever asks meanwhile waits for it: 64 first questions at once to a book of 5,000 persons
# took 24 seconds when each read them for itself, a hundred times as long as one.
_reading = Lock()


def read_lexicon(connection: Connection) -> Lexicon:
    """The names as this connection sees them. Kept for each database until a write touches one."""
    head, bind = read_head(connection), connection.engine
    if names := kept_lexicon(bind, head.hash):
        return names
    with _reading:
        if names := kept_lexicon(bind, head.hash):
            return names
        kept = _kept.get(bind)
        lexicon = kept[2] if kept is not None and _is_current(connection, kept) else Lexicon(_read_names(connection))
        _kept[bind] = (head.seq, head.hash, lexicon)
        return lexicon


def kept_lexicon(bind: Any, hash: str) -> Lexicon | None:
    """The names of a database at the head that has this hash, if they are kept."""
    kept = _kept.get(bind)
    return kept[2] if kept is not None and kept[1] == hash else None


def _is_current(connection: Connection, kept: tuple[int, str, Lexicon]) -> bool:
    """Whether the ledger has gone on from where the names were read without touching any."""
    revision = columns(Revision)
    since = select(revision.c.hash, revision.c.entity).where(revision.c.seq >= kept[0]).order_by(revision.c.seq)
    rows = connection.execute(since.limit(2000)).all()
    return bool(rows) and len(rows) < 2000 and rows[0][0] == kept[1] and not any(row[1] in NAMED for row in rows[1:])


def _read_names(connection: Connection) -> Iterator[tuple[str, str, bool]]:
    """Every name of every party, topic, instrument and person that is not retracted, and those of meeting types."""
    for entity, (table, key, further, owner) in NAMED.items():
        stands = table.c.retracted.is_(None)
        own = select(table.c[key], table.c.name, literal(False)).where(stands)
        is_cue = further.c.language.is_(None) if entity is Entity.topic else false()
        others = select(further.c[owner], further.c.name, is_cue).join(table, table.c[key] == further.c[owner])
        for id, name, cue in connection.execute(union_all(own, others.where(stands))):
            yield name, thing(entity, id), bool(cue)
        if entity is Entity.party:
            for id in connection.execute(select(table.c[key]).where(stands)).scalars():
                yield id, thing(entity, id), False
    for type, names in _TYPE_NAMES.items():
        yield from ((name, thing(MEETING_TYPE, type), False) for name in names)
