"""JSON-LD: pledges, meetings and parties in the vocabulary of schema.org."""

from typing import Any

from starlette.requests import Request

from app.pages.names import Names
from app.pages.rendering import address


def pledge_data(request: Request, pledge: dict[str, Any], names: Names) -> dict[str, Any]:
    """A pledge as a CreativeWork, with its parties, topics, sources and the Event at which it was made."""
    here = address(request)
    return {
        "@type": "CreativeWork",
        "@id": f"{here}/pledges/{pledge['id']}",
        "url": f"{here}/pledges/{pledge['id']}",
        "identifier": pledge["id"],
        "name": pledge["summary"],
        "genre": pledge["act"],
        "dateCreated": pledge["held_on"],
        "creator": [party_data(here, code, names) for code in pledge["pledgors"]],
        "about": [
            {"@type": "DefinedTerm", "name": names.topic(slug), "url": f"{here}/topics/{slug}"}
            for slug in pledge["topics"]
        ],
        "recordedAt": {
            "@type": "Event",
            "name": names.meeting(pledge["meeting"]),
            "startDate": pledge["held_on"],
            "url": f"{here}/meetings/{pledge['meeting']}",
        },
        "isBasedOn": [
            {"@type": "CreativeWork", "name": names.source(id), "url": f"{here}/sources/{id}"}
            for id in dict.fromkeys(citation["source"] for citation in pledge["citations"])
        ],
        "isPartOf": {"@type": "Dataset", "name": "Pledgebook", "url": f"{here}/"},
        **({"creativeWorkStatus": "Retracted"} if pledge["retracted"] else {}),
    }


def meeting_data(request: Request, meeting: dict[str, Any], names: Names) -> dict[str, Any]:
    """A meeting as an Event with its place, its attendees and the works about it."""
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


def party_data(here: str, code: str, names: Names) -> dict[str, Any]:
    """A party: a Country if it is a state, otherwise an Organization. `here` is the base address."""
    party = names.record("party", code) or {"type": "organisation"}
    kind = "Country" if party["type"] == "state" else "Organization"
    return {"@type": kind, "name": names.party(code), "identifier": code, "url": f"{here}/parties/{code}"}
