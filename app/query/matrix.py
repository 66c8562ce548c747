"""Matrix: cross-tabulate the pledges of a query by two facets.

The counts of a cell are those of the pledges that its `query` finds. All filters apply. If a filter selects values of
an axis, the axis shows only these values, and the child topics of selected topics.
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

# A pledge can have several values of these facets, so a filter for one value does not exclude the others from an axis.
_MULTI_VALUED = frozenset({"topic", "party", "towards", "about", "participant", "instrument", "fulfilment"})


class MatrixQuery(PledgeFilters):
    """The filters of pledges, the two facets of the matrix, and the maximum size of an axis."""

    rows: FacetName = Field(description="The facet of the rows.")
    columns: FacetName = Field(description="The facet of the columns. It must differ from `rows`.")
    limit: int = Field(
        100,
        ge=1,
        le=500,
        description="The maximum number of rows and of columns. The most frequent values are shown; of years and "
        "meetings, the newest.",
    )


def read_matrix(connection: Connection, query: MatrixQuery, today: date | None = None) -> Matrix:
    """The matrix of the pledges that match: one statement for each axis, and one for the cells.

    Raises BadQuery if rows and columns are the same facet, or if a filter names an unknown record.
    """
    if query.rows == query.columns:
        raise BadQuery("Rows and columns must be different facets.", [Fault(("columns",), "must differ from `rows`")])
    today, names = today or utc_today(), read_name_index(connection)
    bound = crossed = bind_pledges(connection, query, names, today)
    fulfilment: tuple[str, ...] = ()
    if "party" in (query.rows, query.columns) and query.fulfilment:
        # In a row or column of one party, `fulfilment` applies to the assessment of that party.
        fulfilment = tuple(query.fulfilment)
        any_party = query.model_copy(update={"party": [], "fulfilment": []})
        crossed = bind_pledges(connection, any_party, names, today)

    def axis(name: FacetName) -> list[FacetValue]:
        codes = codes_of(query, name, names) if name in _MULTI_VALUED else []
        if name == "topic":
            codes += names.children(codes)
        counted, of_party = (crossed, fulfilment) if name == "party" else (bound, ())
        return read_values(
            connection, query, name, counted, query.limit, codes, names=names, fulfilment=of_party, within_days=True
        )

    rows, columns = axis(query.rows), axis(query.columns)
    return Matrix(rows=rows, columns=columns, cells=_read_cells(connection, query, crossed, fulfilment, rows, columns))


def _read_cells(
    connection: Connection, query: MatrixQuery, bound: BoundQuery, fulfilment: tuple[str, ...],
    rows: list[FacetValue], columns: list[FacetValue],
) -> list[MatrixCell]:  # fmt: skip
    """The cells of the given rows and columns, in their order. Cells without a pledge are left out."""
    row_positions = {value.code: position for position, value in enumerate(rows)}
    column_positions = {value.code: position for position, value in enumerate(columns)}
    parts = query_parts(query)
    cells: list[MatrixCell] = []
    statement = _cells_plan(query.rows, query.columns, bound.shape, fulfilment)
    counted: Any = connection.execute(statement, bound.values)
    for row, column, mentions, undertakings, new in counted:
        if row in row_positions and column in column_positions:
            replaced = {
                **replacement(query, query.rows, row, within_days=True),
                **replacement(query, query.columns, column, within_days=True),
            }
            cells.append(
                MatrixCell(
                    row=row,
                    column=column,
                    mentions=mentions,
                    undertakings=undertakings,
                    new=new,
                    query=replaced_in(parts, replaced),
                )
            )
    return sorted(cells, key=lambda cell: (row_positions[cell.row], column_positions[cell.column]))


@lru_cache(maxsize=500)
def _cells_plan(
    rows: FacetName, columns: FacetName, shape: Shape, fulfilment: tuple[str, ...]
) -> CompoundSelect[tuple[str, str, int, int, int]]:
    """The statement that counts all cells: one SELECT for each pair of splits of the two facets."""
    matched = match(shape, fulfilment)
    selects: list[Select[Any]] = []
    for row_split, column_split in product(FACETS[rows].splits, FACETS[columns].splits):
        if (rows, columns) == ("fulfilment", "party"):
            source, column = column_split(matched, matched.table)
            source, row = by_fulfilment_of(column)(matched, source)
        else:
            source, row = row_split(matched, matched.table)
            of_party = (rows, columns) == ("party", "fulfilment")
            source, column = (by_fulfilment_of(row) if of_party else column_split)(matched, source)
        codes = cast(row, String), cast(column, String)
        selects.append(select(*codes, *counts(matched)).select_from(source).group_by(*codes))
    return union_all(*selects)
