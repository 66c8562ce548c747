"""Extent: count the meetings, pledges and positions of the book, and find the days of its first and last meeting."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from app.query.plan import meeting, pledge
from app.schemas.vocabulary import PLEDGE_ACTS


class Extent(NamedTuple):
    """The number of records that are not retracted, and the days of the first and the last meeting.

    The days are None if the book has no meetings.
    """

    meetings: int
    pledges: int
    positions: int
    first: date | None
    last: date | None


def read_extent(connection: Connection) -> Extent:
    """The extent of the book. Two statements."""
    meeting_counts = select(func.count(), func.min(meeting.c.held_on), func.max(meeting.c.held_on))
    meetings, first, last = connection.execute(meeting_counts.where(meeting.c.retracted.is_(None))).one()
    pledge_count = func.count().filter(pledge.c.act.in_(PLEDGE_ACTS))
    pledge_counts = select(func.count(), pledge_count).where(pledge.c.retracted.is_(None))
    records, pledges = connection.execute(pledge_counts).one()
    return Extent(meetings, pledges, records - pledges, first, last)
