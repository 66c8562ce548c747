"""GET /v1/matrix: two facets crossed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.http.dependencies import IfNoneMatch, Reading, StrictRoute, composed_answer, list_etag
from app.http.problems import responses
from app.query.matrix import MatrixQuery, read_matrix
from app.schemas.facets import Matrix

router = APIRouter(prefix="/v1", tags=["Pledges"], route_class=StrictRoute)


@router.get(
    "/matrix", operation_id="cross_pledges", summary="Cross two facets", response_model=Matrix,
    responses=responses(422),
)  # fmt: skip
def cross_pledges(
    request: Request, connection: Reading, query: Annotated[MatrixQuery, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """A cross table of the pledges that match: topics by meetings, parties by years, any two facets.

    Each cell has its mentions, undertakings and new ones, and the query that finds just these. Every filter holds;
    a facet's own filter picks the rows or columns shown (of a topic, its children too). Crossings without a pledge are
    left out. A pledge on two topics stands in two rows and a parent holds its children's: do not sum rows.
    """
    etag = list_etag(connection, request)
    return composed_answer(read_matrix(connection, query).model_dump_json(), etag, if_none_match)
