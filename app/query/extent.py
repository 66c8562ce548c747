"""The extent of the book: how many records it has, and the first and last day of a meeting."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from app.query.plan import meeting, pledge
from app.schemas.vocabulary import PLEDGE_ACTS


class Extent(NamedTuple):
    """How many records that are not retracted the book has, and the first and last day of a meeting.

    The days are None in a book without meetings.
    """

    meetings: int
    pledges: int
    positions: int
    first: date | None
    last: date | None


def read_extent(connection: Connection) -> Extent:
    """Count the records and read the first and last day, in two statements."""
    held = select(func.count(), func.min(meeting.c.held_on), func.max(meeting.c.held_on))
    meetings, first, last = connection.execute(held.where(meeting.c.retracted.is_(None))).one()
    binding = func.count().filter(pledge.c.act.in_(PLEDGE_ACTS))
    counts = select(func.count(), binding).where(pledge.c.retracted.is_(None))
    records, pledges = connection.execute(counts).one()
    return Extent(meetings, pledges, records - pledges, first, last)
