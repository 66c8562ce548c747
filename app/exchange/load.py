"""Batch load: write document lines to the book, many in one transaction.

Each line is written completely or not at all.

Commits are slow, so a commit for each line would take most of the time of a load. A batch is validated before the write
lock is taken, and it is small, so that other writers do not wait long for the lock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from app.errors import PledgebookError
from app.records.pledges import next_key
from app.records.upsert import LOADER, Outcome, put
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingLine
from app.search.index import merge
from app.store.database import Database
from app.store.ledger import Writer

T = TypeVar("T")

_BATCH_RECORDS = 400
_MERGE_SHARE = 10  # merge the index after a load of at least a tenth of the book


def weight(line: Schema | None) -> int:
    """The approximate number of records in a line."""
    return 1 + (len(line.pledges) if isinstance(line, MeetingLine) else 0)


def batches(items: Iterable[T], weigh: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in order, in batches that end when they are full; `weigh` counts the records of an item."""
    batch: list[T] = []
    records = 0
    for item in items:
        batch.append(item)
        records += weigh(item)
        if records >= _BATCH_RECORDS:
            yield batch
            batch, records = [], 0
    if batch:
        yield batch


def put_batch(database: Database, lines: Sequence[Schema], *, overwrite: bool) -> list[Outcome | PledgebookError]:
    """Write some lines in one transaction. Returns the outcome of each line, or the error that it raised."""
    if not lines:
        return []
    with database.writing() as connection:
        writer = Writer(connection, LOADER)
        try:
            with _savepoint(writer):  # most batches have no fault, so that one savepoint is enough
                return [put(writer, line, overwrite=overwrite) for line in lines]
        except PledgebookError:
            return [_put_alone(writer, line, overwrite=overwrite) for line in lines]


def merge_index(database: Database, created: int) -> None:
    """Merge the search index if a load created a large part of the book.

    It merges in steps; other writers can write between them.
    """
    with database.reading() as connection:
        if created * _MERGE_SHARE < next_key(connection):
            return
    is_begun = False
    while True:
        with database.writing() as connection:
            if not merge(connection, is_begun=is_begun):
                return
        is_begun = True


def _put_alone(writer: Writer, line: Schema, *, overwrite: bool) -> Outcome | PledgebookError:
    try:
        with _savepoint(writer):
            return put(writer, line, overwrite=overwrite)
    except PledgebookError as error:
        return error


@contextmanager
def _savepoint(writer: Writer) -> Iterator[None]:
    """A savepoint that an error rolls back, together with the writer's head."""
    head = writer.head
    try:
        with writer.connection.begin_nested():
            yield
    except PledgebookError:
        writer.head = head
        raise
