"""/meetings: the list of meetings; /meetings/{id}: one meeting with its pledges by topic."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Response
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.coverage import coverage_words
from app.pages.json_ld import meeting_data
from app.pages.labels import plain_day
from app.pages.names import Names, read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import PageRouter, page
from app.query.compare import compare_meetings
from app.query.facets import read_counts, read_values
from app.query.filters import query_string
from app.query.pages import MeetingQuery, PledgeQuery, read_meetings, read_page
from app.query.plan import bind_pledges
from app.query.undertakings import read_sayings
from app.schemas.fields import utc_today
from app.schemas.vocabulary import Entity
from app.search.name_index import read_name_index

router = PageRouter()
_LACKING = 12  # undertakings of the previous meeting shown as not repeated; /compare shows all
_MOST = 200  # pledges shown of one meeting

# The counts of a meeting's pledges: name, filters, and the label for one and for several.
COUNTS: Sequence[tuple[str, dict[str, Any], str, str]] = (
    ("new", {"is_new": True}, "new", "new"),
    ("repeated", {"is_new": False}, "repeats an earlier pledge", "repeat earlier pledges"),
    ("renewed", {"is_renewed": True}, "renewed later", "renewed later"),
    ("dated", {"due": ["passed", "coming", "open"]}, "with a deadline", "with a deadline"),
)


@router.get("/meetings")
def list_meetings(reading: Reading, query: Annotated[MeetingQuery, Query()]) -> Response:
    """One page of the meetings that match the query."""
    connection = reading.connection
    found = read_meetings(connection, query, reading.names)
    meetings = documents_of(found)
    names = _names(connection, meetings)
    counted = _pledges_of(connection, [meeting["id"] for meeting in meetings])
    context = {
        "query": query,
        "years": [(year, list(group)) for year, group in groupby(meetings, key=lambda met: met["held_on"][:4])],
        "is_by_year": query.sort == "-held_on",
        "names": names,
        "known_from": {meeting["id"]: _known_from(meeting, names) for meeting in meetings},
        "counted": counted,
        "asked": _asked(query),
        # Relevance needs search words: the order is dropped with them.
        "hidden": [pair for pair in parse_qsl(_asked(query)) if pair[0] != "q" and pair != ("sort", "relevance")],
        "next": f"{_asked(query)}&{urlencode({'cursor': found.next})}".lstrip("&") if found.next else None,
    }
    title, description = "Meetings", "The meetings in this book: who met, when and where, and which sources exist."
    return page(reading, "meetings.html", context, title=title, description=description)


@router.get("/meetings/{id}")
def read_meeting(reading: Reading, id: str) -> Response:
    """One meeting with its pledges and positions."""
    connection = reading.connection
    meeting = read_record(connection, Entity.meeting, id)
    asked = PledgeQuery(meeting=[id], sort="id", limit=_MOST)
    pledges, more = _read(connection, asked)
    positions, _ = _read(connection, asked.model_copy(update={"kind": "position"}))
    before, after = _neighbours(connection, meeting)
    lacking = [said[-1] for said in compare_meetings(connection, before["id"], id).only_a] if before else []
    names = _names(connection, [meeting], [*pledges, *positions, *lacking[:_LACKING]])
    context = {
        "meeting": meeting,
        "names": names,
        "known_from": _known_from(meeting, names),
        "counts": _counts(connection, id),
        "sayings": read_sayings(connection, [pledge["id"] for pledge in [*pledges, *lacking[:_LACKING]]]),
        "groups": _by_topic(pledges),
        "has_more": more is not None,
        "positions": positions,
        "before": before,
        "after": after,
        "lacking": lacking[:_LACKING],
        "lacking_more": max(0, len(lacking) - _LACKING),
    }
    title = f"{meeting['title']}, {plain_day(meeting['held_on'])}"
    return page(
        reading, "meeting.html", context, title=title,
        description=f"{title}: {len(pledges)}{'+' if more else ''} pledges by topic.",
        linked_data=meeting_data(reading.request, meeting, names),
    )  # fmt: skip


# Reads --------------------------------------------------------------------------------------------------------------


def _read(connection: Connection, query: PledgeQuery) -> tuple[list[dict[str, Any]], str | None]:
    found = read_page(connection, query)
    return documents_of(found), found.next


def _names(connection: Connection, meetings: Iterable[Mapping[str, Any]], pledges: Sequence[Any] = ()) -> Names:
    met = list(meetings)
    return read_names(
        connection, pledges,
        party=[code for one in met for code in (*one["parties"], *(person["party"] for person in one["participants"]))],
        participant=[person["participant"] for one in met for person in one["participants"]],
        source=[source for one in met for source in one["sources"]],
    )  # fmt: skip


def _known_from(meeting: Mapping[str, Any], names: Names) -> str:
    return coverage_words(meeting, filter(None, (names.record("source", id) for id in meeting["sources"])))


def _pledges_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """The number of pledges and positions of each meeting."""
    found: dict[str, dict[str, int]] = {id: {"pledge": 0, "position": 0} for id in ids}
    names = read_name_index(connection)
    for kind in ("pledge", "position") if ids else ():
        query = PledgeQuery(meeting=list(ids), kind=kind)
        bound = bind_pledges(connection, query, names, utc_today())
        for value in read_values(connection, query, "meeting", bound, len(ids), names=names):
            found[value.code][kind] = value.mentions
    return found


def _counts(connection: Connection, id: str) -> list[dict[str, Any]]:
    """The counts of a meeting's pledges, each with the query that finds them; counts of 0 are left out."""
    every = PledgeQuery(meeting=[id])
    counted = []
    for name, filters, one, many in COUNTS:
        number = read_counts(connection, every.model_copy(update=filters)).mentions
        if number:
            counted.append({"name": name, "number": number, "words": one if number == 1 else many,
                            "query": query_string(every, filters)})  # fmt: skip
    return counted


def _neighbours(
    connection: Connection, meeting: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The previous and the next meeting of the series; None if there is none."""
    if meeting["series"] is None:
        return None, None
    held_on = date.fromisoformat(meeting["held_on"])
    series = [meeting["series"]]
    before = MeetingQuery(series=series, held_on__lt=held_on, limit=1)
    after = MeetingQuery(series=series, held_on__gte=held_on + timedelta(days=1), sort="held_on", limit=1)
    found = [documents_of(read_meetings(connection, query)) for query in (before, after)]
    earlier, later = (records[0] if records else None for records in found)
    return earlier, later


def _by_topic(pledges: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The pledges by primary topic, in the order in which the topics first appear."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for pledge in pledges:
        groups.setdefault(pledge["topics"][0], []).append(pledge)
    return list(groups.items())


def _asked(query: MeetingQuery) -> str:
    """The filters and the sort order as a query string."""
    given = query.model_dump(mode="json", exclude_defaults=True, exclude={"limit", "cursor", "highlight"})
    return urlencode(given, doseq=True)
