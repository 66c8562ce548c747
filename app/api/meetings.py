"""/v1/meetings: find, read and post meetings. A meeting is posted with its pledges, and may bring new records along."""

from typing import Annotated

from fastapi import Body, Query, Response

from app.api.record_routes import add_record_routes
from app.exchange.book_files import meeting_lines
from app.exchange.media_types import JSON, OF_MEETINGS
from app.http.answers import formatted_meetings, link_formats, media_types, negotiated
from app.http.dependencies import AsOfQuery, PostWriter
from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import json_answer, newest_revision, not_yet_in_book, page_answer, written_answer
from app.http.write_route import Router
from app.query.pages import MeetingQuery, highlights, read_meetings
from app.records.edit import add_pledges
from app.records.meetings import pledge_documents
from app.records.upsert import create_meeting_with_assessments
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.meetings import MeetingCreate, MeetingLine, MeetingPublic
from app.schemas.pages import MeetingPage, MeetingPosted, PledgesPosted
from app.schemas.pledges import PledgeOrRepeat
from app.schemas.vocabulary import Entity
from app.store.ledger import read_documents, seq_at

router = Router(prefix="/v1/meetings")


AllowSimilar = Annotated[
    bool, Query(description="True: write the record even if it seems to be a duplicate of one in the book.")
]


@router.get(".json", include_in_schema=False)
@router.get(
    "", operation_id="list_meetings", tags=["Meetings"], summary="Find meetings", response_model=MeetingPage,
    responses={**media_types(*OF_MEETINGS[1:]), **responses(406, 422)},
)  # fmt: skip
def list_meetings(reading: Reading, query: Annotated[MeetingQuery, Query()]) -> Response:
    """Returns the meetings that match all filters, the newest first.

    Two meetings on one day are two records, such as a 2+2 meeting and the meeting of foreign ministers after it. The
    pledges of a meeting are at `/v1/pledges?meeting=…`. Meetings of the same format have the same `series`; `ordinal`
    is the stated number within it. JSON Lines and CSV are available by `Accept` header or suffix (`/v1/meetings.csv`).
    """
    format = negotiated(reading, OF_MEETINGS)
    if format is not JSON:
        return formatted_meetings(reading, query, format)
    page = read_meetings(reading.connection, query, reading.names)
    members = {}
    if query.highlight:
        members["highlights"] = canonical_json(highlights(query, page.documents, reading.names))
    return link_formats(page_answer(reading, page.documents, page.next, **members), reading, "meetings")


add_record_routes(
    router,
    "",
    Entity.meeting,
    MeetingPublic,
    "Returns one meeting: its date and place, who attended in which office, and its sources. `inferred` names the "
    "fields that the sources do not state explicitly, each with the reason. The pledges of the meeting are at "
    "`/v1/pledges?meeting=…`; the meeting with its pledges is at `/v1/meetings/{id}/document`.",
    "Meetings",
)


@router.get(
    "/{id}/document", operation_id="get_meeting_document", tags=["Meetings"], summary="Read a meeting with its pledges",
    response_model=MeetingLine, responses=responses(404),
)  # fmt: skip
def get_meeting_document(reading: Reading, id: str, query: Annotated[AsOfQuery, Query()]) -> Response:
    """Returns the meeting with its pledges as one document line, as in a seed file or an export.

    You can use it as a template for your own meeting: without `kind` and `id` it is a valid body of `POST
    /v1/meetings`.
    """
    connection = reading.connection
    newest_revision(connection, Entity.meeting, id)  # raises NotFound for an unknown id
    line = next(meeting_lines(connection, [id], seq_at(connection, query.as_of) if query.as_of else None), None)
    if line is None:
        raise not_yet_in_book(Entity.meeting)
    return json_answer(line)


@router.post(
    "", operation_id="post_meeting", tags=["Posting"], summary="Post a meeting", status_code=201,
    response_model=MeetingPosted,
    responses={200: {"model": MeetingPosted}, **responses(401, 403, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_meeting(
    writer: PostWriter,
    meeting: Annotated[MeetingCreate, Body()],
    allow_similar: AllowSimilar = False,
) -> Response:
    """Adds a meeting with all its pledges in one transaction. If any part is not valid, nothing is written.

    1. Enter your key under **Authorize**. First send the meeting with `dry_run=true`, which checks it and writes
       nothing.
    2. Name sources, participants and instruments of the book by id. Send a new one as an object in place of its id.
    3. The `sha256` of a source is the hash of its text in UTF-8; `length` is the number of its code points. The text
       itself is not sent.
    4. Each pledge cites at least one span of a source. Write its `summary` in your own words, not in those of the
       source.
    5. If you omit `id`, it is generated from day, parties and type. If you omit `number`, it is the next free number.

    If the book has a meeting of the same parties, day and type, the response is 409 with the id of that meeting. If
    yours is a different meeting, send it again with `allow_similar=true`. You can post the example once; the second
    time it is a duplicate.
    """
    # The order of a POST: `WriteRoute` checks the body; `PostWriter` takes the write lock, and answers a repeated
    # Idempotency-Key; duplicates are refused; inline records are written; references are checked; the meeting, its
    # pledges and their assessments are written; the answer is stored under the key; the transaction is committed.
    id, _ = create_meeting_with_assessments(writer, meeting, allow_similar=allow_similar)
    document = read_documents(writer.connection, Entity.meeting, [id])[id]
    pledges = pledge_documents(writer.connection, id)
    body = with_members(document, pledges=f"[{','.join(pledges)}]")
    return written_answer(writer, body.encode(), 201, f"/v1/meetings/{id}")


@router.post(
    "/{id}/pledges", operation_id="post_pledges", tags=["Posting"], summary="Add pledges to a meeting", status_code=201,
    response_model=PledgesPosted,
    responses={200: {"model": PledgesPosted}, **responses(401, 403, 404, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_pledges(
    writer: PostWriter,
    id: str,
    sent: Annotated[list[PledgeOrRepeat], Body(min_length=1, max_length=500)],
    allow_similar: AllowSimilar = False,
) -> Response:
    """Adds pledges to a meeting of the book, such as those from a second report.

    If the report repeats a pledge, send `{"repeats": 7, "citations": […]}` instead of a new pledge: the citations are
    added to pledge number 7. Sources that are cited for the first time become sources of the meeting.
    """
    ids = add_pledges(writer, id, sent, allow_similar=allow_similar)
    documents = read_documents(writer.connection, Entity.pledge, ids)
    body = f'{{"items":[{",".join(documents[id] for id in ids)}]}}'
    return written_answer(writer, body.encode(), 201, f"/v1/pledges?meeting={id}&kind=any")
