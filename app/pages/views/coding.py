"""How we code: what a record is, what each word of the book means, and what is not claimed."""

from fastapi import APIRouter, Request, Response

from app.http.dependencies import Reading, StrictRoute
from app.pages.rendering import page, page_etag

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


@router.get("/how-we-code")
def how_we_code(request: Request, connection: Reading) -> Response:
    """The rules that a coder follows, for those who read what was coded."""
    return page(
        request, connection, "coding.html", {},
        title="How we code",
        description="What counts as a pledge, what each word of the book means, and what is not claimed.",
        etag=page_etag(connection, request),
    )  # fmt: skip
