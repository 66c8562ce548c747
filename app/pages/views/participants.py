"""/participants: the list of persons; /participants/{id}: the offices and statements of one person."""

from fastapi import APIRouter, Request, Response

from app.http.dependencies import Reading, StrictRoute
from app.pages.names import read_names
from app.pages.records import documents_of, read_record
from app.pages.rendering import address, page, page_etag
from app.query.facets import read_facets
from app.query.pages import PledgeQuery, read_page
from app.query.undertakings import read_sayings
from app.records.participants import read_offices
from app.schemas.vocabulary import Entity

router = APIRouter(include_in_schema=False, route_class=StrictRoute)
_MOST = 1000


@router.get("/participants")
def list_participants(request: Request, connection: Reading) -> Response:
    """Everyone who attended a meeting with pledges or positions, by the number of those."""
    etag = page_etag(connection, request)
    people = read_facets(connection, PledgeQuery(kind="any"), ["participant"], _MOST)["participant"]
    context = {"people": people, "names": read_names(connection, participant=[person.code for person in people])}
    description = "The persons who attended the meetings in this book."
    return page(request, connection, "participants.html", context, title="People", description=description, etag=etag)


@router.get("/participants/{id}")
def get_participant(request: Request, connection: Reading, id: str) -> Response:
    """One person."""
    etag = page_etag(connection, request)
    person = read_record(connection, Entity.participant, id)
    offices = read_offices(connection, id)
    voiced, more = read_page(connection, PledgeQuery(speaker=[id], kind="any"))
    pledges = documents_of(voiced)
    names = read_names(
        connection, pledges, meeting=[o["meeting"] for o in offices], party=[o["party"] for o in offices]
    )  # fmt: skip
    context = {
        "person": person,
        "offices": offices,
        "pledges": pledges,
        "more": more is not None,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in pledges]),
        "names": names,
    }
    data = {
        "@type": "Person",
        "name": person["name"],
        "alternateName": [*person["names"].values(), *(a["name"] for a in person["aliases"] if not a["is_error"])],
        "url": f"{address(request)}/participants/{id}",
    }
    description = f"{person['name']}: offices at the meetings in this book, and own statements."
    return page(
        request, connection, "participant.html", context, title=person["name"], description=description, etag=etag,
        linked_data=data,
    )  # fmt: skip
