"""GET /v1/matrix: a cross table of pledges by two facets."""

from typing import Annotated

from fastapi import Query, Response

from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import json_answer
from app.http.write_route import Router
from app.query.matrix import MatrixQuery, read_matrix
from app.schemas.facets import Matrix

router = Router(prefix="/v1", tags=["Pledges"])


@router.get(
    "/matrix", operation_id="cross_pledges", summary="Cross-tabulate pledges by two facets", response_model=Matrix,
    responses=responses(422),
)  # fmt: skip
def cross_pledges(reading: Reading, query: Annotated[MatrixQuery, Query()]) -> Response:
    """Returns a cross table of the pledges that match, by any two facets: topics by meetings, or parties by years.

    Each cell has its counts (mentions, undertakings, new undertakings) and the query that finds its pledges. All
    filters apply. A filter on a facet of the table also selects the rows or columns shown; a topic includes its
    children. Cells without a pledge are omitted. Do not sum rows: a pledge on two topics counts in two rows, and a
    parent topic includes its children.
    """
    return json_answer(read_matrix(reading.connection, query).model_dump_json())
