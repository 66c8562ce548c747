"""/parties: who is bound by what, and /parties/{code}: what one party promised, is owed, and is spoken of."""

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
    """Every party that a standing record names, with what it made, is owed, and is told about."""
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
    description = "The states, organisations and groups that the book names, and in which role."
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
        description=f"What {short_name(party)} promised, what it is owed, and what is said of it.",
        linked_data=party_data(address(reading.request), code, names),
    )  # fmt: skip


def _roles(connection: Connection, code: str) -> list[tuple[str, str, Counts]]:
    """What the party is in the book: label, query and counts of each role that it has."""
    asked = {
        "Promised": PledgeQuery(party=[code]),
        "Owed to it": PledgeQuery(towards=[code]),
        "About it": PledgeQuery(about=[code], kind="any"),
        "Its positions": PledgeQuery(party=[code], kind="position"),
    }
    counted = [(label, query_string(query, {}), read_counts(connection, query)) for label, query in asked.items()]
    return [role for role in counted if role[2].mentions]
