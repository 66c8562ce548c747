"""Undertakings: the threads themselves as a list, so that a promise said five times is counted once."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from pydantic import Field
from sqlalchemy import Connection, Select, Subquery, bindparam, func, select

from app.query.filters import Ids, PledgeFilters
from app.query.pages import Order, PagePlan, fingerprint, page_plan, read_plan
from app.query.plan import Shape, bind_pledges, find_pledges, meeting, pledge, require_meetings, revision
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.fields import Day, utc_today
from app.schemas.vocabulary import PLEDGE_ACTS, Coverage
from app.search.name_index import read_name_index

UndertakingSortKey = Literal["-last_renewed", "last_renewed", "-first_made", "first_made", "-mentions", "mentions"]


class UndertakingFilters(PledgeFilters):
    """The pledge filters, of which one pledge of the thread must match all; and those of the thread itself."""

    in_meeting: Ids = Field((), description="Said in this meeting. Repeated: in any of them.")
    not_in_meeting: Ids = Field((), description="Not said in this meeting. Repeated: in none of them.")
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
        """What a cursor of this list is valid for: the filters and the order."""
        return fingerprint("undertakings", self)


class UndertakingsPage(NamedTuple):
    """A page of undertakings as JSON, the next cursor, and the head's seq."""

    items: list[str]
    next: str | None
    seq: int


def read_undertakings(connection: Connection, query: UndertakingQuery, today: date | None = None) -> UndertakingsPage:
    """One page of undertakings. One statement, and one for each kind of id given."""
    require_meetings(connection, {"in_meeting": query.in_meeting, "not_in_meeting": query.not_in_meeting})
    bound = bind_pledges(connection, query, read_name_index(connection), today or utc_today())
    own = {name: value for name in _OWN if (value := getattr(query, name))}
    plan = _plan(bound.shape, query.sort, tuple(own))
    page = read_plan(connection, plan, {**bound.values, **own}, query)
    return UndertakingsPage([_item(*row) for row in page.rows], page.next, page.seq)


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


_OWN = ("in_meeting", "not_in_meeting", "renewed__gte", "silent_since__lt")


@lru_cache(maxsize=500)
def _plan(shape: Shape, sort: str, own: tuple[str, ...]) -> PagePlan:
    """The plan of the undertakings of which one pledge has this shape; `own` names the filters of the thread."""
    threads = _threads(shape, own)
    order = Order(((threads.c[sort.lstrip("-")], sort.startswith("-")), (threads.c.undertaking, False)))
    root, last = pledge.alias("root"), meeting.alias("last")
    silent_since = _silent_since(threads, last)
    rows = (
        select(
            revision.c.document, silent_since.label("silent_since"), root.c.id, threads.c.first_made,
            threads.c.last_renewed, threads.c.mentions,
        )
        .join(pledge, pledge.c.key == threads.c.latest)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(last, last.c.id == pledge.c.meeting)
        .join(root, root.c.key == threads.c.undertaking)
    )  # fmt: skip
    if "silent_since__lt" in own:
        rows = rows.where(silent_since < bindparam("silent_since__lt"))
    return page_plan(rows, order, is_sqlite=shape.is_sqlite)


def _threads(shape: Shape, own: tuple[str, ...]) -> Subquery:
    """Each matching undertaking with its days, its number of pledges and the key of its latest pledge."""
    found = find_pledges(shape)
    matching = select(pledge.c.undertaking).select_from(found.source)
    matching = matching.where(*found.conditions, pledge.c.act.in_(PLEDGE_ACTS))
    said = pledge.alias("said")
    newest_first = func.row_number().over(
        partition_by=said.c.undertaking, order_by=(said.c.held_on.desc(), said.c.key.desc())
    )
    ranked = (
        select(said.c.undertaking, said.c.key, said.c.held_on, newest_first.label("rank"))
        .where(said.c.retracted.is_(None), said.c.act.in_(PLEDGE_ACTS), said.c.undertaking.in_(matching))
        .subquery("ranked")
    )
    threads = select(
        ranked.c.undertaking,
        func.min(ranked.c.held_on).label("first_made"),
        func.max(ranked.c.held_on).label("last_renewed"),
        func.count().label("mentions"),
        func.max(ranked.c.key).filter(ranked.c.rank == 1).label("latest"),
    ).group_by(ranked.c.undertaking)
    if "in_meeting" in own:
        threads = threads.where(ranked.c.undertaking.in_(_undertakings_of("in_meeting")))
    if "not_in_meeting" in own:
        threads = threads.where(ranked.c.undertaking.not_in(_undertakings_of("not_in_meeting")))
    if "renewed__gte" in own:
        threads = threads.having(func.max(ranked.c.held_on) >= bindparam("renewed__gte"))
    return threads.subquery("threads")


def _undertakings_of(parameter: str) -> Select[Any]:
    """The undertakings of the meetings bound to a parameter."""
    said = pledge.alias("said_in")
    in_meeting = said.c.meeting.in_(bindparam(parameter, expanding=True))
    return select(said.c.undertaking).where(in_meeting, said.c.retracted.is_(None))


def _silent_since(threads: Subquery, last: Any) -> Any:
    """The day of the first later full text of the parties of the `last` meeting, which is silent on it."""
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


def _item(document: str, silent_since: str, id: str, first_made: str, last_renewed: str, mentions: str) -> str:
    facts = {
        "id": id,
        "first_made": first_made,
        "last_renewed": last_renewed,
        "mentions": int(mentions),
        "silent_since": silent_since or None,
    }
    return with_members(canonical_json(facts), latest=document)
