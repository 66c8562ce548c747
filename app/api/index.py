"""GET /v1: where to begin."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.routing import iter_route_contexts
from pydantic import Field
from starlette.routing import BaseRoute

from app import __version__
from app.http.dependencies import IfNoneMatch, Reading, StrictRoute, composed_answer, list_etag
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import Schema as Shape
from app.store.ledger import read_head

router = APIRouter(prefix="/v1", tags=["Book"], route_class=StrictRoute)


class IndexHead(Shape):
    """The state of the book: the last revision of its ledger."""

    seq: int
    at: str
    hash: str


class IndexLink(Shape):
    """An address that can be read. Braces stand for an id."""

    href: Annotated[str, Field(examples=["/v1/pledges"])]
    title: Annotated[str, Field(examples=["Find pledges"])]


class Index(Shape):
    title: str
    release: str
    head: IndexHead
    docs: str
    openapi: str
    links: dict[str, IndexLink]


@router.get("", operation_id="index", summary="Where to begin", response_model=Index)
def index(request: Request, connection: Reading, if_none_match: IfNoneMatch = None) -> Response:
    """What can be read here, by name: each address with what it gives, and the state of the book."""
    etag = list_etag(connection, request)
    head = read_head(connection)
    body = {
        "title": "Pledgebook: the open ledger of what states promise each other",
        "release": __version__,
        "head": {"seq": head.seq, "at": head.at, "hash": head.hash},
        "docs": "/docs",
        "openapi": "/openapi.json",
        "links": _links(request.app.routes),
    }
    return composed_answer(canonical_json(body), etag, if_none_match)


def _links(routes: Sequence[BaseRoute]) -> dict[str, dict[str, str]]:
    """Every address under /v1 that can be read, as the docs page has them."""
    return {
        route.operation_id: {"href": str(route.path), "title": route.summary}
        for route in iter_route_contexts(routes)
        if str(route.path).startswith("/v1/") and "GET" in (route.methods or ()) and route.include_in_schema
    }
