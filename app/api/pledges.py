"""GET /v1/pledges: what states promised, by topic, party, time and words."""

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
    """The one query, and what this format of it can add."""

    include: Annotated[tuple[Includable, ...], BeforeValidator(split_at_commas), Field(max_length=4)] = Field(
        (), description="Send the records that the page refers to beside it, under `included`."
    )
    facets: Annotated[tuple[FacetName, ...], BeforeValidator(split_at_commas), Field(max_length=24)] = Field(
        (),
        description="Send how the whole answer divides beside the page, under `facets`: `topic,party`. Each value "
        "has its mentions, undertakings and new ones, and the query that finds them. A facet ignores its own filter.",
        examples=["topic,party"],
    )
    facet_limit: int = Field(
        100,
        ge=1,
        le=1000,
        description="Values of a facet at most: the most mentioned, of years and meetings the newest.",
    )

    @property
    def is_one_statement(self) -> bool:
        """True if the page is all that is read, so that it needs no transaction."""
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
    """What was promised, by topic, party, person, meeting, act, deadline and day, the newest first.

    Begin with a topic: `topic=opcon-transition`, or a parent such as `topic=deterrence`, which includes its children.
    Any name of a party or person will do: `party=ROK`, `party=KOR` and `party=South Korea` are one question.
    Positions (support, condemn, urge) owe nothing and are left out; `kind=any` brings them in. `q` searches by words,
    "phrases", -not and prefix*, and combines with every filter.

    An item is the pledge as the ledger keeps it, and names its meeting, sources and persons by id;
    `include=meetings&include=sources` sends those records too, beside the items. For more than one page, send `next`
    back as `cursor=` until it is null, or follow the `Link` header.

    `Accept` (or a suffix: `/v1/pledges.csv`) gives the same pledges as JSON Lines, CSV, Atom, JSON Feed or iCalendar.
    """
    format = negotiated(reading, OF_PLEDGES)
    if format is not JSON:
        return formatted_pledges(reading, query, format)
    page = read_page(reading.connection, query, names=reading.names)
    reading.at(page.seq)
    documents, beside = page.documents, {}
    if query.include:
        included = read_included(reading.connection, documents, query.include)
        joined = ",".join(f"{canonical_json(kind)}:[{','.join(items)}]" for kind, items in included.items())
        beside["included"] = f"{{{joined}}}"
    if query.highlight:
        beside["highlights"] = canonical_json(highlights(query, documents, reading.names))
    if query.facets:
        division = count(reading.connection, query, query.facets, query.facet_limit, names=reading.names)
        beside["facets"] = canonical_json(
            {name: [value.model_dump() for value in values] for name, values in division.facets.items()}
        )
    return link_formats(page_answer(reading, documents, page.next, **beside), reading, "pledges")


add_record_routes(
    router,
    "",
    Entity.pledge,
    PledgePublic,
    """One pledge or position, with the words it stands on, its links and what became of it.

- `citations` say where the words stand: a span of a source's text, from `start` up to, not including, `end`, in
  Unicode code points. The first is the canonical one.
- `attested` says on whose account it stands: a text that all issued, reports of both sides, of one, or the press.
- `links` lead to the earlier pledge that this one renews, strengthens, weakens, extends or supersedes.
- `fulfilment` holds the latest assessment of each party; `{}` is *not assessed*, and never *not kept*.

The ETag is the hash of its revision in the ledger. A retracted record is still shown, with the reason and the time.
""",
    "Pledges",
)


@router.get(
    "/{id}/thread", operation_id="get_thread", summary="Follow a pledge through the years", tags=["Pledges"],
    response_model=Thread, responses=responses(404),
)  # fmt: skip
def get_thread(reading: Reading, id: str) -> Response:
    """The undertaking that a pledge belongs to: first made, last renewed, and how its words drifted in between.

    `silent_meetings` are later full texts of exactly the same parties that do not repeat it; `unreported_meetings` are
    those known by reports only, whose silence says nothing. Nothing is called dropped by silence alone.
    """
    return json_answer(read_thread(reading.connection, id))
