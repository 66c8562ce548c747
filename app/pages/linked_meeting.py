"""What the page of a meeting tells machines in the words of schema.org: an event."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from app.pages.linked import party_data
from app.pages.names import Names
from app.pages.rendering import address


def meeting_data(request: Request, meeting: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A meeting as an event: when, where, who came for whom in which office, and which works tell of it."""
    here = address(request)
    place = ", ".join(filter(None, (meeting["venue"], meeting["city"])))
    return {
        "@type": "Event",
        "@id": f"{here}/meetings/{meeting['id']}",
        "url": f"{here}/meetings/{meeting['id']}",
        "identifier": meeting["id"],
        "name": meeting["title"],
        "startDate": meeting["held_on"],
        "endDate": meeting["ended_on"] or meeting["held_on"],
        **({"location": {"@type": "Place", "name": place, "address": meeting["city"] or place}} if place else {}),
        "organizer": [party_data(here, code, names) for code in meeting["parties"]],
        "attendee": [
            {
                "@type": "Person",
                "name": names.person(person["participant"]),
                "jobTitle": person["office"],
                "affiliation": party_data(here, person["party"], names),
                "url": f"{here}/participants/{person['participant']}",
            }
            for person in meeting["participants"]
        ],
        "subjectOf": [
            {"@type": "CreativeWork", "name": names.source(id), "url": f"{here}/sources/{id}"}
            for id in meeting["sources"]
        ],
        **({"superEvent": {"@type": "EventSeries", "name": meeting["series"]}} if meeting["series"] else {}),
    }
