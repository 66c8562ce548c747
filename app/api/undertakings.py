"""GET /v1/undertakings: promises through time, each counted once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.http.dependencies import IfNoneMatch, Reading, StrictRoute, list_answer, list_etag
from app.http.problems import responses
from app.query.undertakings import UndertakingQuery, read_undertakings
from app.schemas.threads import UndertakingPage

router = APIRouter(prefix="/v1/undertakings", tags=["Pledges"], route_class=StrictRoute)


@router.get(
    "", operation_id="list_undertakings", summary="Find undertakings", response_model=UndertakingPage,
    responses=responses(422),
)  # fmt: skip
def list_undertakings(
    request: Request,
    connection: Reading,
    query: Annotated[UndertakingQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Promises through time: a pledge and all that renew it are one undertaking, told with its latest wording.

    Takes every filter of `/v1/pledges`; one pledge of the thread must match all of them. The first question of every
    desk: what was in meeting A and is not in B? `in_meeting=A&not_in_meeting=B`.
    """
    etag = list_etag(connection, request)
    items, next = read_undertakings(connection, query)
    return list_answer(items, next, etag, request, if_none_match)
