"""/v1/pledges/{id}/assessments: what came of a pledge, on each party's side."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from app.http.dependencies import IfNoneMatch, Posting, Reading, StrictRoute, list_answer, list_etag, written_answer
from app.http.problems import responses
from app.records.assessments import assess, read_assessments
from app.schemas.assessments import AssessmentPage, AssessmentPost, AssessmentPublic
from app.schemas.vocabulary import Entity

router = APIRouter(prefix="/v1/pledges/{id}/assessments", route_class=StrictRoute)


@router.get(
    "", operation_id="list_assessments", tags=["Pledges"], summary="Read what came of a pledge",
    response_model=AssessmentPage, responses=responses(404),
)  # fmt: skip
def list_assessments(request: Request, connection: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """Every judgement, the oldest first, with its evidence; a later one stands beside an earlier one, never over it.

    `standing` tells for each party the latest by `effective_on`: its score (+1 kept, 0 under way, −1 broken, null where
    that cannot be said) and whether it is late against the pledge's deadline.
    """
    etag = list_etag(connection, request)
    items, standing = read_assessments(connection, id)
    return list_answer(items, None, etag, request, if_none_match, standing=standing)


@router.post(
    "", operation_id="post_assessment", tags=["Posting"], summary="Assess a pledge", status_code=201,
    response_model=AssessmentPublic,
    responses={200: {"model": AssessmentPublic}, **responses(401, 403, 404, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_assessment(writer: Posting, id: str, assessment: Annotated[AssessmentPost, Body()]) -> Response:
    """One judgement on one party's side, effective on a day, with at least one piece of evidence.

    Announcements alone cannot show progress. An assessment is never changed: make another, and let it dispute the one
    that it contradicts. A key of scope `assess` is enough.
    """
    written_id = assess(writer, id, assessment)
    return written_answer(writer, Entity.assessment, written_id, 201, f"/v1/pledges/{id}/assessments")
