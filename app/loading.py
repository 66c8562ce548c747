"""Lines put into the book many to a transaction, each of them whole or not at all.

A commit brings its pages to disk, whatever it holds, so one for each line would be most of a load. A batch is read and
checked before the writing lock is taken, and is small enough that those who wait for the lock do not wait long.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from app.book import LOADER, Outcome, put
from app.db import Database
from app.errors import PledgebookError
from app.ledger import Writer
from app.shapes.meetings import MeetingLine
from app.types import Shape

T = TypeVar("T")

_RECORDS = 400  # written in about a quarter of a second


def weight(line: Shape | None) -> int:
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


def put_batch(database: Database, lines: Sequence[Shape], *, overwrite: bool) -> list[Outcome | PledgebookError]:
    """Put some lines in one transaction; what each came to, or what kept it from being put."""
    if not lines:
        return []
    with database.writing() as session:
        writer = Writer(session, LOADER)
        together = _put_whole(writer, lines, overwrite=overwrite)
        if not isinstance(together, PledgebookError):
            return list(together)
        return [_each(_put_whole(writer, [line], overwrite=overwrite)) for line in lines]


def _put_whole(writer: Writer, lines: Sequence[Shape], *, overwrite: bool) -> list[Outcome] | PledgebookError:
    """Put all of these lines, or none and tell why. Most batches have no fault, and one savepoint does for them."""
    head = writer.head
    try:
        with writer.session.begin_nested():
            return [put(writer, line, overwrite=overwrite) for line in lines]
    except PledgebookError as error:
        writer.head = head
        return error


def _each(put: list[Outcome] | PledgebookError) -> Outcome | PledgebookError:
    return put if isinstance(put, PledgebookError) else put[0]
