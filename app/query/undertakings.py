"""Undertakings: read pages of undertakings, so that a pledge and its renewals are one item.

Filters of pledges find an undertaking if at least one of its pledges matches all of them.
"""

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
    """The filters of pledges, all of which one pledge of the thread must match, and filters of the whole thread."""

    in_meeting: Ids = Field(
        (), description="Undertakings with a pledge in this meeting. Repeated: in any of the meetings."
    )
    not_in_meeting: Ids = Field(
        (), description="Undertakings without a pledge in this meeting. Repeated: in none of the meetings."
    )
    renewed__gte: Day | None = Field(
        None, description="Undertakings whose latest pledge was made on or after this day."
    )
    silent_since__lt: Day | None = Field(
        None,
        description="Undertakings that a later meeting of the same parties with a full text, before this day, does not "
        "repeat, and no meeting since.",
    )


class UndertakingQuery(UndertakingFilters):
    """The filters, the sort order and the page of a list of undertakings."""

    sort: UndertakingSortKey = Field(
        "-last_renewed", description="The order. Undertakings with equal values are in order of entry."
    )
    limit: int = Field(50, ge=1, le=200, description="The maximum number of items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The value of `next` from the previous page.")

    def fingerprint(self) -> str:
        """The filters and the order, as JSON: a cursor is only valid for the same fingerprint."""
        return fingerprint("undertakings", self)


class UndertakingsPage(NamedTuple):
    """A page of undertakings as JSON, the next cursor (None on the last page), and the head's seq."""

    items: list[str]
    next: str | None
    seq: int


def read_undertakings(connection: Connection, query: UndertakingQuery, today: date | None = None) -> UndertakingsPage:
    """One page of undertakings. Raises BadQuery if the query names an unknown record, or for a cursor of another list.

    One statement, and one for each filter by id. `today` defaults to the day in UTC.
    """
    require_meetings(connection, {"in_meeting": query.in_meeting, "not_in_meeting": query.not_in_meeting})
    bound = bind_pledges(connection, query, read_name_index(connection), today or utc_today())
    thread_values = {name: value for name in _THREAD_FILTERS if (value := getattr(query, name))}
    plan = _plan(bound.shape, query.sort, tuple(thread_values))
    page = read_plan(connection, plan, {**bound.values, **thread_values}, query)
    return UndertakingsPage([_item(*row) for row in page.rows], page.next, page.seq)


class UndertakingMentions(NamedTuple):
    """The number of meetings with a pledge of an undertaking, and the days of its first and latest pledge."""

    meetings: int
    first_made: date
    last_renewed: date


def read_sayings(connection: Connection, ids: Sequence[str]) -> dict[str, UndertakingMentions]:
    """The mentions of the undertakings of some pledges, by id of the pledge, without positions. One statement."""
    if not ids:
        return {}
    given, member = pledge.alias("given"), pledge.alias("member")
    days = func.min(member.c.held_on), func.max(member.c.held_on)
    query = (
        select(given.c.id, func.count(member.c.meeting.distinct()), *days)
        .join(member, member.c.undertaking == given.c.undertaking)
        .where(given.c.id.in_(ids), member.c.retracted.is_(None), member.c.act.in_(PLEDGE_ACTS))
        .group_by(given.c.id)
    )
    return {id: UndertakingMentions(*mentions) for id, *mentions in connection.execute(query)}


_THREAD_FILTERS = ("in_meeting", "not_in_meeting", "renewed__gte", "silent_since__lt")


@lru_cache(maxsize=500)
def _plan(shape: Shape, sort: str, thread_filters: tuple[str, ...]) -> PagePlan:
    """The plan for undertakings with a pledge of this shape. `thread_filters` names the filters of the whole thread."""
    threads = _threads(shape, thread_filters)
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
    if "silent_since__lt" in thread_filters:
        rows = rows.where(silent_since < bindparam("silent_since__lt"))
    return page_plan(rows, order, is_sqlite=shape.is_sqlite)


def _threads(shape: Shape, thread_filters: tuple[str, ...]) -> Subquery:
    """Each matching undertaking with its first and last day, number of pledges and the key of its latest pledge."""
    selection = find_pledges(shape)
    matching = select(pledge.c.undertaking).select_from(selection.source)
    matching = matching.where(*selection.conditions, pledge.c.act.in_(PLEDGE_ACTS))
    member = pledge.alias("member")
    newest_first = func.row_number().over(
        partition_by=member.c.undertaking, order_by=(member.c.held_on.desc(), member.c.key.desc())
    )
    ranked = (
        select(member.c.undertaking, member.c.key, member.c.held_on, newest_first.label("rank"))
        .where(member.c.retracted.is_(None), member.c.act.in_(PLEDGE_ACTS), member.c.undertaking.in_(matching))
        .subquery("ranked")
    )
    threads = select(
        ranked.c.undertaking,
        func.min(ranked.c.held_on).label("first_made"),
        func.max(ranked.c.held_on).label("last_renewed"),
        func.count().label("mentions"),
        func.max(ranked.c.key).filter(ranked.c.rank == 1).label("latest"),
    ).group_by(ranked.c.undertaking)
    if "in_meeting" in thread_filters:
        threads = threads.where(ranked.c.undertaking.in_(_undertakings_of("in_meeting")))
    if "not_in_meeting" in thread_filters:
        threads = threads.where(ranked.c.undertaking.not_in(_undertakings_of("not_in_meeting")))
    if "renewed__gte" in thread_filters:
        threads = threads.having(func.max(ranked.c.held_on) >= bindparam("renewed__gte"))
    return threads.subquery("threads")


def _undertakings_of(parameter: str) -> Select[Any]:
    """The undertakings with a pledge in the meetings that are bound to `parameter`."""
    member = pledge.alias("in_meeting")
    in_meeting = member.c.meeting.in_(bindparam(parameter, expanding=True))
    return select(member.c.undertaking).where(in_meeting, member.c.retracted.is_(None))


def _silent_since(threads: Subquery, last: Any) -> Any:
    """The day of the first meeting after `last` that has the same parties and a full text, and is thus silent."""
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
