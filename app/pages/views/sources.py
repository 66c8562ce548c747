"""/sources: the list of sources; /sources/{id}: one source and its citations in the order of the text."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.http.dependencies import Reading, StrictRoute
from app.pages.names import read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import page, page_etag
from app.query.pages import PledgeQuery, read_page
from app.records.register import read_register
from app.records.sources import SOURCES
from app.schemas.fields import Term
from app.schemas.vocabulary import Entity

router = APIRouter(include_in_schema=False, route_class=StrictRoute)
_ON_A_PAGE = 100
_MOST_CITED = 200


@router.get("/sources")
def list_sources(
    request: Request, connection: Reading, cursor: Annotated[Term | None, Query(max_length=500)] = None
) -> Response:
    """One page of the sources, by id."""
    etag = page_etag(connection, request)
    items, next = read_register(connection, SOURCES.kind, name=None, limit=_ON_A_PAGE, cursor=cursor)
    sources = [json.loads(item) for item in items]
    names = read_names(connection, party=[code for source in sources for code in source["issued_by"]])
    context = {"sources": sources, "names": names, "next": next}
    description = "The texts that the pledges in this book cite."
    return page(request, connection, "sources.html", context, title="Sources", description=description, etag=etag)


@router.get("/sources/{id}")
def get_source(request: Request, connection: Reading, id: str) -> Response:
    """One source, with its citations in the order of the text."""
    etag = page_etag(connection, request)
    source = read_record(connection, Entity.source, id)
    rows, more = read_page(connection, PledgeQuery(source=[id], kind="any", limit=_MOST_CITED))
    pledges = documents_of(rows)
    context = {
        "source": source,
        "spans": _spans(id, pledges),
        "more": more is not None,
        "meetings": list(dict.fromkeys(pledge["meeting"] for pledge in pledges)),
        "names": read_names(connection, pledges, party=source["issued_by"]),
    }
    return page(
        request, connection, "source.html", context, title=source["title"], etag=etag,
        description=f"{source['title']}: the pledges and positions that cite this source.",
    )  # fmt: skip


def _spans(id: str, pledges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The citations of the source, each with its pledge, in the order of the text."""
    spans = [
        {**citation, "pledge": pledge}
        for pledge in pledges
        for citation in pledge["citations"]
        if citation["source"] == id
    ]
    return sorted(spans, key=lambda span: (span["start"], span["end"]))
