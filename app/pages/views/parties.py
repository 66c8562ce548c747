"""/parties: the list of parties; /parties/{code}: pledges made by, made to and about one party."""

from fastapi import Response
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.json_ld import party_data
from app.pages.names import read_names, short_name
from app.pages.records import documents_of, read_record
from app.pages.rendering import PageRouter, address, page
from app.query.facets import Counts, count, read_counts
from app.query.filters import query_string
from app.query.pages import MeetingQuery, PledgeQuery, read_meetings, read_page
from app.query.undertakings import read_sayings
from app.schemas.facets import FacetName, FacetValue
from app.schemas.vocabulary import Entity

router = PageRouter()
_ROLES: tuple[FacetName, ...] = ("party", "towards", "about")
_MOST = 500
_SHOWN = 10


@router.get("/parties")
def list_parties(reading: Reading) -> Response:
    """Every party that a pledge or position names, with counts by role. Retracted records do not count."""
    connection = reading.connection
    facets = count(connection, PledgeQuery(kind="any"), _ROLES, _MOST).facets
    named: dict[str, dict[str, FacetValue]] = {}
    for role in _ROLES:
        for value in facets[role]:
            if value.code.isupper():
                named.setdefault(value.code, {})[role] = value
    names = read_names(connection, party=named)
    parties = sorted(named.items(), key=lambda party: names.party(party[0]))
    context = {"parties": parties, "names": names}
    description = "The states, organisations and groups in this book, with the number of pledges by role."
    return page(reading, "parties.html", context, title="Parties", description=description)


@router.get("/parties/{code}")
def get_party(reading: Reading, code: str) -> Response:
    """One party."""
    connection = reading.connection
    party = read_record(connection, Entity.party, code)
    made = PledgeQuery(party=[code], limit=_SHOWN)
    pledges = documents_of(read_page(connection, made))
    names = read_names(connection, pledges, party=[code])
    context = {
        "party": party,
        "name": short_name(party),
        "roles": _roles(connection, code),
        "topics": count(connection, PledgeQuery(party=[code]), ["topic"], _SHOWN).facets["topic"],
        "meetings": documents_of(read_meetings(connection, MeetingQuery(party=[code], limit=_SHOWN))),
        "pledges": pledges,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in pledges]),
        "names": names,
    }
    return page(
        reading, "party.html", context, title=short_name(party),
        description=f"Pledges made by {short_name(party)}, pledges made to it, and statements about it.",
        linked_data=party_data(address(reading.request), code, names),
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
