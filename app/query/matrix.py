"""The matrix: two facets crossed, for the same filters as a list.

What always holds: a cell's counts are those of the pledges that its `query` finds. Every filter holds; where it is a
facet's own, only the values that it names are shown (of a topic, its children too).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from pydantic import Field
from sqlalchemy import Connection, Select, select

from app.errors import BadQuery, Fault
from app.query.facets import FACETS, Matched, by_fulfilment_of, codes_of, counts, match, read_values, replacement
from app.query.filters import PledgeFilters
from app.query.query_strings import query_string
from app.schemas.facets import FacetName, FacetValue, Matrix, MatrixCell
from app.store import models

# Facets of which a pledge may have several values: asking for one says nothing against its others.
_MANY = frozenset({"topic", "party", "towards", "about", "participant", "instrument", "fulfilment"})


class MatrixQuery(PledgeFilters):
    """The filters, and what to cross."""

    rows: FacetName = Field(description="What the rows are.")
    columns: FacetName = Field(description="What the columns are: another facet than the rows.")
    limit: int = Field(
        100, ge=1, le=500, description="Rows and columns at most: the most mentioned, of years and meetings the newest."
    )


def read_matrix(connection: Connection, query: MatrixQuery, today: date | None = None) -> Matrix:
    """The cross table of the pledges that match."""
    if query.rows == query.columns:
        raise BadQuery("A facet cannot be crossed with itself.", [Fault(("columns",), "must differ from `rows`")])
    today = today or datetime.now(UTC).date()
    matched = match(connection, query, today)
    crossed = matched
    if "party" in (query.rows, query.columns) and query.fulfilment:
        # Beside one party, `fulfilment` means how it stands on that party's side.
        crossed = match(connection, query.model_copy(update={"party": []}), today, query.fulfilment)
    rows, columns = (
        _axis(connection, query, name, crossed if name == "party" else matched) for name in (query.rows, query.columns)
    )
    return Matrix(rows=rows, columns=columns, cells=_cells(connection, query, crossed, rows, columns))


def _axis(connection: Connection, query: MatrixQuery, name: FacetName, matched: Matched) -> list[FacetValue]:
    only = codes_of(connection, query, name) if name in _MANY else []
    if name == "topic" and only:
        table = models.columns(models.Topic)
        only += connection.execute(select(table.c.slug).where(table.c.parent.in_(only))).scalars()
    return read_values(connection, query, name, matched, query.limit, only or None, within=True)


def _cells(
    connection: Connection, query: MatrixQuery, matched: Matched, rows: list[FacetValue], columns: list[FacetValue]
) -> list[MatrixCell]:
    """The crossings of the rows and columns shown, in their order."""
    across = {value.code: place for place, value in enumerate(columns)}
    down = {value.code: place for place, value in enumerate(rows)}
    found: list[MatrixCell] = []
    for statement in _crossings(query, matched):
        for row, column, mentions, undertakings, new in connection.execute(statement):
            if str(row) in down and str(column) in across:
                replaced = {
                    **replacement(query, query.rows, str(row), within=True),
                    **replacement(query, query.columns, str(column), within=True),
                }
                found.append(
                    MatrixCell(
                        row=str(row),
                        column=str(column),
                        mentions=mentions,
                        undertakings=undertakings,
                        new=new,
                        query=query_string(query, replaced),
                    )
                )
    return sorted(found, key=lambda cell: (down[cell.row], across[cell.column]))


def _crossings(query: MatrixQuery, matched: Matched) -> Iterator[Select[Any]]:
    """The statements that count the cells: one for each pair of ways to divide."""
    for one, other in product(FACETS[query.rows].splits, FACETS[query.columns].splits):
        if (query.rows, query.columns) == ("fulfilment", "party"):
            source, column = other(matched, matched.table)
            source, row = by_fulfilment_of(column)(matched, source)
        else:
            source, row = one(matched, matched.table)
            of_party = (query.rows, query.columns) == ("party", "fulfilment")
            source, column = (by_fulfilment_of(row) if of_party else other)(matched, source)
        yield select(row, column, *counts(matched)).select_from(source).group_by(row, column)
