"""What a page tells machines in the words of schema.org."""

from typing import Any

from starlette.requests import Request

from app.pages.names import Names
from app.pages.rendering import address


def pledge_data(request: Request, pledge: dict[str, Any], names: Names) -> dict[str, Any]:
    """A pledge as a work that was recorded at an event, of the parties that made it, on topics and from sources."""
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


def party_data(here: str, code: str, names: Names) -> dict[str, Any]:
    """A party: a country if it is a state, else an organisation."""
    party = names.record("party", code) or {"type": "organisation"}
    kind = "Country" if party["type"] == "state" else "Organization"
    return {"@type": kind, "name": names.party(code), "identifier": code, "url": f"{here}/parties/{code}"}
