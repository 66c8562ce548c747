"""GET /v1/pledges: what states promised, by topic, party, time and words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.deps import IfNoneMatch, Reading, StrictRoute, composed_answer, list_answer, list_etag
from app.included import Includable, read_included
from app.problems import responses
from app.query import PledgeQuery, highlights, read_page
from app.record_routes import add_record_routes
from app.shapes.pages import PledgePage
from app.shapes.pledges import PledgePublic
from app.shapes.threads import Thread
from app.threads import read_thread
from app.vocabulary import Entity
from app.wire import canonical_json

router = APIRouter(prefix="/v1/pledges", route_class=StrictRoute)


class PledgeListQuery(PledgeQuery):
    """The one query, and what this rendering of it can add."""

    include: Annotated[list[Includable], Field(max_length=4)] = Field(
        [], description="Send the records that the page refers to beside it, under `included`."
    )


@router.get(
    "",
    operation_id="list_pledges",
    summary="Find pledges",
    tags=["Pledges"],
    response_model=PledgePage,
    responses=responses(422),
)
def list_pledges(
    request: Request,
    session: Reading,
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
def get_thread(request: Request, session: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """The undertaking that a pledge belongs to: first made, last renewed, and how its words drifted in between.

    `silent_meetings` are later full texts of exactly the same parties that do not repeat it; `unreported_meetings` are
    those known by reports only, whose silence says nothing. Nothing is called dropped by silence alone.
    """
    etag = list_etag(session, request)
    return composed_answer(read_thread(session, id), etag, if_none_match)
