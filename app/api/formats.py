"""/v1/pledges.csv and its kin: the formats of a query by suffix. By `Accept` they are at the list's own address."""

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

_WHOLE = "The whole result (or the first `limit`), however long: it is sent as it is read, in constant memory."
Bom = Annotated[bool, Field(description="Begin with a byte order mark, by which Excel knows UTF-8.")]


class PledgeTableQuery(PledgeQuery):
    bom: Bom = False


class MeetingTableQuery(MeetingQuery):
    bom: Bom = False


def _add(path: str, format: Format, answer: Callable[..., Stream], what: str, about: str) -> None:
    """The route of one format."""
    router.add_api_route(
        f"/{path}.{format.name}", answer, operation_id=f"{path}_{format.name.replace('.', '_')}",
        tags=[path.capitalize()], summary=f"{path.capitalize()} as {what}", description=about,
        response_class=StreamingResponse, responses={**media_types(format), **responses(422)},
    )  # fmt: skip


def _pledges_as(format: Format) -> Callable[..., Stream]:
    def answer(reading: Reading, query: Annotated[PledgeQuery, Query()]) -> Stream:
        return formatted_pledges(reading, query, format)

    return answer


def _pledge_table(reading: Reading, query: Annotated[PledgeTableQuery, Query()]) -> Stream:
    return formatted_pledges(reading, query, CSV, bom=query.bom)


def _meeting_lines(reading: Reading, query: Annotated[MeetingQuery, Query()]) -> Stream:
    return formatted_meetings(reading, query, JSON_LINES)


def _meeting_table(reading: Reading, query: Annotated[MeetingTableQuery, Query()]) -> Stream:
    return formatted_meetings(reading, query, CSV, bom=query.bom)


_TABLE = (
    f"{_WHOLE} One row a record; several values in a cell are apart by `; `. A cell that a spreadsheet would take for "
    "a formula begins with an apostrophe; JSON Lines is the form that loses nothing."
)
_FEED = (
    "The pledges last written (`limit`, 50), to be told when something is new on a topic: subscribe to the address. An "
    "entry's id is its pledge's for ever; `updated` is when the ledger last had it changed or assessed."
)

_add("pledges", JSON_LINES, _pledges_as(JSON_LINES), "JSON Lines", f"{_WHOLE} One public pledge a line, as stored.")
_add("pledges", CSV, _pledge_table, "CSV", _TABLE)
_add("pledges", ATOM, _pledges_as(ATOM), "an Atom feed", _FEED)
_add("pledges", JSON_FEED, _pledges_as(JSON_FEED), "a JSON Feed", _FEED)
_add(
    "pledges", CALENDAR, _pledges_as(CALENDAR), "a calendar of deadlines",
    "An all-day event for each pledge whose `due` has a last day, from its first day to its last. Calendars subscribe "
    "to the address; an event's UID is its pledge's for ever.",
)  # fmt: skip
_add("meetings", JSON_LINES, _meeting_lines, "JSON Lines", f"{_WHOLE} One public meeting a line, as stored.")
_add("meetings", CSV, _meeting_table, "CSV", _TABLE)
