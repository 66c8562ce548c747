"""/sources: the list of sources; /sources/{id}: one source and its citations in the order of the text."""

import json
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.http.read_route import Reading
from app.pages.names import read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import PageRouter, page
from app.query.pages import PledgeQuery, read_page
from app.query.registers import read_register
from app.records.sources import SOURCES
from app.schemas.vocabulary import Entity

router = PageRouter()
_ON_A_PAGE = 100
_MOST_CITED = 200


class SourcePageQuery(BaseModel):
    """Which page of the sources."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str | None = Field(None, max_length=500)


@router.get("/sources")
def list_sources(reading: Reading, query: Annotated[SourcePageQuery, Query()]) -> Response:
    """One page of the sources, by id."""
    connection = reading.connection
    items, next = read_register(connection, SOURCES.kind, reading.names, limit=_ON_A_PAGE, cursor=query.cursor)
    sources = [json.loads(item) for item in items]
    names = read_names(connection, party=[code for source in sources for code in source["issued_by"]])
    context = {"sources": sources, "names": names, "next": next}
    description = "The texts that the pledges in this book cite."
    return page(reading, "sources.html", context, title="Sources", description=description)


@router.get("/sources/{id}")
def get_source(reading: Reading, id: str) -> Response:
    """One source, with its citations in the order of the text."""
    connection = reading.connection
    source = read_record(connection, Entity.source, id)
    found = read_page(connection, PledgeQuery(source=[id], kind="any", limit=_MOST_CITED))
    pledges = documents_of(found)
    context = {
        "source": source,
        "spans": _spans(id, pledges),
        "more": found.next is not None,
        "meetings": list(dict.fromkeys(pledge["meeting"] for pledge in pledges)),
        "names": read_names(connection, pledges, party=source["issued_by"]),
    }
    return page(
        reading, "source.html", context, title=source["title"],
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
