"""Facets: how the answer to a query divides by topic, party, year and so on, with the query that leads to each part.

What always holds: a value's counts are those of the pledges that its `query` finds. A facet ignores its own filter, so
that the values not chosen stay in sight, and `query` puts the value in that filter's place. A pledge on two topics
counts under both, and under their parents: mentions of different values do not add up to a total.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    String,
    and_,
    case,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from app.query.filters import PledgeFilters, assessment, attendance, meeting, party, pledge, pledge_conditions, topic
from app.query.pages import order_walked
from app.query.query_strings import given_in, replaced_in
from app.schemas.facets import FacetName, FacetValue
from app.schemas.vocabulary import Entity, PartyRole
from app.search.names import NAMED, resolve
from app.store import models
from app.store.models import columns

instrument = columns(models.PledgeInstrument)
pledgor, word, present = party.alias(), pledge.alias(), attendance.alias()


@dataclass(frozen=True)
class Matched:
    """The pledges that match, as a table.

    `parties` are those whose fulfilment is asked for (none: any). `standings` must hold of each pledgor counted.
    """

    table: Any
    parties: Sequence[str] = ()
    standings: Sequence[str] = ()


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
    return lambda matched, source: (source, type_coerce(matched.table.c[name], String))


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
    on = [pledgor.c.pledge == matched.table.c.key, pledgor.c.role == PartyRole.pledgor]
    if matched.standings:
        judged = exists().where(
            assessment.c.pledge == matched.table.c.key, assessment.c.is_current, assessment.c.party == pledgor.c.party
        )
        on.append(or_(*(
            ~judged if stands == "none" else judged.where(assessment.c.fulfilment == stands)
            for stands in matched.standings
        )))  # fmt: skip
    return source.join(pledgor, and_(*on)), pledgor.c.party


def _by_word(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By the word that stands for those owed where it is no party; without one, by none."""
    on = and_(word.c.key == matched.table.c.key, word.c.towards.is_not(None))
    return source.join(word, on), type_coerce(word.c.towards, String)


def _by_year(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    return source, extract("year", matched.table.c.held_on)


def _by_participant(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    return source.join(present, present.c.meeting == matched.table.c.meeting), present.c.participant


def _by_fulfilment(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """By where it stands on the side of the parties asked for (else of any); `none` where nobody judged."""
    judged = select(assessment.c.pledge, type_coerce(assessment.c.fulfilment, String).label("code")).distinct()
    judged = judged.where(assessment.c.is_current)
    if matched.parties:
        judged = judged.where(assessment.c.party.in_(matched.parties))
    standing = judged.subquery()
    source = source.outerjoin(standing, standing.c.pledge == matched.table.c.key)
    return source, func.coalesce(standing.c.code, literal_column("'none'"))


def by_fulfilment_of(party_code: ColumnElement[Any]) -> Split:
    """By where it stands on the side of the one party that a row is about."""

    def split(matched: Matched, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        own = assessment.alias()
        on = and_(own.c.pledge == matched.table.c.key, own.c.is_current, own.c.party == party_code)
        return source.outerjoin(own, on), func.coalesce(type_coerce(own.c.fulfilment, String), literal_column("'none'"))

    return split


FACETS: Mapping[FacetName, Facet] = {
    "topic": Facet(("topic",), (_part(topic, "topic"),), Entity.topic),
    "party": Facet(("party",), (_by_pledgor,), Entity.party),
    "towards": Facet(("towards",), (_part(party, "party", PartyRole.towards), _by_word), Entity.party),
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


# Reading --------------------------------------------------------------------------------------------------------------


def read_facets(
    connection: Connection, query: PledgeFilters, names: Iterable[FacetName], limit: int, today: date | None = None
) -> dict[FacetName, list[FacetValue]]:
    """The values of each facet, at most `limit`: the most mentioned first, years and meetings the newest first.

    Two statements a facet (three for `towards`), and those of the query's own names.
    """
    today = today or datetime.now(UTC).date()
    everything = match(connection, query, today)
    found: dict[FacetName, list[FacetValue]] = {}
    for name in dict.fromkeys(names):
        ignoring = without(query, FACETS[name].own)
        standings = query.fulfilment if name == "party" else ()
        matched = match(connection, ignoring, today, standings) if ignoring is not query or standings else everything
        found[name] = read_values(connection, query, name, matched, limit)
    return found


def without(query: PledgeFilters, own: Iterable[str]) -> PledgeFilters:
    """The query with some filters unset. The kind that an `act` implied stays: it is another filter's default."""
    cleared: dict[str, Any] = {name: PledgeFilters.model_fields[name].get_default() for name in own}
    if all(getattr(query, name) == default for name, default in cleared.items()):
        return query
    if "act" in cleared and query.kind is None:
        cleared["kind"] = "any"
    return query.model_copy(update=cleared)


def match(
    connection: Connection, query: PledgeFilters, today: date, standings: Sequence[str] = (), newest: int | None = None
) -> Matched:
    """The pledges that match (or the `newest` of them), as a table to divide.

    With `standings`, fulfilment is left to hold of each pledgor.
    """
    if standings:
        query = query.model_copy(update={"fulfilment": []})
    walked, conditions = pledge_conditions(connection, query, today)
    source = pledge if walked is None else walked.join(pledge, pledge.c.key == walked.c.pledge)
    c = pledge.c
    chosen = select(c.key, c.undertaking, c.meeting, c.held_on, c.act, c.specificity, c.attested, c.is_new)
    chosen = chosen.select_from(source).where(*conditions)
    if newest is not None:
        chosen = order_walked("-held_on", walked).apply(chosen).limit(newest)
    table = chosen.subquery("matched")
    parties = codes_of(connection, query, "party") if query.fulfilment or query.party else []
    return Matched(table, parties, standings)


def counts(matched: Matched) -> tuple[ColumnElement[Any], ...]:
    """Mentions, undertakings and new ones, over rows that have each pledge once in each group."""
    c = matched.table.c
    return func.count(), func.count(c.undertaking.distinct()), func.sum(case((c.is_new, 1), else_=0))


class Counts(NamedTuple):
    """How much answers a query: pledges, the undertakings they belong to, and those that are new."""

    mentions: int
    undertakings: int
    new: int


def read_counts(connection: Connection, query: PledgeFilters, today: date | None = None) -> Counts:
    """The counts of the whole answer, in one statement and those of the query's names."""
    matched = match(connection, query, today or datetime.now(UTC).date())
    mentions, undertakings, new = connection.execute(select(*counts(matched)).select_from(matched.table)).one()
    return Counts(mentions, undertakings, new or 0)


def read_values(
    connection: Connection, query: PledgeFilters, name: FacetName, matched: Matched, limit: int,
    only: Sequence[str] | None = None, *, within: bool = False,
) -> list[FacetValue]:  # fmt: skip
    """The values of one facet over the pledges that match; `only` some codes; `within` the days asked for."""
    facet = FACETS[name]
    rows: list[Any] = []
    for split in facet.splits:
        source, code = split(matched, matched.table)
        statement = select(code, *counts(matched), func.max(matched.table.c.held_on)).select_from(source)
        if only is not None:
            statement = statement.where(code.in_(only))
        rows += connection.execute(statement.group_by(code)).all()
    rows = most_first(facet, rows)[:limit]
    names = names_of(connection, facet, [str(row[0]) for row in rows])
    return [FacetValue(**value) for value in values_of(query, name, rows, names, within=within)]


def most_first(facet: Facet, rows: list[Any]) -> list[Any]:
    """Rows of code, mentions, undertakings, new ones and last day, in the order that a facet shows them."""
    rows.sort(key=lambda row: str(row[0]))
    rows.sort(key=lambda row: row[4] if facet.is_dated else row[1], reverse=True)
    return rows


def values_of(
    query: PledgeFilters, name: FacetName, rows: Iterable[Any], names: Mapping[str, str], *, within: bool = False
) -> list[dict[str, Any]]:
    """The values that such rows tell of, as FacetValue has them, each with the query that leads to it."""
    given = given_in(query)
    return [
        {
            "code": str(code),
            "name": names[str(code)],
            "mentions": mentions,
            "undertakings": undertakings,
            "new": new,
            "query": replaced_in(given, replacement(query, name, str(code), within=within)),
        }
        for code, mentions, undertakings, new, _ in rows
    ]


def names_of(connection: Connection, facet: Facet, codes: Sequence[str]) -> dict[str, str]:
    """What to call each code: the record's name, the meeting's title, else the word itself."""
    found = {code: code.replace("-", " ") for code in codes}
    if facet.named is None or not codes:
        return found
    if facet.named is Entity.meeting:
        key, name = meeting.c.id, meeting.c.title
    else:
        table, column, _, _ = NAMED[facet.named]
        key, name = table.c[column], table.c.name
    return found | {id: name for id, name in connection.execute(select(key, name).where(key.in_(codes)))}


def codes_of(connection: Connection, query: PledgeFilters, name: FacetName) -> list[str]:
    """The codes that a facet's own filter asks for, under whatever names; none if it is not set."""
    facet = FACETS[name]
    asked: list[str] = [str(value) for field in facet.own for value in getattr(query, field) or []]
    if asked and facet.named in (Entity.party, Entity.participant, Entity.instrument):
        found = resolve(connection, facet.named, asked)
        return sorted({code for one in asked for code in found.get(one, {one})})
    return asked


# The query of a value -------------------------------------------------------------------------------------------------

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
