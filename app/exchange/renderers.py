"""The formats of a query: how the bytes of each are made.

What always holds: whatever the format, the same query gives the same pledges. JSON comes in pages; JSON Lines,
CSV and iCalendar give the whole result (or the first `limit`), in constant memory: it is read in chunks by keyset, each
in a connection of its own, so that a slow reader never pins a snapshot. Feeds give the `limit` last written.
"""

import json
from collections.abc import Callable, Iterator, Sequence
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
    flat,
    header,
)
from app.exchange.feeds import Feed, FeedEntry, atom, json_feed
from app.exchange.media_types import ATOM, CALENDAR, CSV, JSON_LINES, Format
from app.query.pages import MeetingQuery, PledgeQuery, ResultPage, read_meetings, read_page
from app.query.plan import pledge, revision
from app.records.topics import parents
from app.schemas.fields import utc_today
from app.schemas.vocabulary import PLEDGE_ACTS, Entity
from app.store.database import Database
from app.store.ledger import read_documents, read_head

CHUNK = 500
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FIRST_DAY = date(1500, 1, 1)


# Reading in chunks ----------------------------------------------------------------------------------------------------

T = TypeVar("T")
Q = TypeVar("Q", PledgeQuery, MeetingQuery)
Documents = list[str]


def pledge_chunks(
    database: Database, query: PledgeQuery, most: int | None, read: Callable[[Connection, Documents], T]
) -> Iterator[T]:
    """What `read` makes of the pledges of a query (all, or at most so many), chunk by chunk."""
    today = utc_today()  # one day for all chunks, even past midnight
    return _chunks(database, query, most, lambda connection, page: read_page(connection, page, today), read)


def meeting_chunks(
    database: Database, query: MeetingQuery, most: int | None, read: Callable[[Connection, Documents], T]
) -> Iterator[T]:
    """What `read` makes of the meetings of a query, likewise."""
    return _chunks(database, query, most, read_meetings, read)


def _chunks(
    database: Database, query: Q, most: int | None,
    read_rows: Callable[[Connection, Q], ResultPage], read: Callable[[Connection, Documents], T],
) -> Iterator[T]:  # fmt: skip
    """Read a query by keyset. No connection is open while a chunk is sent."""
    cursor, left = query.cursor, most
    while True:
        page = query.model_copy(update={"limit": CHUNK if left is None else min(CHUNK, left), "cursor": cursor})
        found, made = database.read_in_thread(partial(_read_chunk, read_rows, read, page))
        yield made
        cursor = found.next
        left = None if left is None else left - len(found.rows)
        if cursor is None or left == 0:
            return


def _read_chunk(
    read_rows: Callable[[Connection, Q], ResultPage], read: Callable[[Connection, Documents], T], page: Q,
    connection: Connection,
) -> tuple[ResultPage, T]:  # fmt: skip
    found = read_rows(connection, page)
    return found, read(connection, found.documents)


def _documents(_: Connection, documents: Documents) -> Documents:
    return documents


def _most(query: PledgeQuery | MeetingQuery) -> int | None:
    """Everything, unless a limit was asked for. Relevance is an order of one page."""
    return query.limit if "limit" in query.model_fields_set or query.sort.endswith("relevance") else None


# Format ------------------------------------------------------------------------------------------------------------


def render_pledges(
    database: Database, format: Format, query: PledgeQuery, feed: Feed, *, bom: bool = False
) -> Iterator[bytes]:
    """The bytes of any format of pledges but the JSON page, made as they are taken."""
    if format is JSON_LINES:
        return _json_lines(pledge_chunks(database, query, _most(query), _documents))
    if format is CSV:
        return _csv(PLEDGE_COLUMNS, pledge_chunks(database, query, _most(query), read_pledge_rows), bom)
    if format is CALENDAR:
        with_a_deadline = query.model_copy(update={"due__gte": query.due__gte or _FIRST_DAY, **_by(query, "due")})
        chunks = pledge_chunks(database, with_a_deadline, _most(query), read_entries)
        return calendar(feed, (entry for entries in chunks for entry in entries))
    latest = query.model_copy(update=_by(query, "-updated"))
    return _feed(pledge_chunks(database, latest, query.limit, _entries_and_head), format, feed)


def _by(query: PledgeQuery, sort: str) -> dict[str, str]:
    """The order of a format, unless another was asked for."""
    return {} if "sort" in query.model_fields_set else {"sort": sort}


def render_meetings(database: Database, format: Format, query: MeetingQuery, *, bom: bool = False) -> Iterator[bytes]:
    """The bytes of any format of meetings but the JSON page."""
    if format is JSON_LINES:
        return _json_lines(meeting_chunks(database, query, _most(query), _documents))
    return _csv(MEETING_COLUMNS, meeting_chunks(database, query, _most(query), read_meeting_rows), bom)


def _json_lines(chunks: Iterator[Documents]) -> Iterator[bytes]:
    for documents in chunks:
        yield "".join(f"{document}\n" for document in documents).encode()


def _csv(columns: Sequence[CsvColumn], chunks: Iterator[list[Any]], bom: bool) -> Iterator[bytes]:
    yield (_BOM * bom + csv_lines([header(columns)])).encode()
    for records in chunks:
        yield csv_lines(flat(columns, record) for record in records).encode()


def _feed(chunks: Iterator[tuple[list[FeedEntry], str]], format: Format, feed: Feed) -> Iterator[bytes]:
    entries: list[FeedEntry] = []
    changed = ""
    for some, head in chunks:
        entries += some
        changed = max([entry.updated for entry in entries], default=head)
    yield (atom if format is ATOM else json_feed)(feed.changed_at(changed), entries)


# What stands beside the documents -------------------------------------------------------------------------------------


def read_pledge_rows(connection: Connection, documents: Documents) -> list[PledgeRow]:
    """Pledges with what their rows need besides: three statements."""
    pledges = [json.loads(document) for document in documents]
    root = pledge.alias("root")
    query = select(pledge.c.id, root.c.id).join(root, root.c.key == pledge.c.undertaking)
    roots = {
        id: first for id, first in connection.execute(query.where(pledge.c.id.in_([one["id"] for one in pledges])))
    }
    meetings, above = _meetings_of(connection, pledges), parents(connection)
    return [PledgeRow(one, meetings[one["meeting"]], roots[one["id"]], above) for one in pledges]


def read_meeting_rows(connection: Connection, documents: Documents) -> list[MeetingRow]:
    """Meetings with the number of pledges and positions that stand: one statement."""
    meetings = [json.loads(document) for document in documents]
    binds = pledge.c.act.in_(PLEDGE_ACTS)
    query = select(pledge.c.meeting, func.count().filter(binds), func.count().filter(~binds))
    query = query.where(pledge.c.meeting.in_([one["id"] for one in meetings]), pledge.c.retracted.is_(None))
    counted = {id: counts for id, *counts in connection.execute(query.group_by(pledge.c.meeting))}
    return [MeetingRow(one, *counted.get(one["id"], (0, 0))) for one in meetings]


def read_entries(connection: Connection, documents: Documents) -> list[FeedEntry]:
    """Pledges with when the ledger first and last wrote each: two statements."""
    pledges = [json.loads(document) for document in documents]
    first = revision.alias("first")
    query = (
        select(pledge.c.id, first.c.at, revision.c.at)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(first, (first.c.entity == Entity.pledge) & (first.c.id == pledge.c.id) & (first.c.version == 1))
        .where(pledge.c.id.in_([one["id"] for one in pledges]))
    )
    written = {id: (published, updated) for id, published, updated in connection.execute(query)}
    meetings = _meetings_of(connection, pledges)
    return [FeedEntry(one, meetings[one["meeting"]], *written[one["id"]]) for one in pledges]


def _entries_and_head(connection: Connection, documents: Documents) -> tuple[list[FeedEntry], str]:
    return read_entries(connection, documents), read_head(connection).at


def _meetings_of(connection: Connection, pledges: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ids = sorted({one["meeting"] for one in pledges})
    return {id: json.loads(document) for id, document in read_documents(connection, Entity.meeting, ids).items()}
