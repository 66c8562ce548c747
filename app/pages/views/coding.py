"""/how-we-code: the coding rules. What a record is, and what each value means."""

from fastapi import APIRouter, Request, Response

from app.http.dependencies import Reading, StrictRoute
from app.pages.rendering import page, page_etag

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


@router.get("/how-we-code")
def how_we_code(request: Request, connection: Reading) -> Response:
    """The coding rules, for readers of the data."""
    return page(
        request, connection, "coding.html", {},
        title="Coding rules",
        description="How a statement is turned into records: what counts as a pledge, and what each value means.",
        etag=page_etag(connection, request),
    )  # fmt: skip
