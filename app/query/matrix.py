"""The matrix: two facets crossed, for the same filters as a list.

What always holds: a cell's counts are those of the pledges that its `query` finds. Every filter holds; where it is a
facet's own, only the values that it names are shown (of a topic, its children too).
"""

from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

from pydantic import Field
from sqlalchemy import CompoundSelect, Connection, Select, String, cast, select, union_all

from app.errors import BadQuery, Fault
from app.query.facets import (
    FACETS,
    by_fulfilment_of,
    codes_of,
    counts,
    match,
    read_values,
    replacement,
)
from app.query.filters import PledgeFilters, query_parts, replaced_in
from app.query.plan import BoundQuery, Shape, bind_pledges
from app.schemas.facets import FacetName, FacetValue, Matrix, MatrixCell
from app.schemas.fields import utc_today
from app.search.name_index import read_name_index

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
    """The cross table of the pledges that match. Raises BadQuery if rows and columns are the same facet.

    One statement for each axis, and one for the cells.
    """
    if query.rows == query.columns:
        raise BadQuery("A facet cannot be crossed with itself.", [Fault(("columns",), "must differ from `rows`")])
    today, names = today or utc_today(), read_name_index(connection)
    bound = crossed = bind_pledges(connection, query, names, today)
    words: tuple[str, ...] = ()
    if "party" in (query.rows, query.columns) and query.fulfilment:
        # Beside one party, `fulfilment` means the status on that party's side.
        words = tuple(query.fulfilment)
        anyone = query.model_copy(update={"party": [], "fulfilment": []})
        crossed = bind_pledges(connection, anyone, names, today)

    def axis(name: FacetName) -> list[FacetValue]:
        only = codes_of(query, name, names) if name in _MANY else []
        if name == "topic":
            only += names.children(only)
        counted, asked = (crossed, words) if name == "party" else (bound, ())
        return read_values(connection, query, name, counted, query.limit, only, names=names, words=asked, within=True)

    rows, columns = axis(query.rows), axis(query.columns)
    return Matrix(rows=rows, columns=columns, cells=_cells(connection, query, crossed, words, rows, columns))


def _cells(
    connection: Connection, query: MatrixQuery, bound: BoundQuery, words: tuple[str, ...],
    rows: list[FacetValue], columns: list[FacetValue],
) -> list[MatrixCell]:  # fmt: skip
    """The cells of the rows and columns shown, in their order. A cell without a pledge is left out."""
    across = {value.code: place for place, value in enumerate(columns)}
    down = {value.code: place for place, value in enumerate(rows)}
    parts = query_parts(query)
    found: list[MatrixCell] = []
    statement = _cells_plan(query.rows, query.columns, bound.shape, words)
    cells: Any = connection.execute(statement, bound.values)
    for row, column, mentions, undertakings, new in cells:
        if row in down and column in across:
            replaced = {
                **replacement(query, query.rows, row, within=True),
                **replacement(query, query.columns, column, within=True),
            }
            found.append(
                MatrixCell(
                    row=row,
                    column=column,
                    mentions=mentions,
                    undertakings=undertakings,
                    new=new,
                    query=replaced_in(parts, replaced),
                )
            )
    return sorted(found, key=lambda cell: (down[cell.row], across[cell.column]))


@lru_cache(maxsize=500)
def _cells_plan(
    rows: FacetName, columns: FacetName, shape: Shape, words: tuple[str, ...]
) -> CompoundSelect[tuple[str, str, int, int, int]]:
    """The counts of every cell, for each pair of ways to divide."""
    matched = match(shape, words)
    selects: list[Select[Any]] = []
    for one, other in product(FACETS[rows].splits, FACETS[columns].splits):
        if (rows, columns) == ("fulfilment", "party"):
            source, column = other(matched, matched.table)
            source, row = by_fulfilment_of(column)(matched, source)
        else:
            source, row = one(matched, matched.table)
            of_party = (rows, columns) == ("party", "fulfilment")
            source, column = (by_fulfilment_of(row) if of_party else other)(matched, source)
        codes = cast(row, String), cast(column, String)
        selects.append(select(*codes, *counts(matched)).select_from(source).group_by(*codes))
    return union_all(*selects)
