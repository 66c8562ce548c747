"""GET /v1/export.jsonl: the whole book, line by line."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from app.exchange.book_files import export
from app.http.dependencies import AsOf, Reading, StrictRoute, streamed_answer
from app.http.problems import responses
from app.store.ledger import seq_at

router = APIRouter(prefix="/v1", tags=["Book"], route_class=StrictRoute)


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
def export_book(request: Request, connection: Reading, as_of: AsOf = None) -> StreamingResponse:
    """The whole book as JSON Lines: parties, topics, instruments, participants, sources, then meetings with their
    pledges, one record a line.

    It is the form that `pledgebook load` reads: load it into an empty book and export again, and the bytes are the
    same. Each line has a `kind` and the shape that posting takes; nothing derived stands in it.
    """
    seq = seq_at(connection, as_of) if as_of else None
    connection.close()  # the lines open their own, and who waits for a connection must not hold one

    def lines() -> Iterator[bytes]:
        with request.app.state.database.reading() as connection:
            for line in export(connection, seq):
                yield f"{line}\n".encode()

    return streamed_answer(lines(), "application/jsonl")
