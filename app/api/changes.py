"""/v1/changes: the ledger, for those who follow the book or keep watch over it."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row
from starlette.responses import StreamingResponse

from app.http.problems import responses
from app.http.read_route import Reading, Stream
from app.http.responses import json_answer, page_answer
from app.http.write_route import Router
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.changes import ChangePage, LedgerHead
from app.store.cursors import decode_cursor, encode_cursor
from app.store.ledger import LAST_SEQ, read_changes
from app.store.models import Revision, columns

router = Router(prefix="/v1", tags=["Ledger"])
_CHUNK = 500


class ChangesQuery(BaseModel):
    """Which changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: int = Field(0, ge=0, le=LAST_SEQ, description="Changes behind this `seq`; 0 is the beginning.")


class ChangePageQuery(ChangesQuery):
    """Which page of the changes."""

    limit: int = Field(50, ge=1, le=200, description="Changes on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")


@router.get(
    "/changes", operation_id="list_changes", summary="Follow the changes", response_model=ChangePage,
    responses=responses(422),
)  # fmt: skip
def list_changes(reading: Reading, query: Annotated[ChangePageQuery, Query()]) -> Response:
    """Every accepted write in order, with the whole record as it stood from then on.

    Whoever takes them in order and keeps the last document of each record holds the same book, byte for byte.
    Remember the `seq` of the last one, and ask with `since=` for what came after.
    """
    after, limit = query.since, query.limit
    if query.cursor:
        after = decode_cursor("changes", query.cursor, [columns(Revision).c.seq])[0]
    rows = read_changes(reading.connection, after, limit + 1)
    next = encode_cursor("changes", [rows[limit - 1].seq]) if len(rows) > limit else None
    return page_answer(reading, (_change(row) for row in rows[:limit]), next)


@router.get(
    "/changes/head", operation_id="get_head", summary="Read the head of the ledger", response_model=LedgerHead
)  # fmt: skip
def get_head(reading: Reading) -> Response:
    """The last revision, to keep outside: `pledgebook verify --checkpoint FILE` holds the book against it later."""
    seq, at, hash = reading.head
    return json_answer(canonical_json({"seq": seq, "at": at, "hash": hash}))


@router.get(
    "/changes.jsonl",
    operation_id="stream_changes",
    summary="Follow the changes as JSON Lines",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}, "description": "A change a line."}
    },
)
def stream_changes(reading: Reading, query: Annotated[ChangesQuery, Query()]) -> Stream:
    """All changes behind `since` up to now, a line each, streamed."""

    database = reading.request.app.state.database

    def lines() -> Iterator[bytes]:
        seq = query.since
        while True:
            rows = database.read_in_thread(partial(read_changes, since=seq, limit=_CHUNK))
            if not rows:
                return
            seq = rows[-1].seq
            yield "".join(f"{_change(row)}\n" for row in rows).encode()

    return Stream(lines(), "application/jsonl")


def _change(row: Row[Any]) -> str:
    """A revision as the feed gives it. The document stands in it as it is stored: those bytes are what was hashed."""
    names = ("seq", "at", "actor", "entity", "id", "version", "operation")
    facts = canonical_json({name: getattr(row, name) for name in names})
    hashes = {name: canonical_json(getattr(row, name)) for name in ("previous_hash", "hash")}
    return with_members(facts, document=row.document, **hashes)
