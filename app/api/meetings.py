"""/v1/meetings: who met, and the one write that carries all others: a meeting with its people, sources and pledges."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from app.answers import media_types, rendered_meetings, tell_renderings
from app.deps import (
    DryRun,
    IfNoneMatch,
    Reading,
    StrictRoute,
    Writing,
    composed_answer,
    list_answer,
    list_etag,
    record_answer,
)
from app.documents import meeting_lines
from app.errors import NotFound
from app.formats import JSON, OF_MEETINGS, negotiate
from app.ledger import read_documents, read_revision
from app.meetings import KIND, create_meeting, pledge_documents
from app.naming import did_you_mean
from app.problems import responses
from app.query import MeetingQuery, read_meetings
from app.shapes.meetings import MeetingCreate, MeetingLine, MeetingPublic
from app.shapes.pages import MeetingPage, MeetingPosted
from app.vocabulary import Entity

router = APIRouter(prefix="/v1/meetings", route_class=StrictRoute)


@router.get(".json", include_in_schema=False)
@router.get(
    "", operation_id="list_meetings", tags=["Meetings"], summary="Find meetings", response_model=MeetingPage,
    responses={**media_types(*OF_MEETINGS[1:]), **responses(406, 422)},
)  # fmt: skip
def list_meetings(
    request: Request, session: Reading, query: Annotated[MeetingQuery, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Meetings by party, type, series, person, topic and day, the newest first; as JSON Lines or CSV by `Accept`."""
    rendering = JSON if request.url.path.endswith(".json") else negotiate(request.headers.get("accept"), OF_MEETINGS)
    if rendering is not JSON:
        return rendered_meetings(request, session, query, rendering, if_none_match)
    etag = list_etag(session, request)
    rows, next = read_meetings(session, query)
    answer = list_answer([row.document for row in rows], next, etag, request, if_none_match)
    return tell_renderings(answer, request, "meetings")


@router.get(
    "/{id}", operation_id="get_meeting", tags=["Meetings"], summary="Read one meeting", response_model=MeetingPublic,
    responses=responses(404),
)  # fmt: skip
def get_meeting(session: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """One meeting: when and where, who attended in which office, on which sources it is known.

    `inferred` tells, field by field, what the sources do not state outright and why it is so. Its pledges are at
    `/v1/pledges?meeting=…`; the whole as one document is at `/v1/meetings/{id}/document`.
    """
    return record_answer(session, KIND, id, if_none_match)


@router.get(
    "/{id}/document", operation_id="get_meeting_document", tags=["Meetings"], summary="Read a meeting whole",
    response_model=MeetingLine, responses=responses(404),
)  # fmt: skip
def get_meeting_document(request: Request, session: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
    """The meeting with its pledges as one line of the book: what a seed file holds and what can be posted again."""
    etag = list_etag(session, request)
    if read_revision(session, Entity.meeting, id) is None:
        raise NotFound(f"No meeting has this id{did_you_mean(session, Entity.meeting, id)}.")
    return composed_answer(next(meeting_lines(session, [id])), etag, if_none_match)


@router.post(
    "", operation_id="post_meeting", tags=["Posting"], summary="Post a meeting", status_code=201,
    response_model=MeetingPosted,
    responses={200: {"model": MeetingPosted}, **responses(401, 403, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_meeting(
    writer: Writing,
    meeting: Annotated[MeetingCreate, Body()],
    allow_similar: Annotated[bool, Query(description="It resembles one that stands, and is really another.")] = False,
    dry_run: DryRun = False,
) -> Response:
    """A meeting with all its pledges, whole, in one transaction: all of it is on disk when this answers, or none of it.

    Persons, sources and instruments that the book knows are named by id; new ones are given whole in the same place.
    Without an `id`, one is made of day, parties and type. `dry_run=true` checks everything and writes nothing.
    """
    id = create_meeting(writer, meeting, allow_similar=allow_similar)
    document = read_documents(writer.session, Entity.meeting, [id])[id]
    pledges = pledge_documents(writer.session, id)
    body = f'{document[:-1]},"pledges":[{",".join(pledges)}]}}'
    return Response(body, 200 if dry_run else 201, {"Location": f"/v1/meetings/{id}"}, "application/json")
