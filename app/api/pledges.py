"""GET /v1/pledges: what states promised, by topic, party, time and words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.deps import IfNoneMatch, Reading, StrictRoute, list_answer, list_etag, record_answer
from app.included import Includable, read_included
from app.pledges import KIND
from app.problems import responses
from app.query import PledgeQuery, highlights, read_page
from app.shapes.pages import PledgePage
from app.shapes.pledges import PledgePublic
from app.wire import canonical_json

router = APIRouter(prefix="/v1/pledges", tags=["Pledges"], route_class=StrictRoute)


class PledgeListQuery(PledgeQuery):
    """The one query, and what this rendering of it can add."""

    include: Annotated[list[Includable], Field(max_length=4)] = Field(
        [], description="Send the records that the page refers to beside it, under `included`."
    )


@router.get(
    "",
    operation_id="list_pledges",
    summary="Find pledges",
    response_model=PledgePage,
    responses=responses(422),
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
    question. Positions (support, condemn, urge) owe nothing and are left out; `kind=any` brings them in. `q` searches
    by words, "phrases", -not and prefix*, and combines with every filter.
    """
    etag = list_etag(session, request)
    rows, next = read_page(session, query)
    documents = [row.document for row in rows]
    beside = {}
    if query.include:
        included = read_included(session, documents, query.include)
        joined = ",".join(f"{canonical_json(kind)}:[{','.join(items)}]" for kind, items in included.items())
        beside["included"] = f"{{{joined}}}"
    if query.highlight:
        beside["highlights"] = canonical_json(highlights(session, query, rows))
    return list_answer(documents, next, etag, request, if_none_match, **beside)


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
