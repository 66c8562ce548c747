"""POST /v1/drafts: a statement's text in, draft pledges out. Nothing is stored."""

from typing import Annotated

from fastapi import Body, Response

from app.http.dependencies import Drafting
from app.http.problems import responses
from app.http.write_route import Router
from app.schemas.canonical_json import canonical_json
from app.schemas.drafts import DraftAnswer, DraftRequest

router = Router(prefix="/v1/drafts", tags=["Posting"])


@router.post(
    "", operation_id="post_draft", summary="Draft pledges from a text", response_model=DraftAnswer,
    responses=responses(401, 403, 413, 415, 422),
)  # fmt: skip
def post_draft(connection: Drafting, request: Annotated[DraftRequest, Body()]) -> Response:
    """Every pledge and position found in a statement, split, with its words, parties, topics, deadline and condition.

    Rules and lexicons, no model: each draft says which words made it and how sure the rules are. Correct the document
    (its source stands whole, as id `draft`), then post it as a meeting. Any key will do; nothing is stored.
    """
    from app.drafting.from_book import draft_meeting  # late: rules and lexicons that no other request needs

    return Response(canonical_json(draft_meeting(connection, request)), media_type="application/json")
