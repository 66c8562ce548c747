"""/pledges: the list of pledges with filters and facets; /pledges/{id}: one pledge, its thread and its history."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Response
from sqlalchemy import Connection

from app.http.read_route import Reading, Snapshot
from app.pages import labels
from app.pages.filter_chips import asked_with, chips, names_asked
from app.pages.json_ld import pledge_data
from app.pages.names import Names, read_card_names, read_names
from app.pages.records import documents_of, read_record, read_versions
from app.pages.rendering import PageRouter, page
from app.query.facets import FacetCounts, codes_of, count, replacement
from app.query.pages import PledgeQuery, read_page
from app.query.threads import read_thread
from app.query.undertakings import read_sayings
from app.records.assessments import read_assessments
from app.schemas.facets import FacetName
from app.schemas.vocabulary import PLEDGE_ACTS, Entity
from app.store.ledger import read_documents

router = PageRouter()

# The most selective facets come first.
FACETS: tuple[FacetName, ...] = (
    "topic", "party", "towards", "about", "year", "act", "fulfilment", "attested", "instrument",
)  # fmt: skip
_FACET_VALUES = 20
COUNTED = 2000  # of a larger answer, the newest pledges are counted
# The kind of record that the values of a facet name.
_KINDS: dict[FacetName, str] = {
    "topic": "topic", "party": "party", "towards": "party", "about": "party", "instrument": "instrument",
}  # fmt: skip
_SORTS = (("-held_on", "newest"), ("held_on", "oldest"), ("due", "by deadline"), ("-updated", "recently updated"))


@router.get("/pledges")
def list_pledges(reading: Reading, query: Annotated[PledgeQuery, Query()]) -> Response:
    """One page of the pledges that match the query."""
    connection = reading.connection
    found = read_page(connection, query, names=reading.names)
    pledges = documents_of(found)
    division = count(connection, query, FACETS, _FACET_VALUES, newest=COUNTED, names=reading.names)
    names = read_card_names(connection, pledges, **_named(query, division))
    asked, shown = asked_with(query), chips(query, names)
    context = {
        "query": query,
        "pledges": pledges,
        "names": names,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in pledges]),
        "division": division,
        "chips": shown,
        "facets": [
            (name, _say(name, names), values, _chosen(reading, query, name)) for name, values in division.facets.items()
        ],
        "sorts": _sorts(query),
        "order": f"&sort={query.sort}" if "sort=" in asked else "",
        "asked": asked,
        "with_positions": asked_with(query, kind="any"),
        "hidden": parse_qsl(asked_with(query, q=None)),
        "next": f"{asked}&{urlencode({'cursor': found.next})}".lstrip("&") if found.next else None,
    }
    title = _title(shown)
    description = "Pledges of states: who promised what to whom, with source, deadline and status."
    canonical = f"/pledges?{asked}" if asked else "/pledges"
    return page(
        reading,
        "pledges.html",
        context,
        title=title,
        description=description,
        canonical=canonical,
    )


def _named(query: PledgeQuery, division: FacetCounts) -> dict[str, list[str]]:
    """The ids in chips and facets by kind of record, so that their names can be read."""
    asked = names_asked(query)
    for name, kind in _KINDS.items():
        asked[kind] += [value.code for value in division.facets.get(name, [])]
    return asked


def _chosen(reading: Snapshot, query: PledgeQuery, name: FacetName) -> set[str]:
    """The values of a facet that the query selects; a year if the dates of the query are exactly that year."""
    if name != "year":
        return set(codes_of(query, name, reading.names))
    first = query.held_on__gte
    is_year = first is not None and replacement(query, "year", str(first.year)) == {
        "held_on__gte": first, "held_on__lt": query.held_on__lt,
    }  # fmt: skip
    return {str(first.year)} if first and is_year else set()


def _say(name: FacetName, names: Names) -> Callable[[str], str]:
    """The function that returns the label of a value of the facet."""
    if name in _KINDS:
        return {"party": names.party, "topic": names.topic, "instrument": names.instrument}[_KINDS[name]]
    return labels.FILTERS.get(name, labels.FILTERS["word"])


def _sorts(query: PledgeQuery) -> list[tuple[str, str, bool]]:
    """The sort orders: address, label, and whether it is the current one."""
    offered = [*_SORTS, ("relevance", "most relevant")] if (query.q or "").strip() else list(_SORTS)
    return [
        (f"/pledges?{asked_with(query.model_copy(update={'sort': sort}))}".rstrip("?"), label, sort == query.sort)
        for sort, label in offered
    ]


def _title(asked: Sequence[Any]) -> str:
    filters = ", ".join(f"{chip.label} {chip.value}" for chip in asked[:3])
    return f"Pledges: {filters}" if filters else "Pledges"


# One pledge -----------------------------------------------------------------------------------------------------------


@router.get("/pledges/{id}")
def get_pledge(reading: Reading, id: str) -> Response:
    """One pledge or position, retracted or not."""
    connection = reading.connection
    pledge = read_record(connection, Entity.pledge, id)
    is_pledge = pledge["act"] in PLEDGE_ACTS
    thread = _thread(connection, id) if is_pledge and pledge["retracted"] is None else None
    shown = [pledge, *(thread["pledges"] if thread else [])]
    targets = [link["target"] for link in pledge["links"] if link["target"]]
    others = _silent(thread)
    names = read_names(connection, shown, meeting=others)
    context = {
        "pledge": pledge,
        "names": names,
        "topics": [(slug, names.topic(slug), names.korean("topic", slug)) for slug in pledge["topics"]],
        "speakers": [(slug, names.person(slug), names.korean("participant", slug)) for slug in pledge["speakers"]],
        "thread": thread,
        "targets": {id: json.loads(text) for id, text in read_documents(connection, Entity.pledge, targets).items()},
        "said": read_sayings(connection, [id]).get(id),
        "assessments": [json.loads(item) for item in read_assessments(connection, id)[0]] if is_pledge else [],
        "versions": read_versions(connection, Entity.pledge, id),
        "is_pledge": is_pledge,
    }
    return page(
        reading, "pledge.html", context, title=pledge["summary"].rstrip("."),
        description=_description(pledge, names), linked_data=pledge_data(reading.request, pledge, names),
    )  # fmt: skip


def _thread(connection: Connection, id: str) -> dict[str, Any]:
    """The thread of the pledge, with `drift` by pledge, and `days`: the date of each pledge."""
    thread: dict[str, Any] = json.loads(read_thread(connection, id))
    drift: dict[str, list[Any]] = {}
    for change in thread["drift"]:
        drift.setdefault(change["pledge"], []).append(change)
    days = {pledge["id"]: pledge["held_on"] for pledge in thread["pledges"]}
    return {**thread, "drift": drift, "days": days}


def _silent(thread: dict[str, Any] | None) -> list[str]:
    return [*thread["silent_meetings"], *thread["unreported_meetings"]] if thread else []


def _description(pledge: dict[str, Any], names: Names) -> str:
    who = ", ".join(names.party(code) for code in pledge["pledgors"])
    return f"{who}, {pledge['held_on']}: {pledge['summary']}"
