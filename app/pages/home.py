"""The first page: what the book is, one pledge as the example, and the ways in."""

from fastapi import APIRouter, Request, Response

from app.deps import Reading, StrictRoute
from app.pages.rendering import page, page_etag

router = APIRouter(include_in_schema=False, route_class=StrictRoute)
SENTENCE = "What states promised each other, in which words, and what came of it."


@router.get("/")
def home(request: Request, session: Reading) -> Response:
    """The home page."""
    etag = page_etag(session, request)
    title = "Pledgebook: what states promised each other"
    return page(request, session, "home.html", {}, title=title, description=SENTENCE, etag=etag)
