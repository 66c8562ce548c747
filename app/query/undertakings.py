"""Undertakings: the threads themselves as a list, so that a promise said five times is counted once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

from pydantic import Field
from sqlalchemy import Connection, Subquery, func, select

from app.query.filters import Names, PledgeFilters, meeting, pledge, pledge_conditions, require_meetings, revision
from app.query.pages import Order, Row, page_of
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import Day
from app.schemas.vocabulary import PLEDGE_ACTS, Coverage

UndertakingSortKey = Literal["-last_renewed", "last_renewed", "-first_made", "first_made", "-mentions", "mentions"]


class UndertakingFilters(PledgeFilters):
    """The pledge filters, of which one pledge of the thread must match all; and those of the thread itself."""

    in_meeting: Names = Field([], description="Said in this meeting. Repeated: in any of them.")
    not_in_meeting: Names = Field([], description="Not said in this meeting. Repeated: in none of them.")
    renewed__gte: Day | None = Field(None, description="Last said on this day or later.")
    silent_since__lt: Day | None = Field(
        None, description="Left out by a full text of the same parties before this day, and not said since."
    )


class UndertakingQuery(UndertakingFilters):
    """The filters, and which page of the answer in which order."""

    sort: UndertakingSortKey = Field("-last_renewed", description="Ties in order of entry.")
    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")

    def fingerprint(self) -> str:
        values = self.model_dump(mode="json", exclude={"limit", "cursor"}).values()
        return canonical_json(["undertakings", *values])


def read_undertakings(
    connection: Connection, query: UndertakingQuery, today: date | None = None
) -> tuple[list[str], str | None]:
    """One page of undertakings as JSON, and the next cursor."""
    require_meetings(connection, {"in_meeting": query.in_meeting, "not_in_meeting": query.not_in_meeting})
    threads = _threads(connection, query, today or datetime.now(UTC).date())
    down = query.sort.startswith("-")
    order = Order(((threads.c[query.sort.lstrip("-")], down), (threads.c.undertaking, False)))
    root, last = pledge.alias("root"), meeting.alias("last")
    silent_since = _silent_since(threads, last)
    statement = (
        select(threads.c.undertaking, revision.c.document, silent_since.label("silent_since"))
        .join(pledge, pledge.c.key == threads.c.latest)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(last, last.c.id == pledge.c.meeting)
        .join(root, root.c.key == threads.c.undertaking)
    )
    if query.silent_since__lt:
        statement = statement.where(silent_since < query.silent_since__lt)
    statement = statement.add_columns(root.c.id, threads.c.first_made, threads.c.last_renewed, threads.c.mentions)
    rows, next = page_of(connection, statement, order, query)
    return [_item(row) for row in rows], next


class Said(NamedTuple):
    """At how many meetings an undertaking was said, and on which days first and last."""

    meetings: int
    first_made: date
    last_renewed: date


def read_sayings(connection: Connection, ids: Sequence[str]) -> dict[str, Said]:
    """Of some pledges by id: where their undertakings were said. One statement. Positions are absent."""
    if not ids:
        return {}
    own, said = pledge.alias("own"), pledge.alias("said")
    query = (
        select(own.c.id, func.count(said.c.meeting.distinct()), func.min(said.c.held_on), func.max(said.c.held_on))
        .join(said, said.c.undertaking == own.c.undertaking)
        .where(own.c.id.in_(ids), said.c.retracted.is_(None), said.c.act.in_(PLEDGE_ACTS))
        .group_by(own.c.id)
    )
    return {id: Said(*told) for id, *told in connection.execute(query)}


def _threads(connection: Connection, query: UndertakingQuery, today: date) -> Subquery:
    """Each matching undertaking with its days, its number of pledges and the key of its latest pledge."""
    walked, conditions = pledge_conditions(connection, query, today)
    matching = select(pledge.c.undertaking)
    if walked is not None:
        matching = matching.join(walked, walked.c.pledge == pledge.c.key)
    matching = matching.where(*conditions, pledge.c.act.in_(PLEDGE_ACTS))
    said = pledge.alias("said")
    standing = (said.c.retracted.is_(None), said.c.act.in_(PLEDGE_ACTS))
    newest_first = func.row_number().over(
        partition_by=said.c.undertaking, order_by=(said.c.held_on.desc(), said.c.key.desc())
    )
    ranked = select(
        said.c.undertaking, said.c.key, said.c.held_on, newest_first.label("rank")
    ).where(*standing, said.c.undertaking.in_(matching)).subquery("ranked")  # fmt: skip
    threads = select(
        ranked.c.undertaking,
        func.min(ranked.c.held_on).label("first_made"),
        func.max(ranked.c.held_on).label("last_renewed"),
        func.count().label("mentions"),
        func.max(ranked.c.key).filter(ranked.c.rank == 1).label("latest"),
    ).group_by(ranked.c.undertaking)
    if query.in_meeting:
        threads = threads.where(ranked.c.undertaking.in_(_undertakings_of(query.in_meeting)))
    if query.not_in_meeting:
        threads = threads.where(ranked.c.undertaking.not_in(_undertakings_of(query.not_in_meeting)))
    if query.renewed__gte:
        threads = threads.having(func.max(ranked.c.held_on) >= query.renewed__gte)
    return threads.subquery("threads")


def _undertakings_of(meetings: list[str]) -> Any:
    said = pledge.alias("said_in")
    return select(said.c.undertaking).where(said.c.meeting.in_(meetings), said.c.retracted.is_(None))


def _silent_since(threads: Subquery, last: Any) -> Any:
    """The day of the first full text of the parties of the `last` meeting that is later, and so silent on it."""
    later = meeting.alias("later")
    return (
        select(func.min(later.c.held_on))
        .where(
            later.c.circle == last.c.circle,
            later.c.held_on > threads.c.last_renewed,
            later.c.coverage == Coverage.full_text,
            later.c.retracted.is_(None),
        )
        .correlate(threads, last)
        .scalar_subquery()
    )


def _item(row: Row) -> str:
    silent_since, id, first_made, last_renewed, mentions = row.beside
    facts = {
        "id": id,
        "first_made": first_made,
        "last_renewed": last_renewed,
        "mentions": mentions,
        "silent_since": silent_since,
    }
    return f'{canonical_json(facts)[:-1]},"latest":{row.document}}}'
