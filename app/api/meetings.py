"""/v1/meetings: who met, and the one write that carries all others: a meeting with its people, sources and pledges."""

from typing import Annotated

from fastapi import Body, Query, Response
from pydantic import BaseModel, ConfigDict

from app.api.record_routes import add_record_routes
from app.errors import NotFound
from app.exchange.book_files import meeting_lines
from app.exchange.media_types import JSON, OF_MEETINGS
from app.http.answers import formatted_meetings, link_formats, media_types, negotiated
from app.http.dependencies import AsOf, Posting
from app.http.problems import responses
from app.http.read_route import Reading
from app.http.responses import json_answer, page_answer, written_answer
from app.http.write_route import Router
from app.query.pages import MeetingQuery, highlights, read_meetings
from app.records.edit import add_pledges
from app.records.meetings import pledge_documents
from app.records.upsert import create_meeting
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.meetings import MeetingCreate, MeetingLine, MeetingPublic
from app.schemas.pages import MeetingPage, MeetingPosted, PledgesPosted
from app.schemas.pledges import PledgeOrRepeat
from app.schemas.vocabulary import Entity
from app.search.names import no_such_record
from app.store.ledger import read_documents, read_revision, seq_at

router = Router(prefix="/v1/meetings")


class DocumentQuery(BaseModel):
    """Which state of the record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: AsOf = None


AllowSimilar = Annotated[bool, Query(description="It resembles one that stands, and is really another.")]


@router.get(".json", include_in_schema=False)
@router.get(
    "", operation_id="list_meetings", tags=["Meetings"], summary="Find meetings", response_model=MeetingPage,
    responses={**media_types(*OF_MEETINGS[1:]), **responses(406, 422)},
)  # fmt: skip
def list_meetings(reading: Reading, query: Annotated[MeetingQuery, Query()]) -> Response:
    """Who met, by party, type, series, person, topic, day and words, the newest first.

    Two meetings of one day are two records: a 2+2, and the foreign ministers after it. What was promised at one is at
    `/v1/pledges?meeting=…`. `series` strings the meetings of one format together; `ordinal` is their number as stated.
    `Accept` or a suffix (`/v1/meetings.csv`) gives the same as JSON Lines or CSV.
    """
    format = negotiated(reading, OF_MEETINGS)
    if format is not JSON:
        return formatted_meetings(reading, query, format)
    page = read_meetings(reading.connection, query, reading.names)
    beside = {}
    if query.highlight:
        beside["highlights"] = canonical_json(highlights(query, page.documents, reading.names))
    return link_formats(page_answer(reading, page.documents, page.next, **beside), reading, "meetings")


add_record_routes(
    router,
    "",
    Entity.meeting,
    MeetingPublic,
    "One meeting: when and where, who attended in which office, on which sources it is known. `inferred` tells, "
    "field by field, what the sources do not state outright and why it is so. Its pledges are at "
    "`/v1/pledges?meeting=…`; the whole as one document is at `/v1/meetings/{id}/document`.",
    "Meetings",
)


@router.get(
    "/{id}/document", operation_id="get_meeting_document", tags=["Meetings"], summary="Read a meeting whole",
    response_model=MeetingLine, responses=responses(404),
)  # fmt: skip
def get_meeting_document(reading: Reading, id: str, query: Annotated[DocumentQuery, Query()]) -> Response:
    """The meeting with its pledges as one line of the book: what a seed file and a line of the export hold.

    Take one as the pattern for your own: without `kind` and `id` it has the shape that posting a meeting takes.
    """
    connection = reading.connection
    if read_revision(connection, Entity.meeting, id) is None:
        raise no_such_record(connection, Entity.meeting, id)
    line = next(meeting_lines(connection, [id], seq_at(connection, query.as_of) if query.as_of else None), None)
    if line is None:
        raise NotFound("The book did not have this meeting yet at that moment.")
    return json_answer(line)


@router.post(
    "", operation_id="post_meeting", tags=["Posting"], summary="Post a meeting", status_code=201,
    response_model=MeetingPosted,
    responses={200: {"model": MeetingPosted}, **responses(401, 403, 409, 413, 415, 422, 503)},
)  # fmt: skip
def post_meeting(
    writer: Posting,
    meeting: Annotated[MeetingCreate, Body()],
    allow_similar: AllowSimilar = False,
) -> Response:
    """A meeting with all its pledges, whole, in one transaction: all of it is on disk when this answers, or none of it.

    1. Put your key into **Authorize**. Try it first with `dry_run=true`, which checks everything and writes nothing.
    2. Sources, persons and instruments that the book knows are named by id; a new one is given whole in that place.
    3. Of a source, `sha256` is that of its text in UTF-8, and `length` counts its code points. The text is not sent.
    4. Each pledge cites at least one span of a source. Its `summary` is in your own words, never the source's.
    5. An `id` left out is made of day, parties and type; a `number` left out is the next free one.

    A meeting of the same parties, day and type as one that stands is 409, with its id; if yours is really another, say
    so with `allow_similar=true`. The example can be posted once as it is; a second time it is its own double.
    """
    id, _ = create_meeting(writer, meeting, allow_similar=allow_similar)
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
    writer: Posting,
    id: str,
    sent: Annotated[list[PledgeOrRepeat], Body(min_length=1, max_length=500)],
    allow_similar: AllowSimilar = False,
) -> Response:
    """Pledges that were found later, or a second report of a meeting that stands.

    What the second report repeats is not counted again: send `{"repeats": 7, "citations": […]}`, and its citations
    join those of number 7. Sources that are newly cited become sources of the meeting.
    """
    ids = add_pledges(writer, id, sent, allow_similar=allow_similar)
    documents = read_documents(writer.connection, Entity.pledge, ids)
    body = f'{{"items":[{",".join(documents[id] for id in ids)}]}}'
    return written_answer(writer, body.encode(), 201, f"/v1/pledges?meeting={id}&kind=any")
