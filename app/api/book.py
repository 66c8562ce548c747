"""GET /v1/export.jsonl: the whole book as document lines."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from starlette.responses import StreamingResponse

from app.exchange.book_files import export
from app.http.dependencies import AsOfQuery
from app.http.problems import responses
from app.http.read_route import Reading, Stream
from app.http.write_route import Router
from app.store.ledger import seq_at

router = Router(prefix="/v1", tags=["Book"])


@router.get(
    "/export.jsonl",
    operation_id="export_book",
    summary="Export the book",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"application/jsonl": {"schema": {"type": "string"}}},
            "description": "Document lines, one JSON object each.",
        },
        **responses(422),
    },
)
def export_book(reading: Reading, query: Annotated[AsOfQuery, Query()]) -> Stream:
    """Returns the whole book as JSON Lines: parties, topics, instruments, participants and sources, then meetings with
    their pledges. Each line is one record.

    `pledgebook load` reads this format. If you load an export into an empty book and export it again, the bytes are the
    same. Each line has a `kind` and the fields that you can post; it has no derived fields.
    """
    seq = seq_at(reading.connection, query.as_of) if query.as_of else None
    database = reading.request.app.state.database

    def lines() -> Iterator[bytes]:
        with database.reading() as connection:
            for line in export(connection, seq):
                yield f"{line}\n".encode()

    return Stream(lines(), "application/jsonl")
