"""Search index: write and query the full-text index, FTS5 on SQLite and GIN over tsvector on PostgreSQL.

Both indexes store the tokens of `analyser.indexed` without further analysis. The transaction that writes a record also
writes its row. On SQLite, the rowid of a pledge's row encodes its day and its key. A descending scan of rowids returns
the newest pledges first, and those of one day in order of entry, so that a page needs no sort.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
    record_token,
)

# The lower 32 bits of a rowid contain `KEYS - 1 - key`, so that a descending scan returns one day in order of entry.
KEYS = 2**32
PLEDGES = table("search_pledge", column("rowid", BigInteger), column("pledge"), column("tokens"))
MEETINGS = table("search_meeting", column("rowid", BigInteger), column("meeting"), column("tokens"))
INDEXES = {Entity.pledge: PLEDGES, Entity.meeting: MEETINGS}


def _pledge_rowid(held_on: date, key: int) -> int:
    return held_on.toordinal() * KEYS + KEYS - 1 - key


def _meeting_rowid(id: str) -> int:
    """A hash of the id, because meetings have no numeric key."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()) >> 1


# The row of a record --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SearchRow:
    """A record's row in its index: SQLite identifies it by `rowid`, PostgreSQL by `key`."""

    entity: Entity
    key: int | str
    rowid: int
    tokens: str

    def rowid_for(self, document: Mapping[str, Any]) -> int:
        """The rowid of the same record with another document."""
        if self.entity is Entity.pledge:
            return _pledge_rowid(date.fromisoformat(document["held_on"]), int(self.key))
        return self.rowid


def meeting_things(type: str, people: Iterable[str]) -> tuple[str, ...]:
    """The tokens of a meeting that its pledges share: those of its type and of its participants."""
    return (record_token("type", type), *(record_token(Entity.participant, person) for person in people))


def things_of_meeting(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The result of `meeting_things` for a meeting's public document."""
    return meeting_things(document["type"], (attendance["participant"] for attendance in document["participants"]))


def pledge_row(
    key: int, document: Mapping[str, Any], parents: Mapping[str, str], of_meeting: Iterable[str]
) -> SearchRow:
    """A pledge's row, made from its public document, the parent of each topic, and the shared tokens of its meeting."""
    topics = {topic for slug in document["topics"] for topic in (slug, parents.get(slug, slug))}
    towards = set(document["towards"]) - TOWARDS_WORDS
    named = {
        Entity.topic: topics,
        Entity.party: {*document["pledgors"], *towards, *document["about"]},
        Entity.instrument: document["instruments"],
        Entity.participant: document["speakers"],
    }
    record_tokens = [record_token(entity, id) for entity, ids in named.items() for id in ids]
    tokens = indexed([document["summary"], *document["formula"]], [*record_tokens, *of_meeting])
    return SearchRow(Entity.pledge, key, _pledge_rowid(date.fromisoformat(document["held_on"]), key), tokens)


def meeting_row(document: Mapping[str, Any]) -> SearchRow:
    """A meeting's row, made from its public document. It does not contain the text of its pledges."""
    texts = [document[name] for name in ("title", "city", "venue") if document[name]]
    parties = [record_token(Entity.party, party) for party in document["parties"]]
    tokens = indexed(texts, [*parties, *things_of_meeting(document)])
    return SearchRow(Entity.meeting, document["id"], _meeting_rowid(document["id"]), tokens)


# Writing --------------------------------------------------------------------------------------------------------------

_INSERT = {
    Entity.pledge: text("INSERT INTO search_pledge (rowid, tokens) VALUES (:rowid, :tokens)"),
    Entity.meeting: text("INSERT INTO search_meeting (rowid, meeting, tokens) VALUES (:rowid, :key, :tokens)"),
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


def insert_rows(connection: Connection, rows: Sequence[SearchRow]) -> None:
    """Insert the rows of records of one kind. On PostgreSQL, replace rows that exist."""
    if not rows:
        return
    entity = rows[0].entity
    if on_sqlite(connection):
        connection.execute(
            _INSERT[entity], [{"rowid": row.rowid, "key": row.key, "tokens": row.tokens} for row in rows]
        )
    else:
        connection.execute(_UPSERT[entity], [{"key": row.key, "tokens": tsvector(row.tokens)} for row in rows])


def replace_row(connection: Connection, row: SearchRow, before: Mapping[str, Any]) -> None:
    """Replace a record's row, unless it is unchanged. `before` is the document of the row in the index."""
    if on_sqlite(connection):
        index, old_rowid = INDEXES[row.entity], row.rowid_for(before)
        old_tokens = connection.execute(select(index.c.tokens).where(index.c.rowid == old_rowid)).scalar()
        if row.rowid == old_rowid and row.tokens == old_tokens:
            return
        connection.execute(delete(index).where(index.c.rowid == old_rowid))
    insert_rows(connection, [row])


def tsvector(tokens: str) -> str:
    """The tokens as a literal of PostgreSQL's tsvector: each token once, and a word with its positions."""
    positions: dict[str, list[str]] = {}
    for position, token in enumerate(tokens.split(" "), start=1):
        if token != GAP:
            of_token = positions.setdefault(token, [])
            if MARK not in token:
                of_token.append(str(position))
    return " ".join(f"'{token}'{':' if found else ''}{','.join(found)}" for token, found in positions.items())


def merge(connection: Connection, *, is_begun: bool) -> bool:
    """Run one step that merges the b-trees of the pledge index. Return True if another step is needed.

    FTS5 writes several b-trees and merges only some of them, but a search reads them all. `is_begun` is False for the
    first step. PostgreSQL's index needs no such step.
    """
    if not on_sqlite(connection):
        return False
    driver: Any = connection.connection.driver_connection
    before = driver.total_changes
    connection.execute(_MERGE, {"pages": _PAGES if is_begun else -_PAGES})  # a negative number starts a complete merge
    return bool(driver.total_changes - before > 1)


# The number of pages is small, so that a step holds the write lock only for a short time.
_MERGE, _PAGES = text("INSERT INTO search_pledge (search_pledge, rank) VALUES ('merge', :pages)"), 500


# Checking -------------------------------------------------------------------------------------------------------------

_NORMAL_FORMS = text(
    "SELECT CAST(CAST(form AS tsvector) AS text)"
    " FROM unnest(CAST(:forms AS text[])) WITH ORDINALITY AS given(form, at) ORDER BY at"
)


def differing(connection: Connection, rows: Sequence[SearchRow]) -> Iterator[SearchRow]:
    """The rows, of one kind, that are missing from the index or differ from it."""
    if not rows:
        return
    index = INDEXES[rows[0].entity]
    if on_sqlite(connection):
        expected: dict[Any, str] = {row.rowid: row.tokens for row in rows}
        query = select(index.c.rowid, index.c.tokens).where(index.c.rowid.in_(expected))
    else:
        forms = connection.execute(_NORMAL_FORMS, {"forms": [tsvector(row.tokens) for row in rows]}).scalars()
        expected = {row.key: form for row, form in zip(rows, forms, strict=True)}
        key_column = index.c[rows[0].entity]
        query = select(key_column, cast(index.c.tokens, Text)).where(key_column.in_(expected))
    stored = {key: tokens for key, tokens in connection.execute(query)}
    for row, (key, tokens) in zip(rows, expected.items(), strict=True):
        if stored.get(key) != tokens:
            yield row


def count_rows(connection: Connection, entity: Entity) -> int:
    return int(connection.execute(select(func.count()).select_from(INDEXES[entity])).scalar_one())


# Searching ------------------------------------------------------------------------------------------------------------


def match_expression(is_sqlite: bool, clauses: Sequence[Clause]) -> str:
    """The clauses in the query language of the database's index, as a value to bind."""
    return fts5(clauses) if is_sqlite else tsquery(clauses)


def matches(is_sqlite: bool, index: Any, parameter: str) -> ColumnElement[bool]:
    """The condition that a row of an index matches the expression bound to `parameter`."""
    if is_sqlite:
        return index.c.tokens.op("MATCH", is_comparison=True)(bindparam(parameter))  # type: ignore[no-any-return]
    return index.c.tokens.op("@@", is_comparison=True)(cast(bindparam(parameter, type_=Text), TSQUERY))  # type: ignore[no-any-return]


def found_pledges(is_sqlite: bool, parameter: str, bounds: Collection[str] = ()) -> Subquery:
    """The subquery of the pledges that match the expression bound to `parameter`, with their key as `pledge`.

    On SQLite it also has the rowid as `place`, which gives the order by day. If `bounds` contains `held_on__gte` or
    `held_on__lt`, the rowids bound to `held_on__gte_rowid` and `held_on__lt_rowid` limit the scan of the index.
    """
    match = matches(is_sqlite, PLEDGES, parameter)
    if not is_sqlite:
        return select(PLEDGES.c.pledge).where(match).subquery("found")
    rowid = PLEDGES.c.rowid
    query = select(rowid.label("place"), (KEYS - 1 - rowid.op("&")(KEYS - 1)).label("pledge")).where(match)
    if "held_on__gte" in bounds:
        query = query.where(rowid >= bindparam("held_on__gte_rowid"))
    if "held_on__lt" in bounds:
        query = query.where(rowid < bindparam("held_on__lt_rowid"))
    return query.subquery("found")


def first_rowid(day: date) -> int:
    """The lowest rowid of a pledge made on this day or later."""
    return day.toordinal() * KEYS


def fts5(clauses: Sequence[Clause]) -> str:
    """The clauses in the query language of FTS5. All tokens are quoted, so none of them is an operator."""
    return _join_clauses(clauses, _fts5, " AND ", " NOT ", " OR ")


def tsquery(clauses: Sequence[Clause]) -> str:
    """The clauses as a literal of PostgreSQL's tsquery. All tokens are quoted."""
    return _join_clauses(clauses, _tsquery, " & ", " & !", " | ")


def _join_clauses(
    clauses: Sequence[Clause], render: Callable[[Expression], str], and_: str, and_not: str, or_: str
) -> str:
    required = [render(clause.expression) for clause in clauses if not clause.is_not] or [render(Phrase((EVERY,)))]
    excluded = [render(clause.expression) for clause in clauses if clause.is_not]
    return f"({and_.join(required)})" + (f"{and_not}({or_.join(excluded)})" if excluded else "")


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _fts5(expression: Expression) -> str:
    match expression:
        case Phrase(tokens):
            return _quote(" ".join(tokens))
        case Prefix(start):
            return f"{_quote(start)}*"
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
