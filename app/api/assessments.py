"""/v1/pledges/{id}/assessments: what came of a pledge, on each party's side."""

from typing import Annotated

from fastapi import Body, Response

from app.http.dependencies import Posting
from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import page_answer, written_record
from app.http.write_route import Router
from app.records.assessments import assess, read_assessments
from app.schemas.assessments import AssessmentPage, AssessmentPost, AssessmentPublic
from app.schemas.vocabulary import Entity

router = Router(prefix="/v1/pledges/{id}/assessments")


@router.get(
    "", operation_id="list_assessments", tags=["Pledges"], summary="Read what came of a pledge",
    response_model=AssessmentPage, responses=responses(404),
)  # fmt: skip
def list_assessments(reading: Reading, id: str) -> Response:
    """Every judgement, the oldest first, with its evidence; a later one stands beside an earlier one, never over it.

    `standing` tells for each party the latest by `effective_on`: its score (+1 kept, 0 under way, −1 broken, null where
    that cannot be said) and whether it is late against the pledge's deadline.
    """
    items, standing = read_assessments(reading.connection, id)
    return page_answer(reading, items, None, standing=standing)


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
    return written_record(writer, Entity.assessment, written_id, 201, f"/v1/pledges/{id}/assessments")
