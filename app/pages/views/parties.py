"""/parties: the list of parties; /parties/{code}: pledges made by, made to and about one party."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from app.http.dependencies import Reading, StrictRoute
from app.pages.json_ld import party_data
from app.pages.names import read_names, short_name
from app.pages.records import documents_of, read_record
from app.pages.rendering import address, page, page_etag
from app.query.facets import Counts, read_counts, read_facets
from app.query.pages import MeetingQuery, PledgeQuery, read_meetings, read_page
from app.query.query_strings import query_string
from app.query.undertakings import read_sayings
from app.schemas.facets import FacetName, FacetValue
from app.schemas.vocabulary import Entity

router = APIRouter(include_in_schema=False, route_class=StrictRoute)
_ROLES: tuple[FacetName, ...] = ("party", "towards", "about")
_MOST = 500
_SHOWN = 10


@router.get("/parties")
def list_parties(request: Request, connection: Reading) -> Response:
    """Every party that a pledge or position names, with counts by role. Retracted records do not count."""
    etag = page_etag(connection, request)
    facets = read_facets(connection, PledgeQuery(kind="any"), _ROLES, _MOST)
    named: dict[str, dict[str, FacetValue]] = {}
    for role in _ROLES:
        for value in facets[role]:
            if value.code.isupper():
                named.setdefault(value.code, {})[role] = value
    names = read_names(connection, party=named)
    parties = sorted(named.items(), key=lambda party: names.party(party[0]))
    context = {"parties": parties, "names": names}
    description = "The states, organisations and groups in this book, with the number of pledges by role."
    return page(request, connection, "parties.html", context, title="Parties", description=description, etag=etag)


@router.get("/parties/{code}")
def get_party(request: Request, connection: Reading, code: str) -> Response:
    """One party."""
    etag = page_etag(connection, request)
    party = read_record(connection, Entity.party, code)
    made = PledgeQuery(party=[code], limit=_SHOWN)
    pledges = documents_of(read_page(connection, made)[0])
    names = read_names(connection, pledges, party=[code])
    context = {
        "party": party,
        "name": short_name(party),
        "roles": _roles(connection, code),
        "topics": read_facets(connection, PledgeQuery(party=[code]), ["topic"], _SHOWN)["topic"],
        "meetings": documents_of(read_meetings(connection, MeetingQuery(party=[code], limit=_SHOWN))[0]),
        "pledges": pledges,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in pledges]),
        "names": names,
    }
    return page(
        request, connection, "party.html", context, title=short_name(party), etag=etag,
        description=f"Pledges made by {short_name(party)}, pledges made to it, and statements about it.",
        linked_data=party_data(address(request), code, names),
    )  # fmt: skip


def _roles(connection: Connection, code: str) -> list[tuple[str, str, Counts]]:
    """The roles of the party: label, query and counts. Roles without records are left out."""
    asked = {
        "Pledges made": PledgeQuery(party=[code]),
        "Promised to it": PledgeQuery(towards=[code]),
        "About it": PledgeQuery(about=[code], kind="any"),
        "Positions": PledgeQuery(party=[code], kind="position"),
    }
    counted = [(label, query_string(query, {}), read_counts(connection, query)) for label, query in asked.items()]
    return [role for role in counted if role[2].mentions]
