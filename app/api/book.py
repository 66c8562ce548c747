"""GET /v1/export.jsonl: the whole book, line by line."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from app.exchange.book_files import export
from app.http.dependencies import AsOf
from app.http.problems import responses
from app.http.read_route import Reading, Stream
from app.http.write_route import Router
from app.store.ledger import seq_at

router = Router(prefix="/v1", tags=["Book"])


class ExportQuery(BaseModel):
    """Which state of the book."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: AsOf = None


@router.get(
    "/export.jsonl",
    operation_id="export_book",
    summary="Export the book",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}, "description": "Lines of a book."},
        **responses(422),
    },
)
def export_book(reading: Reading, query: Annotated[ExportQuery, Query()]) -> Stream:
    """The whole book as JSON Lines: parties, topics, instruments, participants, sources, then meetings with their
    pledges, one record a line.

    It is the form that `pledgebook load` reads: load it into an empty book and export again, and the bytes are the
    same. Each line has a `kind` and the shape that posting takes; nothing derived stands in it.
    """
    seq = seq_at(reading.connection, query.as_of) if query.as_of else None
    database = reading.request.app.state.database

    def lines() -> Iterator[bytes]:
        with database.reading() as connection:
            for line in export(connection, seq):
                yield f"{line}\n".encode()

    return Stream(lines(), "application/jsonl")
