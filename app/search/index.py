"""The two indexes that questions are put to: FTS5 on SQLite, a GIN index over a tsvector on PostgreSQL.

Both hold the tokens of `search.indexed` as they are and do no analysing of their own. A row is written in the
transaction that writes its record. On SQLite the rowid of a pledge's row packs its day and its key, so that walking the
index backwards gives pledges newest first, ties in order of entry; at a million pledges that is 0.13 ms for a page
where sorting what matches takes 33.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.schemas.vocabulary import TOWARDS_WORDS, Entity
from app.search.analyser import (
    EVERY,
    GAP,
    MARK,
    AllOf,
    AnyOf,
    Clause,
    Expression,
    Outside,
    Phrase,
    Prefix,
    indexed,
    thing,
)

# Keys fit the lower half of a rowid; they count down there, since ties come in order of entry.
KEYS = 2**32
PLEDGES = table("search_pledge", column("rowid", BigInteger), column("pledge"), column("tokens"))
MEETINGS = table("search_meeting", column("rowid", BigInteger), column("meeting"), column("tokens"))
INDEXES = {Entity.pledge: PLEDGES, Entity.meeting: MEETINGS}


def place(held_on: date, key: int) -> int:
    """Where a pledge stands in the index of SQLite."""
    return held_on.toordinal() * KEYS + KEYS - 1 - key


def _meeting_place(id: str) -> int:
    """Meetings have no number that stays; a hash of the id serves."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()) >> 1


# What records are found by --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Indexed:
    """A record's row in its index. `at` is the rowid on SQLite, `key` what names the record on PostgreSQL."""

    entity: Entity
    key: int | str
    at: int
    tokens: str

    def place_before(self, document: Mapping[str, Any]) -> int:
        """Where the row stood while the record had this document."""
        if self.entity is Entity.pledge:
            return place(date.fromisoformat(document["held_on"]), int(self.key))
        return self.at


def meeting_things(type: str, people: Iterable[str]) -> tuple[str, ...]:
    """What a meeting lends to its pledges: its type, and who attended."""
    return (thing("type", type), *(thing(Entity.participant, person) for person in people))


def things_of_meeting(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The same, from the meeting's public document."""
    return meeting_things(document["type"], (attendance["participant"] for attendance in document["participants"]))


def pledge_row(key: int, document: Mapping[str, Any], parents: Mapping[str, str], of_meeting: Iterable[str]) -> Indexed:
    """A pledge's row, from its public document, the parents of topics, and what its meeting lends."""
    topics = {topic for slug in document["topics"] for topic in (slug, parents.get(slug, slug))}
    owed = set(document["towards"]) - TOWARDS_WORDS
    named = {
        Entity.topic: topics,
        Entity.party: {*document["pledgors"], *owed, *document["about"]},
        Entity.instrument: document["instruments"],
        Entity.participant: document["speakers"],
    }
    things = [thing(entity, id) for entity, ids in named.items() for id in ids]
    tokens = indexed([document["summary"], *document["formula"]], [*things, *of_meeting])
    return Indexed(Entity.pledge, key, place(date.fromisoformat(document["held_on"]), key), tokens)


def meeting_row(document: Mapping[str, Any]) -> Indexed:
    """A meeting's own row, from its public document. What its pledges say is found by their rows."""
    texts = [document[name] for name in ("title", "city", "venue") if document[name]]
    parties = [thing(Entity.party, party) for party in document["parties"]]
    tokens = indexed(texts, [*parties, *things_of_meeting(document)])
    return Indexed(Entity.meeting, document["id"], _meeting_place(document["id"]), tokens)


# Writing --------------------------------------------------------------------------------------------------------------

_INSERT = {
    Entity.pledge: text("INSERT INTO search_pledge (rowid, tokens) VALUES (:at, :tokens)"),
    Entity.meeting: text("INSERT INTO search_meeting (rowid, meeting, tokens) VALUES (:at, :key, :tokens)"),
}
_UPSERT = {
    Entity.pledge: text(
        "INSERT INTO search_pledge AS old VALUES (:key, CAST(:tokens AS tsvector))"
        " ON CONFLICT (pledge) DO UPDATE SET tokens = EXCLUDED.tokens WHERE old.tokens <> EXCLUDED.tokens"
    ),
    Entity.meeting: text(
        "INSERT INTO search_meeting AS old VALUES (:key, CAST(:tokens AS tsvector))"
        " ON CONFLICT (meeting) DO UPDATE SET tokens = EXCLUDED.tokens WHERE old.tokens <> EXCLUDED.tokens"
    ),
}


def on_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def insert_rows(connection: Connection, rows: Sequence[Indexed]) -> None:
    """Write the rows of records of one kind that have none yet."""
    if not rows:
        return
    entity = rows[0].entity
    if on_sqlite(connection):
        connection.execute(_INSERT[entity], [{"at": row.at, "key": row.key, "tokens": row.tokens} for row in rows])
    else:
        connection.execute(_UPSERT[entity], [{"key": row.key, "tokens": tsvector(row.tokens)} for row in rows])


def replace_row(connection: Connection, row: Indexed, before: Mapping[str, Any]) -> None:
    """Write a record's row over the one it had while its document was `before`, if they differ."""
    if on_sqlite(connection):
        index, old = INDEXES[row.entity], row.place_before(before)
        standing = connection.execute(select(index.c.tokens).where(index.c.rowid == old)).scalar()
        if row.at == old and standing == row.tokens:
            return
        connection.execute(delete(index).where(index.c.rowid == old))
    insert_rows(connection, [row])


def tsvector(tokens: str) -> str:
    """Tokens in the form that PostgreSQL takes by a cast: each once, a word with its places."""
    places: dict[str, list[str]] = {}
    for position, token in enumerate(tokens.split(" "), start=1):
        if token != GAP:
            at = places.setdefault(token, [])
            if MARK not in token:
                at.append(str(position))
    return " ".join(f"'{token}'{':' if at else ''}{','.join(at)}" for token, at in places.items())


def merge(connection: Connection, *, is_begun: bool) -> bool:
    """A step of merging the parts that writing leaves in the index of pledges into one; whether more is to be done.

    SQLite merges only some of them as it writes, and a search reads them all: after a load of a million pledges there
    were ten, and a search within a topic took it 642 µs, of one part 338. PostgreSQL's index has no such parts.
    """
    if not on_sqlite(connection):
        return False
    driver: Any = connection.connection.driver_connection
    before = driver.total_changes
    connection.execute(_MERGE, {"pages": _PAGES if is_begun else -_PAGES})  # less than none begins with all parts
    return bool(driver.total_changes - before > 1)


# So many pages are merged in one step, which takes a twentieth of a second.
_MERGE, _PAGES = text("INSERT INTO search_pledge (search_pledge, rank) VALUES ('merge', :pages)"), 500


# Checking -------------------------------------------------------------------------------------------------------------

_NORMAL = text(
    "SELECT CAST(CAST(form AS tsvector) AS text)"
    " FROM unnest(CAST(:forms AS text[])) WITH ORDINALITY AS given(form, at) ORDER BY at"
)


def differing(connection: Connection, rows: Sequence[Indexed]) -> Iterator[Indexed]:
    """Those of some rows of one kind that the index does not have, or has otherwise."""
    if not rows:
        return
    index = INDEXES[rows[0].entity]
    if on_sqlite(connection):
        expected: dict[Any, str] = {row.at: row.tokens for row in rows}
        query = select(index.c.rowid, index.c.tokens).where(index.c.rowid.in_(expected))
    else:
        forms = connection.execute(_NORMAL, {"forms": [tsvector(row.tokens) for row in rows]}).scalars()
        expected = {row.key: form for row, form in zip(rows, forms, strict=True)}
        named = index.c[rows[0].entity]
        query = select(named, cast(index.c.tokens, Text)).where(named.in_(expected))
    standing = {key: tokens for key, tokens in connection.execute(query)}
    for row, (key, tokens) in zip(rows, expected.items(), strict=True):
        if standing.get(key) != tokens:
            yield row


def count_rows(connection: Connection, entity: Entity) -> int:
    return int(connection.execute(select(func.count()).select_from(INDEXES[entity])).scalar_one())


# Asking ---------------------------------------------------------------------------------------------------------------


def question_text(is_sqlite: bool, clauses: Sequence[Clause]) -> str:
    """The clauses in the query language of the engine's index, as a value to bind."""
    return fts5(clauses) if is_sqlite else tsquery(clauses)


def matches(is_sqlite: bool, index: Any, parameter: str) -> ColumnElement[bool]:
    """The condition that a row of an index meets the question bound to `parameter`."""
    if is_sqlite:
        return index.c.tokens.op("MATCH", is_comparison=True)(bindparam(parameter))  # type: ignore[no-any-return]
    return index.c.tokens.op("@@", is_comparison=True)(cast(bindparam(parameter, type_=Text), TSQUERY))  # type: ignore[no-any-return]


def found_pledges(is_sqlite: bool, parameter: str, bounds: Collection[str] = ()) -> Subquery:
    """The keys of the pledges that meet the question bound to `parameter`, as `pledge`.

    On SQLite there is also `place`, which sorts by day. `bounds` names the bound days among `held_on__gte` and
    `held_on__lt`: their places, bound as `held_on__gte_place` and `held_on__lt_place`, limit what is read of the index.
    """
    match = matches(is_sqlite, PLEDGES, parameter)
    if not is_sqlite:
        return select(PLEDGES.c.pledge).where(match).subquery("found")
    rowid = PLEDGES.c.rowid
    query = select(rowid.label("place"), (KEYS - 1 - rowid.op("&")(KEYS - 1)).label("pledge")).where(match)
    if "held_on__gte" in bounds:
        query = query.where(rowid >= bindparam("held_on__gte_place"))
    if "held_on__lt" in bounds:
        query = query.where(rowid < bindparam("held_on__lt_place"))
    return query.subquery("found")


def first_place(day: date) -> int:
    """The lowest place of a pledge of this day or later."""
    return day.toordinal() * KEYS


def fts5(clauses: Sequence[Clause]) -> str:
    """The clauses in the language of FTS5. Every token is quoted, so nothing in them is an operator."""
    return _question(clauses, _fts5, " AND ", " NOT ", " OR ")


def tsquery(clauses: Sequence[Clause]) -> str:
    """The clauses in the language of PostgreSQL's tsquery, to be cast. Every token is quoted."""
    return _question(clauses, _tsquery, " & ", " & !", " | ")


def _question(clauses: Sequence[Clause], render: Any, both: str, but_not: str, either: str) -> str:
    wanted = [render(clause.expression) for clause in clauses if not clause.is_not] or [render(Phrase((EVERY,)))]
    unwanted = [render(clause.expression) for clause in clauses if clause.is_not]
    return f"({both.join(wanted)})" + (f"{but_not}({either.join(unwanted)})" if unwanted else "")


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _fts5(expression: Expression) -> str:
    match expression:
        case Phrase(tokens):
            return _in_quotes(" ".join(tokens))
        case Prefix(start):
            return f"{_in_quotes(start)}*"
        case AnyOf(of):
            return f"({' OR '.join(map(_fts5, of))})"
        case AllOf(of):
            return f"({' AND '.join(map(_fts5, of))})"
        case Outside(name, longer):
            return f"({_fts5(name)} NOT ({' OR '.join(map(_fts5, longer))}))"


def _tsquery(expression: Expression) -> str:
    match expression:
        case Phrase(tokens):
            quoted = [f"'{token}'" for token in tokens]
            return f"({' <-> '.join(quoted)})"
        case Prefix(start):
            return f"'{start}':*"
        case AnyOf(of):
            return f"({' | '.join(map(_tsquery, of))})"
        case AllOf(of):
            return f"({' & '.join(map(_tsquery, of))})"
        case Outside(name, longer):
            return f"({_tsquery(name)} & !({' | '.join(map(_tsquery, longer))}))"
