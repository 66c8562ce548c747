"""/participants: the list of persons; /participants/{id}: the offices and statements of one person."""

from fastapi import Response

from app.http.read_route import Reading
from app.pages.names import read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import PageRouter, address, page
from app.query.facets import count
from app.query.pages import PledgeQuery, read_page
from app.query.undertakings import read_sayings
from app.records.participants import read_offices
from app.schemas.vocabulary import Entity

router = PageRouter()
_MOST = 1000


@router.get("/participants")
def list_participants(reading: Reading) -> Response:
    """Everyone who attended a meeting with pledges or positions, by the number of those."""
    connection = reading.connection
    people = count(connection, PledgeQuery(kind="any"), ["participant"], _MOST).facets["participant"]
    context = {"people": people, "names": read_names(connection, participant=[person.code for person in people])}
    description = "The persons who attended the meetings in this book."
    return page(reading, "participants.html", context, title="People", description=description)


@router.get("/participants/{id}")
def get_participant(reading: Reading, id: str) -> Response:
    """One person."""
    connection = reading.connection
    person = read_record(connection, Entity.participant, id)
    offices = read_offices(connection, id)
    voiced = read_page(connection, PledgeQuery(speaker=[id], kind="any"))
    pledges = documents_of(voiced)
    names = read_names(
        connection, pledges, meeting=[o["meeting"] for o in offices], party=[o["party"] for o in offices]
    )  # fmt: skip
    context = {
        "person": person,
        "offices": offices,
        "pledges": pledges,
        "more": voiced.next is not None,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in pledges]),
        "names": names,
    }
    data = {
        "@type": "Person",
        "name": person["name"],
        "alternateName": [*person["names"].values(), *(a["name"] for a in person["aliases"] if not a["is_error"])],
        "url": f"{address(reading.request)}/participants/{id}",
    }
    description = f"{person['name']}: offices at the meetings in this book, and own statements."
    return page(
        reading, "participant.html", context, title=person["name"], description=description,
        linked_data=data,
    )  # fmt: skip
