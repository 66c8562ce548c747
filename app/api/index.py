"""GET /v1: the start page of the API."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from fastapi.routing import iter_route_contexts
from pydantic import Field
from starlette.routing import BaseRoute

from app import __version__
from app.http.read_route import Reading
from app.http.responses import json_answer
from app.http.write_route import Router
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import Schema

router = Router(prefix="/v1", tags=["Book"])


class IndexHead(Schema):
    """The newest revision of the ledger, which identifies the state of the book."""

    seq: Annotated[int, Field(description="The sequence number of the newest revision; 0 if the ledger is empty.")]
    at: Annotated[str, Field(description="The time of the newest revision, in UTC with six decimals; empty if none.")]
    hash: Annotated[str, Field(description="The hash of the newest revision, in hexadecimal digits.")]


class IndexLink(Schema):
    """An address that can be read."""

    href: Annotated[str, Field(description="The path; `{id}` is a placeholder for an id.", examples=["/v1/pledges"])]
    title: Annotated[str, Field(description="What the address returns.", examples=["Find pledges"])]


class Index(Schema):
    """The start page of the API."""

    title: Annotated[str, Field(description="The name of the service.")]
    release: Annotated[str, Field(description="The version of Pledgebook.")]
    head: Annotated[IndexHead, Field(description="The newest revision of the ledger.")]
    docs: Annotated[str, Field(description="The path of the documentation.")]
    openapi: Annotated[str, Field(description="The path of the OpenAPI document.")]
    links: Annotated[dict[str, IndexLink], Field(description="The addresses that can be read, keyed by operation id.")]


@router.get("", operation_id="index", summary="List the addresses of the API", response_model=Index)
def index(reading: Reading) -> Response:
    """Returns every address that can be read, with what it returns, and the state of the book."""
    head = reading.head
    body = {
        "title": "Pledgebook: the open ledger of what states promise each other",
        "release": __version__,
        "head": {"seq": head.seq, "at": head.at, "hash": head.hash},
        "docs": "/docs",
        "openapi": "/openapi.json",
        "links": _links(reading.request.app.routes),
    }
    return json_answer(canonical_json(body))


def _links(routes: Sequence[BaseRoute]) -> dict[str, dict[str, str]]:
    """The documented GET routes under /v1, keyed by operation id."""
    return {
        route.operation_id: {"href": str(route.path), "title": route.summary}
        for route in iter_route_contexts(routes)
        if str(route.path).startswith("/v1/") and "GET" in (route.methods or ()) and route.include_in_schema
    }
