"""The one query: which pledges are asked for, in which order. Every rendering takes it and gives the same pledges."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session

from app.filters import (
    MeetingFilters,
    PledgeFilters,
    meeting,
    meeting_conditions,
    pledge,
    pledge_conditions,
    revision,
)
from app.paging import decode_cursor, encode_cursor
from app.wire import canonical_json

SortKey = Literal["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id"]
MeetingSortKey = Literal["-held_on", "held_on", "-updated", "updated", "-id", "id"]


class PledgeQuery(PledgeFilters):
    """The filters, and which page of the answer in which order."""

    sort: SortKey = Field("-held_on", description="Ties in order of entry; what has no such day comes last.")
    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")

    def fingerprint(self) -> str:
        return _fingerprint("pledges", self)


class MeetingQuery(MeetingFilters):
    """The filters, and which page of the meetings in which order."""

    sort: MeetingSortKey = Field("-held_on", description="Ties by id.")
    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")

    def fingerprint(self) -> str:
        return _fingerprint("meetings", self)


# Parameters that change neither which records answer nor their order.
_BESIDE = {"limit", "cursor", "include", "facets", "facet_limit", "bom"}


def _fingerprint(list: str, query: BaseModel) -> str:
    """What a cursor is good for: the filters and the order, not the size of the page or what is sent beside it."""
    return canonical_json([list, *query.model_dump(mode="json", exclude=_BESIDE).values()])


class Row(NamedTuple):
    """A record of the answer: its key, its document as stored, and its place in the order."""

    key: Any
    document: str
    place: tuple[Any, ...]


@dataclass(frozen=True)
class Order:
    """A sort: the columns a page is walked by, each with its direction. The last one settles all ties."""

    by: tuple[tuple[ColumnElement[Any], bool], ...]  # (column, is descending)

    def apply(self, statement: Select[Any]) -> Select[Any]:
        return statement.order_by(*(column.desc() if down else column.asc() for column, down in self.by))

    def after(self, place: list[Any]) -> ColumnElement[bool]:
        """The rows behind `place`. The first column is bounded by itself too, so that an index can begin there."""
        first, down = self.by[0]
        bound = first <= place[0] if down else first >= place[0]
        alternatives = []
        for index, (column, is_down) in enumerate(self.by):
            ties = [before == value for (before, _), value in zip(self.by[:index], place, strict=False)]
            beyond = column < place[index] if is_down else column > place[index]
            alternatives.append(and_(*ties, beyond))
        return and_(bound, or_(*alternatives))


_FAR = date(9999, 12, 31)
_NEVER = date(1, 1, 1)


def order_of(sort: str, held_on: Any = pledge.c.held_on, key: Any = pledge.c.key) -> Order:
    """The order a sort key names. Days come from the table that is walked, so that its index serves."""
    down = sort.startswith("-")
    name = sort.lstrip("-")
    if name == "held_on":
        return Order(((held_on, down), (key, False)))
    if name == "due":
        return Order(((func.coalesce(pledge.c.due_to, _NEVER if down else _FAR), down), (key, False)))
    if name == "updated":
        return Order(((pledge.c.revision, down),))
    return Order(((pledge.c.meeting, down), (pledge.c.number, down)))


def read_page(session: Session, query: PledgeQuery, today: date | None = None) -> tuple[list[Row], str | None]:
    """One page of pledges, and the cursor of the next or None. One statement, and one for each kind of name given."""
    walked, conditions = pledge_conditions(session, query, today or datetime.now(UTC).date())
    order = order_of(query.sort) if walked is None else order_of(query.sort, walked.c.held_on, walked.c.pledge)
    source = pledge.join(revision, revision.c.seq == pledge.c.revision)
    if walked is not None:
        source = walked.join(source, pledge.c.key == walked.c.pledge)
    statement = select(pledge.c.key, revision.c.document).select_from(source).where(*conditions)
    return _page(session, statement, order, query)


def read_meetings(session: Session, query: MeetingQuery) -> tuple[list[Row], str | None]:
    """One page of meetings, and the cursor of the next or None."""
    down = query.sort.startswith("-")
    by = {
        "held_on": ((meeting.c.held_on, down), (meeting.c.id, False)),
        "updated": ((meeting.c.revision, down),),
        "id": ((meeting.c.id, down),),
    }[query.sort.lstrip("-")]
    source = meeting.join(revision, revision.c.seq == meeting.c.revision)
    conditions = meeting_conditions(session, query)
    statement = select(meeting.c.id, revision.c.document).select_from(source).where(*conditions)
    return _page(session, statement, Order(by), query)


def _page(
    session: Session, statement: Select[Any], order: Order, query: PledgeQuery | MeetingQuery
) -> tuple[list[Row], str | None]:
    """The rows of a page in order; one more is asked for than shown, to know whether there is a next page."""
    statement = order.apply(statement.add_columns(*(column for column, _ in order.by))).limit(query.limit + 1)
    if query.cursor is not None:
        statement = statement.where(order.after(_place(query)))
    rows = [Row(row[0], row[1], tuple(row[2:])) for row in session.execute(statement)]
    if len(rows) <= query.limit:
        return rows, None
    rows.pop()
    return rows, encode_cursor(query.fingerprint(), [_portable(value) for value in rows[-1].place])


def _place(query: PledgeQuery | MeetingQuery) -> list[Any]:
    position = decode_cursor(query.fingerprint(), query.cursor or "")
    is_day = query.sort.lstrip("-") in ("held_on", "due")
    return [date.fromisoformat(position[0]), *position[1:]] if is_day else position


def _portable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
