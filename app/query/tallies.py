"""Tallies: how an answer divides by several facets at once, counted in mentions alone, in one statement.

What pages show beside a list. Each value's number is the `mentions` that the facet of the API tells; a facet ignores
its own filter here too. Of a large answer the newest `COUNTED` are counted, so that a page costs no more than they do.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, cast, func, literal, select, union_all

from app.query.facets import FACETS, Matched, Split, match, most_first, replacement, without
from app.query.filters import PledgeFilters
from app.query.query_strings import given_in, replaced_in
from app.schemas.facets import FacetName

COUNTED = 2000


class Value(NamedTuple):
    """One value of a facet, and the query string that finds it in the place of the facet's own filter."""

    code: str
    mentions: int
    query: str


class Tally(NamedTuple):
    """How much answers a query, and how it divides. Where `is_part`, all counts are of the newest alone."""

    mentions: int
    undertakings: int
    facets: dict[FacetName, list[Value]]
    is_part: bool


def read_tally(
    connection: Connection, query: PledgeFilters, names: Sequence[FacetName], limit: int, today: date | None = None
) -> Tally:
    """The whole answer's counts and at most `limit` values of each facet, in the order of the API's facets."""
    today = today or datetime.now(UTC).date()
    everything = _matched(connection, query, today)
    parts = [_total("", everything)]
    for name in names:
        ignoring = without(query, FACETS[name].own)
        standings = query.fulfilment if name == "party" else ()
        matched = everything
        if ignoring is not query or standings:
            matched = _matched(connection, ignoring, today, standings)
            parts.append(_total(name, matched))
        parts += [_divided(name, split, matched) for split in FACETS[name].splits]
    rows = connection.execute(union_all(*parts)).all()
    totals = {row.facet: row for row in rows if row.code == ""}
    divided: dict[str, list[Any]] = {name: [] for name in names}
    for row in rows:
        if row.code:
            divided[row.facet].append(row)
    values = {name: _values(query, name, divided[name], limit) for name in names}
    is_part = any(row.mentions >= COUNTED for row in totals.values())
    return Tally(totals[""].mentions, totals[""].undertakings, values, is_part)


def _total(facet: str, matched: Matched) -> Any:
    """How much there is to divide, in the same columns as what it divides into."""
    nothing, table = literal("", String), matched.table
    undertakings = func.count(table.c.undertaking.distinct())
    return select(
        nothing.label("code"), func.count().label("mentions"), undertakings.label("undertakings"),
        literal(facet, String).label("facet"), nothing.label("last"),
    ).select_from(table)  # fmt: skip


def _divided(facet: FacetName, split: Split, matched: Matched) -> Any:
    source, code = split(matched, matched.table)
    text, last = cast(code, String), cast(func.max(matched.table.c.held_on), String)
    return select(text, func.count(), literal(0), literal(facet, String), last).select_from(source).group_by(text)


def _matched(connection: Connection, query: PledgeFilters, today: date, standings: Sequence[str] = ()) -> Matched:
    """The pledges that match, read once for all facets that divide them."""
    matched = match(connection, query, today, standings, COUNTED)
    chosen: Any = matched.table.element
    return Matched(chosen.cte(), matched.parties, matched.standings)


def _values(query: PledgeFilters, name: FacetName, rows: list[Any], limit: int) -> list[Value]:
    shown, given = most_first(FACETS[name], rows)[:limit], given_in(query)
    return [Value(row.code, row.mentions, replaced_in(given, replacement(query, name, row.code))) for row in shown]
