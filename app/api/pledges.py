"""GET /v1/pledges: what states promised, by topic, party, time and words."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from app.api.record_routes import add_record_routes
from app.exchange.media_types import JSON, OF_PLEDGES, negotiate
from app.http.answers import media_types, rendered_pledges, tell_renderings
from app.http.dependencies import IfNoneMatch, Reading, StrictRoute, composed_answer, list_answer, list_etag
from app.http.problems import responses
from app.query.facets import read_facets
from app.query.included import Includable, read_included
from app.query.pages import PledgeQuery, highlights, read_page
from app.query.threads import read_thread
from app.schemas.canonical_json import canonical_json
from app.schemas.facets import FacetName
from app.schemas.pages import PledgePage
from app.schemas.pledges import PledgePublic
from app.schemas.threads import Thread
from app.schemas.vocabulary import Entity

router = APIRouter(prefix="/v1/pledges", route_class=StrictRoute)


def _apart(values: Any) -> Any:
    """`facets=topic,party` is `facets=topic&facets=party`."""
    given = values if isinstance(values, list) else [values]
    return [part for value in given for part in (value.split(",") if isinstance(value, str) else [value])]


class PledgeListQuery(PledgeQuery):
    """The one query, and what this rendering of it can add."""

    include: Annotated[list[Includable], Field(max_length=4)] = Field(
        [], description="Send the records that the page refers to beside it, under `included`."
    )
    facets: Annotated[list[FacetName], BeforeValidator(_apart), Field(max_length=24)] = Field(
        [],
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


@router.get(".json", include_in_schema=False)
@router.get(
    "",
    operation_id="list_pledges",
    summary="Find pledges",
    tags=["Pledges"],
    response_model=PledgePage,
    responses={**media_types(*OF_PLEDGES[1:]), **responses(406, 422)},
)
def list_pledges(
    request: Request,
    connection: Reading,
    query: Annotated[PledgeListQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
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
    rendering = JSON if request.url.path.endswith(".json") else negotiate(request.headers.get("accept"), OF_PLEDGES)
    if rendering is not JSON:
        return rendered_pledges(request, connection, query, rendering, if_none_match)
    etag = list_etag(connection, request)
    rows, next = read_page(connection, query)
    documents = [row.document for row in rows]
    beside = {}
    if query.include:
        included = read_included(connection, documents, query.include)
        joined = ",".join(f"{canonical_json(kind)}:[{','.join(items)}]" for kind, items in included.items())
        beside["included"] = f"{{{joined}}}"
    if query.highlight:
        beside["highlights"] = canonical_json(highlights(connection, query, rows))
    if query.facets:
        facets = read_facets(connection, query, query.facets, query.facet_limit)
        beside["facets"] = canonical_json(
            {name: [value.model_dump() for value in values] for name, values in facets.items()}
        )
    answer = list_answer(documents, next, etag, request, if_none_match, **beside)
    return tell_renderings(answer, request, "pledges")


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
def get_thread(request: Request, connection: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """The undertaking that a pledge belongs to: first made, last renewed, and how its words drifted in between.

    `silent_meetings` are later full texts of exactly the same parties that do not repeat it; `unreported_meetings` are
    those known by reports only, whose silence says nothing. Nothing is called dropped by silence alone.
    """
    etag = list_etag(connection, request)
    return composed_answer(read_thread(connection, id), etag, if_none_match)
