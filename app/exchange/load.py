"""Lines put into the book many to a transaction, each of them whole or not at all.

A commit brings its pages to disk, whatever it holds, so one for each line would be most of a load. A batch is read and
checked before the writing lock is taken, and is small enough that those who wait for the lock do not wait long.
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

_RECORDS = 400  # written in about a quarter of a second
_SHARE = 10  # a load of a tenth of the book is worth going through all of its index


def weight(line: Schema | None) -> int:
    """How many records a line has, about."""
    return 1 + (len(line.pledges) if isinstance(line, MeetingLine) else 0)


def batches(items: Iterable[T], weigh: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in order, as many together as make a batch."""
    batch: list[T] = []
    records = 0
    for item in items:
        batch.append(item)
        records += weigh(item)
        if records >= _RECORDS:
            yield batch
            batch, records = [], 0
    if batch:
        yield batch


def put_batch(database: Database, lines: Sequence[Schema], *, overwrite: bool) -> list[Outcome | PledgebookError]:
    """Put some lines in one transaction; what each came to, or what kept it from being put."""
    if not lines:
        return []
    with database.writing() as connection:
        writer = Writer(connection, LOADER)
        try:
            with _whole(writer):  # most batches have no fault, and one savepoint does for all of their lines
                return [put(writer, line, overwrite=overwrite) for line in lines]
        except PledgebookError:
            return [_put_alone(writer, line, overwrite=overwrite) for line in lines]


def merge_index(database: Database, created: int) -> None:
    """Merge the search index after a load that created a good part of the book, in steps between which others write."""
    with database.reading() as connection:
        if created * _SHARE < next_key(connection):
            return
    is_begun = False
    while True:
        with database.writing() as connection:
            if not merge(connection, is_begun=is_begun):
                return
        is_begun = True


def _put_alone(writer: Writer, line: Schema, *, overwrite: bool) -> Outcome | PledgebookError:
    try:
        with _whole(writer):
            return put(writer, line, overwrite=overwrite)
    except PledgebookError as error:
        return error


@contextmanager
def _whole(writer: Writer) -> Iterator[None]:
    """All that is written within, or none of it."""
    head = writer.head
    try:
        with writer.connection.begin_nested():
            yield
    except PledgebookError:
        writer.head = head
        raise
