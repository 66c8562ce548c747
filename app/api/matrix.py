"""GET /v1/matrix: two facets crossed."""

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
    "/matrix", operation_id="cross_pledges", summary="Cross two facets", response_model=Matrix,
    responses=responses(422),
)  # fmt: skip
def cross_pledges(reading: Reading, query: Annotated[MatrixQuery, Query()]) -> Response:
    """A cross table of the pledges that match: topics by meetings, parties by years, any two facets.

    Each cell has its mentions, undertakings and new ones, and the query that finds just these. Every filter holds;
    a facet's own filter picks the rows or columns shown (of a topic, its children too). Crossings without a pledge are
    left out. A pledge on two topics stands in two rows and a parent holds its children's: do not sum rows.
    """
    return json_answer(read_matrix(reading.connection, query).model_dump_json())
