"""Facets: count how an answer divides by topic, party, year and so on, in one statement.

A value's counts are those of the pledges that its `query` finds. A facet ignores its own filter, so that the values not
chosen stay in sight, and `query` puts the value in that filter's place. A pledge on two topics counts under both, and
under their parents: mentions of different values do not add up to a total. All counting of the project is here.
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
class Matched:
    """The pledges of a shape as a table to divide.

    `party_count` says how many parties are bound to `party`, whose fulfilment is asked for (None: any).
    `words` are those of the filter `fulfilment` that each pledgor counted must meet.
    """

    table: Any
    party_count: str | None = None
    words: Sequence[str] = ()


# A way to divide: from the pledges (and what is joined to them already) to those joined with a code for each.
Split = Callable[[Matched, FromClause], tuple[FromClause, ColumnElement[Any]]]


@dataclass(frozen=True)
class Facet:
    """How pledges divide: the filters that ask for a value, the ways to divide, and whose names the codes bear."""

    own: tuple[str, ...]
    splits: tuple[Split, ...]
    named: Entity | None = None
    is_dated: bool = False  # values come newest first, not by mentions


# How each facet divides -----------------------------------------------------------------------------------------------


def _column(name: str) -> Split:
    return lambda matched, source: (source, matched.table.c[name])


def _part(table: Any, column: str, role: PartyRole | None = None) -> Split:
    """By the rows of a part of the pledge. It is its own table, so that two ways to divide can be crossed."""
    part = table.alias()

    def split(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        on = [part.c.pledge == matched.table.c.key]
        if role is not None:
            on.append(part.c.role == role)
        return source.join(part, and_(*on)), part.c[column]

    return split


def _by_pledgor(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    pledgor = party.alias()
    on = [pledgor.c.pledge == matched.table.c.key, pledgor.c.role == PartyRole.pledgor]
    if matched.words:
        assessed = exists().where(
            assessment.c.pledge == matched.table.c.key, assessment.c.is_current, assessment.c.party == pledgor.c.party
        )
        on.append(or_(*(
            ~assessed if word == "none" else assessed.where(assessment.c.fulfilment == word)
            for word in matched.words
        )))  # fmt: skip
    return source.join(pledgor, and_(*on)), pledgor.c.party


def _by_towards_word(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By the word in place of the parties that are owed; pledges without one are left out."""
    word = pledge.alias()
    return source.join(word, and_(word.c.key == matched.table.c.key, word.c.towards.is_not(None))), word.c.towards


def _by_year(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    return source, extract("year", matched.table.c.held_on)


def _by_participant(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    present = attendance.alias()
    return source.join(present, present.c.meeting == matched.table.c.meeting), present.c.participant


def _by_fulfilment(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By the current assessments of the parties asked for, else of any; `none` where there is none."""
    current = select(assessment.c.pledge, cast(assessment.c.fulfilment, String).label("code")).distinct()
    current = current.where(assessment.c.is_current)
    if matched.party_count:
        current = current.where(is_bound(assessment.c.party, "party", matched.party_count))
    assessed = current.subquery()
    source = source.outerjoin(assessed, assessed.c.pledge == matched.table.c.key)
    return source, func.coalesce(assessed.c.code, literal_column("'none'"))


def by_fulfilment_of(party_code: ColumnElement[Any]) -> Split:
    """By the current assessment of the one party that a row is about."""

    def split(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        own = assessment.alias()
        on = and_(own.c.pledge == matched.table.c.key, own.c.is_current, own.c.party == party_code)
        return source.outerjoin(own, on), func.coalesce(cast(own.c.fulfilment, String), literal_column("'none'"))

    return split


FACETS: Mapping[FacetName, Facet] = {
    "topic": Facet(("topic",), (_part(topic, "topic"),), Entity.topic),
    "party": Facet(("party",), (_by_pledgor,), Entity.party),
    "towards": Facet(("towards",), (_part(party, "party", PartyRole.towards), _by_towards_word), Entity.party),
    "about": Facet(("about",), (_part(party, "party", PartyRole.about),), Entity.party),
    "act": Facet(("act",), (_column("act"),)),
    "year": Facet(("held_on__gte", "held_on__lt"), (_by_year,), is_dated=True),
    "meeting": Facet(("meeting",), (_column("meeting"),), Entity.meeting, is_dated=True),
    "fulfilment": Facet(("fulfilment",), (_by_fulfilment,)),
    "specificity": Facet(("specificity",), (_column("specificity"),)),
    "participant": Facet(("participant",), (_by_participant,), Entity.participant),
    "instrument": Facet(("instrument",), (_part(instrument, "instrument"),), Entity.instrument),
    "attested": Facet(("attested",), (_column("attested"),)),
}


# Matching and counting ------------------------------------------------------------------------------------------------


def match(shape: Shape, words: Sequence[str] = (), newest: int | None = None, name: str = "matched") -> Matched:
    """The pledges of a shape, or the `newest` of them, as a table to divide. It is read once in a statement."""
    found, c = find_pledges(shape), pledge.c
    chosen = select(c.key, c.undertaking, c.meeting, c.held_on, c.act, c.specificity, c.attested, c.is_new)
    chosen = chosen.select_from(found.source).where(*found.conditions)
    if newest is not None:
        chosen = chosen.order_by(*pledge_order("-held_on", found).sorted()).limit(newest)
    filters = dict(shape.filters)
    needs_parties = "fulfilment" in filters or "party" in filters
    return Matched(chosen.cte(name), filters.get("party") if needs_parties else None, words)


def counts(matched: Matched) -> tuple[ColumnElement[Any], ...]:
    """Mentions, undertakings and new ones, over rows that have each pledge once in each group."""
    c = matched.table.c
    return func.count(), func.count(c.undertaking.distinct()), func.coalesce(func.sum(case((c.is_new, 1), else_=0)), 0)


class CountRow(NamedTuple):
    """A row of the one statement: a value of a facet (or a total, whose code is null) and its counts."""

    facet: str
    code: str | None
    mentions: int
    undertakings: int
    new: int
    last: str | None
    title: str | None


def _total(name: str, matched: Matched) -> Select[Any]:
    columns: list[Any] = [literal_column(f"'{name}'", String).label("facet"), cast(null(), String).label("code")]
    columns += [*counts(matched), cast(null(), String).label("last"), cast(null(), String).label("title")]
    return select(*columns).select_from(matched.table)


def _divided(name: FacetName, split: Split, matched: Matched) -> Select[Any]:
    """The values of a facet, of which the dated ones carry their last day, and meetings their title."""
    source, code = split(matched, matched.table)
    text, facet = cast(code, String), FACETS[name]
    last: Any = cast(func.max(matched.table.c.held_on), String) if facet.is_dated else cast(null(), String)
    title: Any = cast(null(), String)
    if facet.named is Entity.meeting:
        source = source.join(meeting, meeting.c.id == code)
        title = func.max(meeting.c.title)
    columns: list[Any] = [literal_column(f"'{name}'", String), text, *counts(matched), last, title]
    return select(*columns).select_from(source).group_by(text)


# The parts of one statement: for each facet its shape without its own filter, and the words its pledgors must meet.
Part = tuple[FacetName, Shape, tuple[str, ...]]


@lru_cache(maxsize=500)
def _count_plan(shape: Shape, parts: tuple[Part, ...], newest: int | None) -> CompoundSelect[Any]:
    """The total of a shape and the values of each facet, as one statement. What is matched twice is read once."""
    matched: dict[tuple[Shape, tuple[str, ...]], Matched] = {(shape, ()): match(shape, (), newest)}
    selects = [_total("", matched[shape, ()])]
    for name, own, words in parts:
        if (own, words) not in matched:
            matched[own, words] = match(own, words, newest, f"matched_{len(matched)}")
            if newest is not None:
                selects.append(_total(name, matched[own, words]))
        selects += [_divided(name, split, matched[own, words]) for split in FACETS[name].splits]
    return union_all(*selects)


class Counts(NamedTuple):
    """How much answers a query: pledges, the undertakings they belong to, and those that are new."""

    mentions: int
    undertakings: int
    new: int


class Division(NamedTuple):
    """The counts of a whole answer, and the values of each facet. With `is_part`, the newest pledges alone count."""

    total: Counts
    facets: dict[FacetName, list[FacetValue]]
    is_part: bool


def count(
    connection: Connection, query: PledgeFilters, facets: Iterable[FacetName] = (), limit: int = 100,
    *, newest: int | None = None, today: date | None = None, names: NameIndex | None = None,
) -> Division:  # fmt: skip
    """Count the answer to a query, and how it divides by each facet into at most `limit` values.

    The most mentioned values come first, years and meetings the newest first. One statement; with `newest`, only so
    many of the newest pledges are counted.
    """
    today, names = today or utc_today(), names or read_name_index(connection)
    bound = bind_pledges(connection, query, names, today)
    values, parts = dict(bound.values), []
    wanted = list(dict.fromkeys(facets))
    for name in wanted:
        ignoring = without(query, FACETS[name].own)
        words = tuple(query.fulfilment) if name == "party" else ()
        if words:
            ignoring = ignoring.model_copy(update={"fulfilment": []})
        own = bound if ignoring is query else bind_pledges(connection, ignoring, names, today)
        values |= own.values
        parts.append((name, own.shape, words))
    rows = [CountRow(*row) for row in connection.execute(_count_plan(bound.shape, tuple(parts), newest), values)]
    by_facet: dict[str, list[CountRow]] = {name: [] for name in wanted}
    for row in rows:
        if row.code is not None:
            by_facet[row.facet].append(row)
    totals = [row for row in rows if row.code is None]
    found = {name: facet_values(query, name, by_facet[name], names, limit) for name in wanted}
    total = Counts(totals[0].mentions, totals[0].undertakings, totals[0].new)
    return Division(total, found, newest is not None and any(row.mentions >= newest for row in totals))


def read_counts(connection: Connection, query: PledgeFilters) -> Counts:
    """The counts of the whole answer, in one statement."""
    return count(connection, query).total


@lru_cache(maxsize=500)
def _values_plan(name: FacetName, shape: Shape, words: tuple[str, ...], is_limited: bool) -> CompoundSelect[Any]:
    matched = match(shape, words)
    selects = []
    for split in FACETS[name].splits:
        divided = _divided(name, split, matched)
        if is_limited:
            code = list(divided.selected_columns)[1]
            divided = divided.where(code.in_(bindparam("codes", expanding=True)))
        selects.append(divided)
    return union_all(*selects)


def read_values(
    connection: Connection, query: PledgeFilters, name: FacetName, bound: BoundQuery, limit: int,
    only: Sequence[str] = (), *, names: NameIndex, words: Sequence[str] = (), within: bool = False,
) -> list[FacetValue]:  # fmt: skip
    """The values of one facet over the pledges of a bound query; `only` some codes.

    With `within`, the query of a year stays within the days that the query asks for.
    """
    plan = _values_plan(name, bound.shape, tuple(words), bool(only))
    rows = connection.execute(plan, {**bound.values, **({"codes": list(only)} if only else {})})
    return facet_values(query, name, [CountRow(*row) for row in rows], names, limit, within=within)


def without(query: PledgeFilters, own: Iterable[str]) -> PledgeFilters:
    """The query with some filters unset. The kind that an `act` implied stays: it is another filter's default."""
    cleared: dict[str, Any] = {name: PledgeFilters.model_fields[name].get_default() for name in own}
    if all(getattr(query, name) == default for name, default in cleared.items()):
        return query
    if "act" in cleared and query.kind is None:
        cleared["kind"] = "any"
    return query.model_copy(update=cleared)


# The values -----------------------------------------------------------------------------------------------------------


def facet_values(
    query: PledgeFilters, name: FacetName, rows: Sequence[CountRow], names: NameIndex, limit: int,
    *, within: bool = False,
) -> list[FacetValue]:  # fmt: skip
    """At most `limit` values in the order in which a facet shows them, each with its name and its query."""
    facet, parts = FACETS[name], query_parts(query)
    ordered = sorted(rows, key=lambda row: str(row.code))
    ordered.sort(key=lambda row: (row.last or "") if facet.is_dated else row.mentions, reverse=True)
    values = []
    for row in ordered[:limit]:
        code = str(row.code)
        own_name = names.name(facet.named, code) if facet.named in names.records else row.title
        values.append(
            FacetValue(
                code=code,
                name=own_name or code.replace("-", " "),
                mentions=row.mentions,
                undertakings=row.undertakings,
                new=row.new,
                query=replaced_in(parts, replacement(query, name, code, within=within)),
            )
        )
    return values


def codes_of(query: PledgeFilters, name: FacetName, names: NameIndex) -> list[str]:
    """The codes that a facet's own filter asks for, under whatever names; empty if it is not set."""
    facet = FACETS[name]
    given = [str(value) for field in facet.own for value in getattr(query, field) or []]
    if facet.named in (Entity.party, Entity.participant, Entity.instrument):
        return sorted({code for text in given for code in names.resolve(facet.named, text) or [text]})
    return given


_LAST_YEAR = 2999


def replacement(query: PledgeFilters, name: FacetName, code: str, *, within: bool = False) -> dict[str, Any]:
    """What takes the place of the facet's own filter, to ask for the one value."""
    if name != "year":
        return {FACETS[name].own[0]: [code]}
    first = date(int(code), 1, 1)
    after = date(int(code) + 1, 1, 1) if int(code) < _LAST_YEAR else None
    if within:
        first = max(first, query.held_on__gte or first)
        after = min(after or date.max, query.held_on__lt or date.max)
    return {"held_on__gte": first, "held_on__lt": None if after == date.max else after}
