"""/v1/pledges/{id}/assessments: list and post the assessments of a pledge."""

from typing import Annotated

from fastapi import Body, Response

from app.http.dependencies import PostWriter
from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import page_answer, written_record
from app.http.write_route import Router
from app.records.assessments import assess, read_assessments
from app.schemas.assessments import AssessmentPage, AssessmentPost, AssessmentPublic
from app.schemas.vocabulary import Entity

router = Router(prefix="/v1/pledges/{id}/assessments")


@router.get(
    "", operation_id="list_assessments", tags=["Pledges"], summary="List the assessments of a pledge",
    response_model=AssessmentPage, responses=responses(404),
)  # fmt: skip
def list_assessments(reading: Reading, id: str) -> Response:
    """Returns all assessments with their evidence, in order of number. No assessment replaces an earlier one.

    `standing` has the latest assessment of each party by `effective_on`, with its score and the days of delay.
    """
    items, standing = read_assessments(reading.connection, id)
    return page_answer(reading, items, None, standing=standing)


@router.post(
    "", operation_id="post_assessment", tags=["Posting"], summary="Assess a pledge", status_code=201,
    response_model=AssessmentPublic,
    responses={200: {"model": AssessmentPublic}, **responses(401, 403, 404, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_assessment(writer: PostWriter, id: str, assessment: Annotated[AssessmentPost, Body()]) -> Response:
    """Adds an assessment: how far one party has fulfilled the pledge by a given day, with evidence.

    Announcements alone are not sufficient evidence of progress. An assessment cannot be changed. To correct one, post
    another, and name the one that it contradicts in `disputes`. A key of scope `assess` is sufficient.
    """
    written_id = assess(writer, id, assessment)
    return written_record(writer, Entity.assessment, written_id, 201, f"/v1/pledges/{id}/assessments")
