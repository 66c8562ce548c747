"""GET /v1/pledges: what states promised, by topic, party, time and words."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator, Field

from app.answers import media_types, rendered_pledges, tell_renderings
from app.deps import IfNoneMatch, Reading, StrictRoute, list_answer, list_etag, record_answer
from app.facets import read_facets
from app.formats import JSON, OF_PLEDGES, negotiate
from app.included import Includable, read_included
from app.pledges import KIND
from app.problems import responses
from app.query import PledgeQuery, read_page
from app.shapes.facets import FacetName
from app.shapes.pages import PledgePage
from app.shapes.pledges import PledgePublic
from app.wire import canonical_json

router = APIRouter(prefix="/v1/pledges", tags=["Pledges"], route_class=StrictRoute)


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
    response_model=PledgePage,
    responses={**media_types(*OF_PLEDGES[1:]), **responses(406, 422)},
)
def list_pledges(
    request: Request,
    session: Reading,
    query: Annotated[PledgeListQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Pledges by topic, party, person, meeting, words of the field and time, the newest first.

    Different filters must all match; a filter given several times matches any of its values. A topic includes its
    children, and any name of a party or person will do: `party=ROK`, `party=KOR` and `party=South Korea` are one
    question. Positions (support, condemn, urge) owe nothing and are left out; `kind=any` brings them in.

    `Accept` (or a suffix: `/v1/pledges.csv`) gives the same pledges as JSON Lines, CSV, Atom, JSON Feed or iCalendar.
    """
    rendering = JSON if request.url.path.endswith(".json") else negotiate(request.headers.get("accept"), OF_PLEDGES)
    if rendering is not JSON:
        return rendered_pledges(request, session, query, rendering, if_none_match)
    etag = list_etag(session, request)
    rows, next = read_page(session, query)
    documents = [row.document for row in rows]
    beside = {}
    if query.include:
        included = read_included(session, documents, query.include)
        joined = ",".join(f"{canonical_json(kind)}:[{','.join(items)}]" for kind, items in included.items())
        beside["included"] = f"{{{joined}}}"
    if query.facets:
        facets = read_facets(session, query, query.facets, query.facet_limit)
        beside["facets"] = canonical_json(
            {name: [value.model_dump() for value in values] for name, values in facets.items()}
        )
    answer = list_answer(documents, next, etag, request, if_none_match, **beside)
    return tell_renderings(answer, request, "pledges")


@router.get(
    "/{id}",
    operation_id="get_pledge",
    summary="Read one pledge",
    response_model=PledgePublic,
    responses=responses(404),
)
def get_pledge(session: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """One pledge or position, with the words it stands on, its links and what became of it.

    The ETag is the hash of its revision in the ledger. A retracted record is still shown, with the reason and the time.
    """
    return record_answer(session, KIND, id, if_none_match)
