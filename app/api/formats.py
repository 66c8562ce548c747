"""/v1/pledges.csv and the other addresses with a suffix: one route for each format of a query.

The same formats are available without a suffix, by `Accept` header.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import StreamingResponse

from app.exchange.media_types import ATOM, CALENDAR, CSV, JSON_FEED, JSON_LINES, Format
from app.http.answers import formatted_meetings, formatted_pledges, media_types
from app.http.problems import responses
from app.http.read_route import Reading, Stream
from app.http.write_route import Router
from app.query.pages import MeetingQuery, PledgeQuery

router = Router(prefix="/v1")

_WHOLE = "Returns all records that match (or the first `limit`) as a stream."
Bom = Annotated[bool, Field(description="Start with a byte order mark, so that Excel reads the file as UTF-8.")]


class PledgeTableQuery(PledgeQuery):
    bom: Bom = False


class MeetingTableQuery(MeetingQuery):
    bom: Bom = False


def _add(path: str, format: Format, endpoint: Callable[..., Stream], format_name: str, description: str) -> None:
    """Add the route of one format."""
    router.add_api_route(
        f"/{path}.{format.name}", endpoint, operation_id=f"{path}_{format.name.replace('.', '_')}",
        tags=[path.capitalize()], summary=f"{path.capitalize()} as {format_name}", description=description,
        response_class=StreamingResponse, responses={**media_types(format), **responses(422)},
    )  # fmt: skip


def _pledges_as(format: Format) -> Callable[..., Stream]:
    def endpoint(reading: Reading, query: Annotated[PledgeQuery, Query()]) -> Stream:
        return formatted_pledges(reading, query, format)

    return endpoint


def _pledge_table(reading: Reading, query: Annotated[PledgeTableQuery, Query()]) -> Stream:
    return formatted_pledges(reading, query, CSV, bom=query.bom)


def _meeting_lines(reading: Reading, query: Annotated[MeetingQuery, Query()]) -> Stream:
    return formatted_meetings(reading, query, JSON_LINES)


def _meeting_table(reading: Reading, query: Annotated[MeetingTableQuery, Query()]) -> Stream:
    return formatted_meetings(reading, query, CSV, bom=query.bom)


_TABLE = (
    f"{_WHOLE} Each row is one record. Several values in a cell are separated by `; `. A value that a spreadsheet "
    "would read as a formula has an apostrophe in front. JSON Lines has the unchanged values."
)
_FEED = (
    "Returns the pledges that were written last, 50 or `limit` of them. Subscribe to the address to see new pledges "
    "on a topic. The id of an entry never changes; `updated` is the time when the pledge was last changed or assessed."
)

_add("pledges", JSON_LINES, _pledges_as(JSON_LINES), "JSON Lines", f"{_WHOLE} Each line is the document of one pledge.")
_add("pledges", CSV, _pledge_table, "CSV", _TABLE)
_add("pledges", ATOM, _pledges_as(ATOM), "an Atom feed", _FEED)
_add("pledges", JSON_FEED, _pledges_as(JSON_FEED), "a JSON Feed", _FEED)
_add(
    "pledges", CALENDAR, _pledges_as(CALENDAR), "a calendar of deadlines",
    "Returns an all-day event for each pledge whose `due` has a last day, from its first day to its last. Subscribe to "
    "the address in a calendar application. The UID of an event never changes.",
)  # fmt: skip
_add("meetings", JSON_LINES, _meeting_lines, "JSON Lines", f"{_WHOLE} Each line is the document of one meeting.")
_add("meetings", CSV, _meeting_table, "CSV", _TABLE)
