"""GET /v1/undertakings: pledges grouped with the later pledges that continue them."""

from typing import Annotated

from fastapi import Query, Response

from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import page_answer
from app.http.write_route import Router
from app.query.undertakings import UndertakingQuery, read_undertakings
from app.schemas.threads import UndertakingPage

router = Router(prefix="/v1/undertakings", tags=["Pledges"])


@router.get(
    "", operation_id="list_undertakings", summary="Find undertakings", response_model=UndertakingPage,
    responses=responses(422),
)  # fmt: skip
def list_undertakings(reading: Reading, query: Annotated[UndertakingQuery, Query()]) -> Response:
    """Returns undertakings: a pledge with all later pledges that continue it, shown with its latest pledge.

    All filters of `/v1/pledges` apply; one pledge of the thread must match all of them. For the undertakings of meeting
    A that meeting B does not repeat, send `in_meeting=A&not_in_meeting=B`.
    """
    page = read_undertakings(reading.connection, query)
    return page_answer(reading, page.items, page.next)
