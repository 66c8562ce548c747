"""Facets: count the pledges of a query by topic, party, year and other properties, in one statement.

The counts of a value are those of the pledges that its `query` finds. A facet ignores the filter of its own property,
so that it also shows values that are not selected. In the `query` of a value, that value takes the place of the filter.
A pledge with two topics counts in both and in their parent topics, so the counts of different values cannot be added
up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    extract,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from app.query.filters import PledgeFilters, query_parts, replaced_in
from app.query.pages import pledge_order
from app.query.plan import (
    BoundQuery,
    Shape,
    assessment,
    attendance,
    bind_pledges,
    find_pledges,
    is_bound,
    meeting,
    party,
    pledge,
    topic,
)
from app.schemas.facets import FacetName, FacetValue
from app.schemas.fields import utc_today
from app.schemas.vocabulary import Entity, PartyRole
from app.search.name_index import NameIndex, read_name_index
from app.store import models
from app.store.models import columns

instrument = columns(models.PledgeInstrument)


@dataclass(frozen=True)
class MatchedPledges:
    """The pledges of a shape as a common table expression.

    `party_count` is ONE or SEVERAL if the facet `fulfilment` counts only assessments of the parties bound to `party`;
    None if it counts those of any party. `fulfilment` has the values of that filter for the facet `party`: a pledgor
    counts only if its own assessment has one of them.
    """

    table: Any
    party_count: str | None = None
    fulfilment: Sequence[str] = ()


# A split joins the pledges (or an earlier join of them) with the table of a facet. It returns the join and the column
# of the facet's codes.
Split = Callable[[MatchedPledges, FromClause], tuple[FromClause, ColumnElement[Any]]]


@dataclass(frozen=True)
class Facet:
    """The filters that select a value of a facet, its splits, and the kind of record that a code identifies."""

    filters: tuple[str, ...]
    splits: tuple[Split, ...]
    entity: Entity | None = None
    is_dated: bool = False  # values are in order of date, newest first, instead of most frequent first


# Splits ---------------------------------------------------------------------------------------------------------------


def _by_column(name: str) -> Split:
    return lambda matched, source: (source, matched.table.c[name])


def _by_child_row(table: Any, column: str, role: PartyRole | None = None) -> Split:
    """By a column of the pledge's child rows. The alias allows a matrix of two facets over the same table."""
    child = table.alias()

    def split(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        on = [child.c.pledge == matched.table.c.key]
        if role is not None:
            on.append(child.c.role == role)
        return source.join(child, and_(*on)), child.c[column]

    return split


def _by_pledgor(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    pledgor = party.alias()
    on = [pledgor.c.pledge == matched.table.c.key, pledgor.c.role == PartyRole.pledgor]
    if matched.fulfilment:
        assessed = exists().where(
            assessment.c.pledge == matched.table.c.key, assessment.c.is_current, assessment.c.party == pledgor.c.party
        )
        on.append(or_(*(
            ~assessed if value == "none" else assessed.where(assessment.c.fulfilment == value)
            for value in matched.fulfilment
        )))  # fmt: skip
    return source.join(pledgor, and_(*on)), pledgor.c.party


def _by_towards_word(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By the word that `towards` has instead of parties. Pledges without such a word are left out."""
    word = pledge.alias()
    return source.join(word, and_(word.c.key == matched.table.c.key, word.c.towards.is_not(None))), word.c.towards


def _by_year(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    return source, extract("year", matched.table.c.held_on)


def _by_participant(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    attended = attendance.alias()
    return source.join(attended, attended.c.meeting == matched.table.c.meeting), attended.c.participant


def _by_fulfilment(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By the current assessments of the bound parties, or of any party; `none` for pledges without an assessment."""
    current = select(assessment.c.pledge, cast(assessment.c.fulfilment, String).label("code")).distinct()
    current = current.where(assessment.c.is_current)
    if matched.party_count:
        current = current.where(is_bound(assessment.c.party, "party", matched.party_count))
    assessed = current.subquery()
    source = source.outerjoin(assessed, assessed.c.pledge == matched.table.c.key)
    return source, func.coalesce(assessed.c.code, literal_column("'none'"))


def by_fulfilment_of(party_code: ColumnElement[Any]) -> Split:
    """The split by the current assessment of the party in the column `party_code` of the same row."""

    def split(matched: MatchedPledges, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        assessed = assessment.alias()
        on = and_(assessed.c.pledge == matched.table.c.key, assessed.c.is_current, assessed.c.party == party_code)
        code = func.coalesce(cast(assessed.c.fulfilment, String), literal_column("'none'"))
        return source.outerjoin(assessed, on), code

    return split


FACETS: Mapping[FacetName, Facet] = {
    "topic": Facet(("topic",), (_by_child_row(topic, "topic"),), Entity.topic),
    "party": Facet(("party",), (_by_pledgor,), Entity.party),
    "towards": Facet(("towards",), (_by_child_row(party, "party", PartyRole.towards), _by_towards_word), Entity.party),
    "about": Facet(("about",), (_by_child_row(party, "party", PartyRole.about),), Entity.party),
    "act": Facet(("act",), (_by_column("act"),)),
    "year": Facet(("held_on__gte", "held_on__lt"), (_by_year,), is_dated=True),
    "meeting": Facet(("meeting",), (_by_column("meeting"),), Entity.meeting, is_dated=True),
    "fulfilment": Facet(("fulfilment",), (_by_fulfilment,)),
    "specificity": Facet(("specificity",), (_by_column("specificity"),)),
    "participant": Facet(("participant",), (_by_participant,), Entity.participant),
    "instrument": Facet(("instrument",), (_by_child_row(instrument, "instrument"),), Entity.instrument),
    "attested": Facet(("attested",), (_by_column("attested"),)),
}


# Matching and counting ------------------------------------------------------------------------------------------------


def match(
    shape: Shape, fulfilment: Sequence[str] = (), newest: int | None = None, name: str = "matched"
) -> MatchedPledges:
    """The pledges of a shape, or only the `newest` of them, as a common table expression called `name`."""
    selection, c = find_pledges(shape), pledge.c
    pledges = select(c.key, c.undertaking, c.meeting, c.held_on, c.act, c.specificity, c.attested, c.is_new)
    pledges = pledges.select_from(selection.source).where(*selection.conditions)
    if newest is not None:
        pledges = pledges.order_by(*pledge_order("-held_on", selection).sorted()).limit(newest)
    return MatchedPledges(pledges.cte(name), dict(shape.filters).get("party"), fulfilment)


def counts(matched: MatchedPledges) -> tuple[ColumnElement[Any], ...]:
    """The columns that count pledges, undertakings and new pledges. A group must contain each pledge only once."""
    c = matched.table.c
    return func.count(), func.count(c.undertaking.distinct()), func.coalesce(func.sum(case((c.is_new, 1), else_=0)), 0)


class CountRow(NamedTuple):
    """A result row: the counts of one value of a facet, or of all pledges if `code` is None."""

    facet: str
    code: str | None
    mentions: int
    undertakings: int
    new: int
    last: str | None
    title: str | None


def _total(name: str, matched: MatchedPledges) -> Select[Any]:
    columns: list[Any] = [literal_column(f"'{name}'", String).label("facet"), cast(null(), String).label("code")]
    columns += [*counts(matched), cast(null(), String).label("last"), cast(null(), String).label("title")]
    return select(*columns).select_from(matched.table)


def _count_values(name: FacetName, split: Split, matched: MatchedPledges) -> Select[Any]:
    """The counts of each value of a facet, with the last day of a dated value and the title of a meeting."""
    source, code = split(matched, matched.table)
    text, facet = cast(code, String), FACETS[name]
    last: Any = cast(func.max(matched.table.c.held_on), String) if facet.is_dated else cast(null(), String)
    title: Any = cast(null(), String)
    if facet.entity is Entity.meeting:
        source = source.join(meeting, meeting.c.id == code)
        title = func.max(meeting.c.title)
    columns: list[Any] = [literal_column(f"'{name}'", String), text, *counts(matched), last, title]
    return select(*columns).select_from(source).group_by(text)


# The name of a facet, the shape of the query without the filter of that facet, and `MatchedPledges.fulfilment`.
FacetPart = tuple[FacetName, Shape, tuple[str, ...]]


@lru_cache(maxsize=500)
def _count_plan(shape: Shape, parts: tuple[FacetPart, ...], newest: int | None) -> CompoundSelect[Any]:
    """The statement that counts all pledges and the values of each facet. Facets with the same shape share one CTE."""
    matched: dict[tuple[Shape, tuple[str, ...]], MatchedPledges] = {(shape, ()): match(shape, (), newest)}
    selects = [_total("", matched[shape, ()])]
    for name, facet_shape, fulfilment in parts:
        if (facet_shape, fulfilment) not in matched:
            matched[facet_shape, fulfilment] = match(facet_shape, fulfilment, newest, f"matched_{len(matched)}")
            if newest is not None:
                selects.append(_total(name, matched[facet_shape, fulfilment]))
        selects += [_count_values(name, split, matched[facet_shape, fulfilment]) for split in FACETS[name].splits]
    return union_all(*selects)


class Counts(NamedTuple):
    """The numbers of pledges that match a query, of their undertakings, and of new pledges."""

    mentions: int
    undertakings: int
    new: int


class FacetCounts(NamedTuple):
    """The counts of all pledges of a query and the values of each facet. `is_part`: only the newest were counted."""

    total: Counts
    facets: dict[FacetName, list[FacetValue]]
    is_part: bool


def count(
    connection: Connection, query: PledgeFilters, facets: Iterable[FacetName] = (), limit: int = 100,
    *, newest: int | None = None, today: date | None = None, names: NameIndex | None = None,
) -> FacetCounts:  # fmt: skip
    """Count the pledges of a query, and of at most `limit` values of each facet, in one statement.

    The most frequent values come first. For years and meetings, the newest come first. With `newest`, only that number
    of the newest pledges is counted. Raises BadQuery if the query names an unknown record.
    """
    today, names = today or utc_today(), names or read_name_index(connection)
    bound = bind_pledges(connection, query, names, today)
    values, parts = dict(bound.values), []
    facet_names = list(dict.fromkeys(facets))
    for name in facet_names:
        facet_query = without(query, FACETS[name].filters)
        fulfilment = tuple(query.fulfilment) if name == "party" else ()
        if fulfilment:
            facet_query = facet_query.model_copy(update={"fulfilment": []})
        facet_bound = bound if facet_query is query else bind_pledges(connection, facet_query, names, today)
        values |= facet_bound.values
        parts.append((name, facet_bound.shape, fulfilment))
    rows = [CountRow(*row) for row in connection.execute(_count_plan(bound.shape, tuple(parts), newest), values)]
    totals: list[CountRow] = []
    rows_by_facet: dict[str, list[CountRow]] = {name: [] for name in facet_names}
    for row in rows:
        (totals if row.code is None else rows_by_facet[row.facet]).append(row)
    values_by_facet = {name: facet_values(query, name, rows_by_facet[name], names, limit) for name in facet_names}
    total = next(Counts(row.mentions, row.undertakings, row.new) for row in totals if not row.facet)
    return FacetCounts(total, values_by_facet, newest is not None and any(row.mentions >= newest for row in totals))


def read_counts(connection: Connection, query: PledgeFilters) -> Counts:
    """The counts of all pledges of a query, in one statement."""
    return count(connection, query).total


@lru_cache(maxsize=500)
def _values_plan(name: FacetName, shape: Shape, fulfilment: tuple[str, ...], has_codes: bool) -> CompoundSelect[Any]:
    matched = match(shape, fulfilment)
    selects = []
    for split in FACETS[name].splits:
        counted = _count_values(name, split, matched)
        if has_codes:
            code = list(counted.selected_columns)[1]
            counted = counted.where(code.in_(bindparam("codes", expanding=True)))
        selects.append(counted)
    return union_all(*selects)


def read_values(
    connection: Connection, query: PledgeFilters, name: FacetName, bound: BoundQuery, limit: int,
    codes: Sequence[str] = (), *, names: NameIndex, fulfilment: Sequence[str] = (), within_days: bool = False,
) -> list[FacetValue]:  # fmt: skip
    """At most `limit` values of one facet over the pledges of a bound query; only those in `codes` if there are any.

    With `within_days`, the `query` of a year does not extend beyond the days of the given query.
    """
    plan = _values_plan(name, bound.shape, tuple(fulfilment), bool(codes))
    rows = connection.execute(plan, {**bound.values, **({"codes": list(codes)} if codes else {})})
    return facet_values(query, name, [CountRow(*row) for row in rows], names, limit, within_days=within_days)


def without(query: PledgeFilters, filters: Iterable[str]) -> PledgeFilters:
    """The query without some filters.

    If `act` is removed and `kind` is not set, `kind` becomes `any`, because `act` implied it.
    """
    cleared: dict[str, Any] = {name: PledgeFilters.model_fields[name].get_default() for name in filters}
    if all(getattr(query, name) == default for name, default in cleared.items()):
        return query
    if "act" in cleared and query.kind is None:
        cleared["kind"] = "any"
    return query.model_copy(update=cleared)


# The values -----------------------------------------------------------------------------------------------------------


def facet_values(
    query: PledgeFilters, name: FacetName, rows: Sequence[CountRow], names: NameIndex, limit: int,
    *, within_days: bool = False,
) -> list[FacetValue]:  # fmt: skip
    """At most `limit` values in the order of the facet, each with its name and its query."""
    facet, parts = FACETS[name], query_parts(query)
    ordered = sorted(rows, key=lambda row: str(row.code))
    ordered.sort(key=lambda row: (row.last or "") if facet.is_dated else row.mentions, reverse=True)
    values = []
    for row in ordered[:limit]:
        code = str(row.code)
        record_name = names.name(facet.entity, code) if facet.entity in names.records else row.title
        values.append(
            FacetValue(
                code=code,
                name=record_name or code.replace("-", " "),
                mentions=row.mentions,
                undertakings=row.undertakings,
                new=row.new,
                query=replaced_in(parts, replacement(query, name, code, within_days=within_days)),
            )
        )
    return values


def codes_of(query: PledgeFilters, name: FacetName, names: NameIndex) -> list[str]:
    """The codes that the filter of a facet selects, with names resolved to ids; empty if the filter is not set."""
    facet = FACETS[name]
    given = [str(value) for field in facet.filters for value in getattr(query, field) or []]
    if facet.entity in (Entity.party, Entity.participant, Entity.instrument):
        ids, unknown = names.resolve_all(facet.entity, given)
        return ids + unknown
    return given


_LAST_YEAR = 2999


def replacement(query: PledgeFilters, name: FacetName, code: str, *, within_days: bool = False) -> dict[str, Any]:
    """The filters that select one value of a facet, in place of the facet's filter."""
    if name != "year":
        return {FACETS[name].filters[0]: [code]}
    first = date(int(code), 1, 1)
    after = date(int(code) + 1, 1, 1) if int(code) < _LAST_YEAR else None
    if within_days:
        first = max(first, query.held_on__gte or first)
        after = min(after or date.max, query.held_on__lt or date.max)
    return {"held_on__gte": first, "held_on__lt": None if after == date.max else after}
