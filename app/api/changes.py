"""/v1/changes: the ledger, for those who follow the book or keep watch over it."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Row
from starlette.responses import StreamingResponse

from app.http.dependencies import IfNoneMatch, Reading, StrictRoute, list_answer, list_etag, streamed_answer
from app.http.problems import responses
from app.schemas.canonical_json import canonical_json
from app.schemas.changes import ChangePage, LedgerHead
from app.store.cursors import decode_cursor, encode_cursor
from app.store.ledger import read_changes, read_head
from app.store.models import Revision, columns

router = APIRouter(prefix="/v1", tags=["Ledger"], route_class=StrictRoute)
Since = Annotated[int, Query(ge=0, le=2**31 - 1, description="Changes behind this `seq`; 0 is the beginning.")]
_CHUNK = 500


@router.get(
    "/changes", operation_id="list_changes", summary="Follow the changes", response_model=ChangePage,
    responses=responses(422),
)  # fmt: skip
def list_changes(
    request: Request,
    connection: Reading,
    since: Since = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="Changes on a page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="The `next` of the page before.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Every accepted write in order, with the whole record as it stood from then on.

    Whoever takes them in order and keeps the last document of each record holds the same book, byte for byte.
    Remember the `seq` of the last one, and ask with `since=` for what came after.
    """
    etag = list_etag(connection, request)
    after = decode_cursor("changes", cursor, [columns(Revision).c.seq])[0] if cursor else since
    rows = read_changes(connection, after, limit + 1)
    next = encode_cursor("changes", [rows[limit - 1].seq]) if len(rows) > limit else None
    return list_answer((_change(row) for row in rows[:limit]), next, etag, request, if_none_match)


@router.get(
    "/changes/head", operation_id="get_head", summary="Read the head of the ledger", response_model=LedgerHead
)  # fmt: skip
def get_head(connection: Reading) -> LedgerHead:
    """The last revision, to keep outside: `pledgebook verify --checkpoint FILE` holds the book against it later."""
    head = read_head(connection)
    return LedgerHead(seq=head.seq, at=head.at, hash=head.hash)


@router.get(
    "/changes.jsonl",
    operation_id="stream_changes",
    summary="Follow the changes as JSON Lines",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}, "description": "A change a line."}
    },
)
def stream_changes(request: Request, since: Since = 0) -> StreamingResponse:
    """All changes behind `since` up to now, a line each, streamed."""

    def lines() -> Iterator[bytes]:
        seq = since
        while True:
            with request.app.state.database.reading() as connection:
                rows = read_changes(connection, seq, _CHUNK)
            if not rows:
                return
            seq = rows[-1].seq
            yield "".join(f"{_change(row)}\n" for row in rows).encode()

    return streamed_answer(lines(), "application/jsonl")


def _change(row: Row[Any]) -> str:
    """A revision as the feed gives it. The document stands in it as it is stored: those bytes are what was hashed."""
    names = ("seq", "at", "actor", "entity", "id", "version", "operation")
    facts = canonical_json({name: getattr(row, name) for name in names})
    return f'{facts[:-1]},"document":{row.document},"previous_hash":"{row.previous_hash}","hash":"{row.hash}"}}'
