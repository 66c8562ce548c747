"""/v1/pledges: find pledges and read one, with its thread."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BeforeValidator, Field

from app.api.record_routes import add_record_routes
from app.exchange.media_types import JSON, OF_PLEDGES
from app.http.answers import formatted_pledges, link_formats, media_types, negotiated
from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import json_answer, page_answer
from app.http.write_route import Router
from app.query.facets import count
from app.query.filters import split_at_commas
from app.query.included import Includable, read_included
from app.query.pages import PledgeQuery, highlights, read_page
from app.query.threads import read_thread
from app.schemas.canonical_json import canonical_json
from app.schemas.facets import FacetName
from app.schemas.pages import PledgePage
from app.schemas.pledges import PledgePublic
from app.schemas.threads import Thread
from app.schemas.vocabulary import Entity

router = Router(prefix="/v1/pledges")


class PledgeListQuery(PledgeQuery):
    """The query of every format, and parameters of the JSON page only."""

    include: Annotated[tuple[Includable, ...], BeforeValidator(split_at_commas), Field(max_length=4)] = Field(
        (), description="Add the records that the page refers to, under `included`."
    )
    facets: Annotated[tuple[FacetName, ...], BeforeValidator(split_at_commas), Field(max_length=24)] = Field(
        (),
        description="Add counts of the whole result by these facets, under `facets`. Each value has its mentions, "
        "undertakings and new undertakings, and the query that finds them. A facet ignores its own filter.",
        examples=["topic,party"],
    )
    facet_limit: int = Field(
        100,
        ge=1,
        le=1000,
        description="The maximum number of values of a facet: those with the most mentions; years and meetings: the "
        "newest.",
    )

    @property
    def is_one_statement(self) -> bool:
        """True if the page is read with one statement, which needs no transaction."""
        return not (self.include or self.facets or self.sort == "relevance")


@router.get(".json", include_in_schema=False)
@router.get(
    "",
    operation_id="list_pledges",
    summary="Find pledges",
    tags=["Pledges"],
    response_model=PledgePage,
    responses={**media_types(*OF_PLEDGES[1:]), **responses(406, 422)},
)
def list_pledges(reading: Reading, query: Annotated[PledgeListQuery, Query()]) -> Response:
    """Returns the pledges that match all filters, the newest first.

    Start with a topic: `topic=opcon-transition`, or a parent such as `topic=deterrence`, which includes its children.
    Filters accept every name of a party or person: `party=ROK`, `party=KOR` and `party=South Korea` are equal.
    Positions (support, condemn, urge) are omitted, because they owe nothing; `kind=any` includes them. `q` searches for
    words, "phrases", -excluded words and prefixes*, and can be combined with every filter.

    An item is the document of a pledge. It names its meeting, sources and persons by id;
    `include=meetings&include=sources` adds those records to the page. To read the next page, send `next` as `cursor=`
    until it is null, or follow the `Link` header.

    JSON Lines, CSV, Atom, JSON Feed and iCalendar are available by `Accept` header or suffix (`/v1/pledges.csv`).
    """
    format = negotiated(reading, OF_PLEDGES)
    if format is not JSON:
        return formatted_pledges(reading, query, format)
    page = read_page(reading.connection, query, names=reading.names)
    reading.at(page.seq)
    documents, members = page.documents, {}
    if query.include:
        included = read_included(reading.connection, documents, query.include)
        joined = ",".join(f"{canonical_json(kind)}:[{','.join(items)}]" for kind, items in included.items())
        members["included"] = f"{{{joined}}}"
    if query.highlight:
        members["highlights"] = canonical_json(highlights(query, documents, reading.names))
    if query.facets:
        division = count(reading.connection, query, query.facets, query.facet_limit, names=reading.names)
        members["facets"] = canonical_json(
            {name: [value.model_dump() for value in values] for name, values in division.facets.items()}
        )
    return link_formats(page_answer(reading, documents, page.next, **members), reading, "pledges")


add_record_routes(
    router,
    "",
    Entity.pledge,
    PledgePublic,
    """Returns one pledge or position with its citations, links and fulfilment.

- `citations` are spans of the text of a source, in Unicode code points: from `start` up to but not including `end`. The
  first one is the canonical citation.
- `attested` says who attests the pledge: a text that all parties issued, reports of both sides or of one, or the press.
- `links` name the earlier pledge that this one renews, strengthens, weakens, extends or supersedes.
- `fulfilment` has the latest assessment of each party. `{}` means *not assessed*; it does not mean *not fulfilled*.

The ETag is the hash of the revision in the ledger. A retracted record can still be read, with the reason and the time.
""",
    "Pledges",
)


@router.get(
    "/{id}/thread", operation_id="get_thread", summary="Read the thread of a pledge", tags=["Pledges"],
    response_model=Thread, responses=responses(404),
)  # fmt: skip
def get_thread(reading: Reading, id: str) -> Response:
    """Returns the undertaking of a pledge: when it was first made and last renewed, and what each renewal changed.

    `silent_meetings` are later meetings of exactly the same parties whose full text does not repeat the undertaking.
    `unreported_meetings` are those known from reports only, which may have omitted it. Neither means that the
    undertaking was dropped.
    """
    return json_answer(read_thread(reading.connection, id))
