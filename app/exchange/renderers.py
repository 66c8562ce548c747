"""Renderers: the bytes of a query's result in each format except the JSON page.

The same query has the same records in every format. JSON Lines, CSV and iCalendar contain the whole result, or the
first `limit` records, and are streamed in constant memory. The result is read in chunks by cursor, each with its own
connection, so that a slow client does not keep a snapshot open. Feeds contain the `limit` records that were written
last.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from app.exchange.calendar import calendar
from app.exchange.csv_columns import (
    MEETING_COLUMNS,
    PLEDGE_COLUMNS,
    CsvColumn,
    MeetingRow,
    PledgeRow,
    csv_lines,
    header,
    row_values,
)
from app.exchange.feeds import Feed, FeedEntry, atom, json_feed
from app.exchange.media_types import ATOM, CALENDAR, CSV, JSON_FEED, JSON_LINES, Format
from app.query.pages import MeetingQuery, PledgeQuery, ResultPage, read_meetings, read_page
from app.query.plan import pledge, revision
from app.records.topics import parents
from app.schemas.fields import utc_today
from app.schemas.vocabulary import PLEDGE_ACTS, Entity
from app.store.database import Database
from app.store.ledger import read_documents, read_head

CHUNK = 500  # records
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_EARLIEST_DAY = date(1500, 1, 1)


# Reading in chunks ----------------------------------------------------------------------------------------------------

T = TypeVar("T")
QueryT = TypeVar("QueryT", PledgeQuery, MeetingQuery)
Documents = list[str]


def pledge_chunks(
    database: Database, query: PledgeQuery, limit: int | None, read: Callable[[Connection, Documents], T]
) -> Iterator[T]:
    """Read a query's pledges in chunks, at most `limit` pledges in total, and yield what `read` returns for each."""
    today = utc_today()  # the same for all chunks, even after midnight
    return _chunks(database, query, limit, lambda connection, page: read_page(connection, page, today), read)


def meeting_chunks(
    database: Database, query: MeetingQuery, limit: int | None, read: Callable[[Connection, Documents], T]
) -> Iterator[T]:
    """Read a query's meetings in chunks, at most `limit` meetings in total, and yield what `read` returns for each."""
    return _chunks(database, query, limit, read_meetings, read)


def _chunks(
    database: Database, query: QueryT, limit: int | None,
    read_result: Callable[[Connection, QueryT], ResultPage], read: Callable[[Connection, Documents], T],
) -> Iterator[T]:  # fmt: skip
    """Read a query by cursor. No connection is open while a chunk is sent."""
    cursor, remaining = query.cursor, limit
    while True:
        size = CHUNK if remaining is None else min(CHUNK, remaining)
        part = query.model_copy(update={"limit": size, "cursor": cursor})
        page, chunk = database.read_in_thread(partial(_read_chunk, read_result, read, part))
        yield chunk
        cursor = page.next
        remaining = None if remaining is None else remaining - len(page.rows)
        if cursor is None or remaining == 0:
            return


def _read_chunk(
    read_result: Callable[[Connection, QueryT], ResultPage], read: Callable[[Connection, Documents], T], query: QueryT,
    connection: Connection,
) -> tuple[ResultPage, T]:  # fmt: skip
    page = read_result(connection, query)
    return page, read(connection, page.documents)


def _documents(_: Connection, documents: Documents) -> Documents:
    return documents


def _limit(query: PledgeQuery | MeetingQuery) -> int | None:
    """The limit if the query sets one, else None. A query sorted by relevance has one page only."""
    return query.limit if "limit" in query.model_fields_set or query.sort.endswith("relevance") else None


# Formats --------------------------------------------------------------------------------------------------------------


def render_pledges(
    database: Database, format: Format, query: PledgeQuery, feed: Feed, *, bom: bool = False
) -> Iterator[bytes]:
    """The pledges of a query in any format except JSON, as parts that are produced while they are sent."""
    if format is JSON_LINES:
        return _json_lines(pledge_chunks(database, query, _limit(query), _documents))
    if format is CSV:
        return _csv(PLEDGE_COLUMNS, pledge_chunks(database, query, _limit(query), read_pledge_rows), bom)
    if format is CALENDAR:
        with_deadline = query.model_copy(update={"due__gte": query.due__gte or _EARLIEST_DAY, **_sort(query, "due")})
        chunks = pledge_chunks(database, with_deadline, _limit(query), read_entries)
        return calendar(feed, (entry for entries in chunks for entry in entries))
    assert format in (ATOM, JSON_FEED), f"no renderer of {format.name}"
    latest = query.model_copy(update=_sort(query, "-updated"))
    return _feed(pledge_chunks(database, latest, query.limit, _entries_and_head_time), format, feed)


def _sort(query: PledgeQuery, default: str) -> dict[str, str]:
    """The update that sets the default order of a format; empty if the query sets an order."""
    return {} if "sort" in query.model_fields_set else {"sort": default}


def render_meetings(database: Database, format: Format, query: MeetingQuery, *, bom: bool = False) -> Iterator[bytes]:
    """The meetings of a query as JSON Lines or CSV, as parts that are produced while they are sent."""
    if format is JSON_LINES:
        return _json_lines(meeting_chunks(database, query, _limit(query), _documents))
    assert format is CSV, f"no renderer of {format.name}"
    return _csv(MEETING_COLUMNS, meeting_chunks(database, query, _limit(query), read_meeting_rows), bom)


def _json_lines(chunks: Iterator[Documents]) -> Iterator[bytes]:
    for documents in chunks:
        yield "".join(f"{document}\n" for document in documents).encode()


def _csv(columns: Sequence[CsvColumn], chunks: Iterator[list[Any]], bom: bool) -> Iterator[bytes]:
    yield (_BOM * bom + csv_lines([header(columns)])).encode()
    for rows in chunks:
        yield csv_lines(row_values(columns, row) for row in rows).encode()


def _feed(chunks: Iterator[tuple[list[FeedEntry], str]], format: Format, feed: Feed) -> Iterator[bytes]:
    entries: list[FeedEntry] = []
    updated = ""
    for chunk, head_time in chunks:
        entries += chunk
        updated = max([entry.updated for entry in entries], default=head_time)
    yield (atom if format is ATOM else json_feed)(replace(feed, updated=updated), entries)


# Rows and entries -----------------------------------------------------------------------------------------------------


def read_pledge_rows(connection: Connection, documents: Documents) -> list[PledgeRow]:
    """Pledges with the other values of their CSV rows. Executes three statements."""
    pledges = [json.loads(document) for document in documents]
    root = pledge.alias("root")
    query = select(pledge.c.id, root.c.id).join(root, root.c.key == pledge.c.undertaking)
    query = query.where(pledge.c.id.in_([document["id"] for document in pledges]))
    roots = {id: root_id for id, root_id in connection.execute(query)}
    meetings, parent_topics = _meetings_of(connection, pledges), parents(connection)
    return [
        PledgeRow(document, meetings[document["meeting"]], roots[document["id"]], parent_topics) for document in pledges
    ]


def read_meeting_rows(connection: Connection, documents: Documents) -> list[MeetingRow]:
    """Meetings with the number of their pledges and positions that are not retracted. Executes one statement."""
    meetings = [json.loads(document) for document in documents]
    is_pledge = pledge.c.act.in_(PLEDGE_ACTS)
    query = select(pledge.c.meeting, func.count().filter(is_pledge), func.count().filter(~is_pledge))
    query = query.where(pledge.c.meeting.in_([document["id"] for document in meetings]), pledge.c.retracted.is_(None))
    counts = {id: numbers for id, *numbers in connection.execute(query.group_by(pledge.c.meeting))}
    return [MeetingRow(document, *counts.get(document["id"], (0, 0))) for document in meetings]


def read_entries(connection: Connection, documents: Documents) -> list[FeedEntry]:
    """Pledges with the times of their first and newest revision. Executes two statements."""
    pledges = [json.loads(document) for document in documents]
    first = revision.alias("first")
    query = (
        select(pledge.c.id, first.c.at, revision.c.at)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(first, (first.c.entity == Entity.pledge) & (first.c.id == pledge.c.id) & (first.c.version == 1))
        .where(pledge.c.id.in_([document["id"] for document in pledges]))
    )
    times = {id: (published, updated) for id, published, updated in connection.execute(query)}
    meetings = _meetings_of(connection, pledges)
    return [FeedEntry(document, meetings[document["meeting"]], *times[document["id"]]) for document in pledges]


def _entries_and_head_time(connection: Connection, documents: Documents) -> tuple[list[FeedEntry], str]:
    return read_entries(connection, documents), read_head(connection).at


def _meetings_of(connection: Connection, pledges: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ids = sorted({document["meeting"] for document in pledges})
    return {id: json.loads(document) for id, document in read_documents(connection, Entity.meeting, ids).items()}
