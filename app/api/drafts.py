"""POST /v1/drafts: draft pledges from the text of a statement. Nothing is stored."""

from typing import Annotated

from fastapi import Body, Response

from app.http.dependencies import ReadConnection
from app.http.problems import responses
from app.http.write_route import Router
from app.schemas.canonical_json import canonical_json
from app.schemas.drafts import DraftAnswer, DraftRequest

router = Router(prefix="/v1/drafts", tags=["Posting"])


@router.post(
    "", operation_id="post_draft", summary="Draft pledges from a text", response_model=DraftAnswer,
    responses=responses(401, 403, 413, 415, 422),
)  # fmt: skip
def post_draft(connection: ReadConnection, request: Annotated[DraftRequest, Body()]) -> Response:
    """Returns a draft for every pledge and position in a statement: quotation, parties, topics, deadline and condition.

    The drafts come from rules and lexicons, not from a language model. Each draft names the words that it is based on
    and a confidence. Correct the document, whose new source has the id `draft`, and post it as a meeting. A key of any
    scope is sufficient. Nothing is stored.
    """
    from app.drafting.from_book import draft_meeting  # imported here because only this route needs the lexicons

    return Response(canonical_json(draft_meeting(connection, request)), media_type="application/json")
