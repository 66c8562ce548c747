"""/compare: two meetings side by side. The undertakings of both, and those of only one."""

from typing import Annotated, Any, NamedTuple

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.names import read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import PageRouter, page
from app.query.compare import Comparison, compare_meetings
from app.query.pages import MeetingQuery, read_meetings
from app.query.undertakings import read_sayings
from app.schemas.vocabulary import Entity

router = PageRouter()
_SHOWN = 100  # undertakings of each part; the API lists all of them
_OFFERED = 200  # the newest meetings, as options of the form
# The fields that are compared between two pledges of one undertaking.
_LABELS = {
    "act": "act", "specificity": "how specific", "due": "deadline", "formula": "key wording", "pledgors": "made by",
    "towards": "promised to",
}  # fmt: skip


class ComparisonCounts(NamedTuple):
    """The number of undertakings of each part, including those that are not shown."""

    both: int
    only_a: int
    only_b: int


class CompareQuery(BaseModel):
    """The ids of two meetings. An empty form field counts as missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    a: str | None = Field(None, max_length=140)
    b: str | None = Field(None, max_length=140)


@router.get("/compare")
def compare(reading: Reading, query: Annotated[CompareQuery, Query()]) -> Response:
    """The form, and the comparison if two meetings are chosen."""
    connection = reading.connection
    chosen = query.a and query.b and query.a != query.b
    found = compare_meetings(connection, query.a, query.b) if query.a and query.b and chosen else Comparison()
    a, b = (read_record(connection, Entity.meeting, id) if id and chosen else None for id in (query.a, query.b))
    counts = ComparisonCounts(len(found.both), len(found.only_a), len(found.only_b))
    found = Comparison(found.both[:_SHOWN], found.only_a[:_SHOWN], found.only_b[:_SHOWN])
    shared = [pledge for both in found.both for pledge in (*both.in_a, *both.in_b)]
    alone = [said[0] for said in (*found.only_a, *found.only_b)]
    context = {
        "a": a,
        "b": b,
        "query": query,
        "offered": _offered(connection, [record for record in (a, b) if record]),
        "counts": counts,
        "found": found,
        "labels": _LABELS,
        "names": read_names(connection, [*shared, *alone]),
        "sayings": read_sayings(connection, [pledge["id"] for pledge in alone]),
    }
    title = f"{a['title']} and {b['title']}" if a and b else "Compare two meetings"
    description = "Compare two meetings: the undertakings in both of them, and those in only one."
    canonical = f"/compare?a={query.a}&b={query.b}" if chosen else "/compare"
    return page(
        reading,
        "compare.html",
        context,
        title=title,
        description=description,
        canonical=canonical,
    )


def _offered(connection: Connection, chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The meetings of the form, the newest first. The chosen ones are always included."""
    newest = documents_of(read_meetings(connection, MeetingQuery(limit=_OFFERED)))
    found = {record["id"]: record for record in newest}
    found |= {record["id"]: record for record in chosen}
    return sorted(found.values(), key=lambda met: met["held_on"], reverse=True)
