"""Facets: how the answer to a query divides by topic, party, year and so on, with the query that leads to each part.

What always holds: a value's counts are those of the pledges that its `query` finds. A facet ignores its own filter, so
that the values not chosen stay in sight, and `query` puts the value in that filter's place. A pledge on two topics
counts under both, and under their parents: mentions of different values do not add up to a total.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, FromClause, Select, String, and_, case, extract, func, literal, or_, select
from sqlalchemy import type_coerce, union_all
from sqlmodel import Session

from app import models
from app.filters import (
    PledgeFilters,
    assessment,
    attendance,
    is_new,
    meeting,
    party,
    pledge,
    pledge_conditions,
    topic,
)
from app.models import columns
from app.naming import NAMED, resolve
from app.query import PledgeQuery
from app.shapes.facets import FacetName, FacetValue
from app.types import LATEST_YEAR
from app.vocabulary import Entity, PartyRole

instrument = columns(models.PledgeInstrument)

Split = tuple[FromClause, ColumnElement[Any]]


@dataclass(frozen=True)
class Facet:
    """How pledges divide: the filters that ask for a value, the split itself, and whose names its codes have."""

    own: tuple[str, ...]
    split: Callable[["Matched", FromClause], Split]
    named: Entity | None = None
    is_dated: bool = False  # values come newest first, not by mentions


@dataclass(frozen=True)
class Matched:
    """The pledges that match, as a table, and of whom fulfilment is asked."""

    table: Any
    parties: Sequence[str] = ()

    def counts(self) -> tuple[ColumnElement[Any], ...]:
        """Mentions, undertakings and new ones, over rows that have each pledge once in each group."""
        c = self.table.c
        return func.count(), func.count(c.undertaking.distinct()), func.sum(case((c.is_new, 1), else_=0))


# How each facet divides -----------------------------------------------------------------------------------------------


def _column(name: str) -> Callable[[Matched, FromClause], Split]:
    return lambda matched, source: (source, type_coerce(matched.table.c[name], String))


def _part(table: Any, column: str, *, role: PartyRole | None = None) -> Callable[[Matched, FromClause], Split]:
    """By rows of a part of the pledge."""

    def split(matched: Matched, source: FromClause) -> Split:
        part = table.alias()
        on = part.c.pledge == matched.table.c.key
        return source.join(part, on if role is None else and_(on, part.c.role == role)), part.c[column]

    return split


def _by_year(matched: Matched, source: FromClause) -> Split:
    return source, extract("year", matched.table.c.held_on)


def _by_participant(matched: Matched, source: FromClause) -> Split:
    present = attendance.alias()
    return source.join(present, present.c.meeting == matched.table.c.meeting), present.c.participant


def _by_towards(matched: Matched, source: FromClause) -> Split:
    """By the parties owed and by the words that stand for none."""
    owed = select(party.c.pledge, party.c.party.label("code")).where(party.c.role == PartyRole.towards)
    words = select(pledge.c.key, type_coerce(pledge.c.towards, String)).where(pledge.c.towards.is_not(None))
    both = union_all(owed, words).subquery()
    return source.join(both, both.c.pledge == matched.table.c.key), both.c.code


def _by_fulfilment(matched: Matched, source: FromClause) -> Split:
    """By where it stands on the side of the parties asked for (else of any); `none` where nobody judged."""
    judged = select(assessment.c.pledge, type_coerce(assessment.c.fulfilment, String).label("code")).distinct()
    judged = judged.where(assessment.c.is_current)
    if matched.parties:
        judged = judged.where(assessment.c.party.in_(matched.parties))
    standing = judged.subquery()
    source = source.outerjoin(standing, standing.c.pledge == matched.table.c.key)
    return source, func.coalesce(standing.c.code, "none")


FACETS: Mapping[FacetName, Facet] = {
    "topic": Facet(("topic",), _part(topic, "topic"), Entity.topic),
    "party": Facet(("party",), _part(party, "party", role=PartyRole.pledgor), Entity.party),
    "towards": Facet(("towards",), _by_towards, Entity.party),
    "about": Facet(("about",), _part(party, "party", role=PartyRole.about), Entity.party),
    "act": Facet(("act",), _column("act")),
    "year": Facet(("held_on__gte", "held_on__lt"), _by_year, is_dated=True),
    "meeting": Facet(("meeting",), _column("meeting"), Entity.meeting, is_dated=True),
    "fulfilment": Facet(("fulfilment",), _by_fulfilment),
    "specificity": Facet(("specificity",), _column("specificity")),
    "participant": Facet(("participant",), _by_participant, Entity.participant),
    "instrument": Facet(("instrument",), _part(instrument, "instrument"), Entity.instrument),
    "attested": Facet(("attested",), _column("attested")),
}


# Reading --------------------------------------------------------------------------------------------------------------


def read_facets(
    session: Session, query: PledgeFilters, names: Iterable[FacetName], limit: int, today: date | None = None
) -> dict[FacetName, list[FacetValue]]:
    """The values of each facet, at most `limit`: the most mentioned first, years and meetings the newest first.

    Two statements a facet, one more for each whose own filter is set.
    """
    today = today or datetime.now(UTC).date()
    everything = match(session, query, today)
    found: dict[FacetName, list[FacetValue]] = {}
    for name in dict.fromkeys(names):
        facet = FACETS[name]
        apart = name == "party" and query.fulfilment
        ignoring = without(query, facet.own)
        matched = match(session, ignoring, today) if apart or ignoring != query else everything
        found[name] = read_values(session, query, name, matched, limit)
    return found


def without(query: PledgeFilters, own: Iterable[str]) -> PledgeFilters:
    """The query with some filters unset. The kind that an `act` implied stays: it is another filter's default."""
    cleared: dict[str, Any] = {name: PledgeFilters.model_fields[name].get_default() for name in own}
    if "act" in cleared and query.act and query.kind is None:
        cleared["kind"] = "any"
    return query.model_copy(update={name: value for name, value in cleared.items() if value != getattr(query, name)})
