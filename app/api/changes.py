"""/v1/changes: the revisions of the ledger, for clients that copy or verify the book."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row
from starlette.responses import StreamingResponse

from app.http.dependencies import PageQuery
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
_CHUNK = 500  # revisions


class ChangesQuery(BaseModel):
    """Parameters of the streamed changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: int = Field(0, ge=0, le=LAST_SEQ, description="Return only changes after this `seq`; 0 returns all.")


class ChangePageQuery(PageQuery, ChangesQuery):
    """Parameters of a page of changes."""


@router.get(
    "/changes", operation_id="list_changes", summary="List changes", response_model=ChangePage,
    responses=responses(422),
)  # fmt: skip
def list_changes(reading: Reading, query: Annotated[ChangePageQuery, Query()]) -> Response:
    """Returns the revisions of the ledger in order, each with the whole document of its record.

    A client that reads all of them and keeps the newest document of each record has an exact copy of the book. Save the
    `seq` of the last revision, and send it as `since=` to get the revisions after it.
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
    """Returns the newest revision's sequence number, time and hash. Save it outside the book as a checkpoint.

    `pledgebook verify --checkpoint FILE` later checks that the ledger still contains this revision.
    """
    seq, at, hash = reading.head
    return json_answer(canonical_json({"seq": seq, "at": at, "hash": hash}))


@router.get(
    "/changes.jsonl",
    operation_id="stream_changes",
    summary="Stream changes as JSON Lines",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"application/jsonl": {"schema": {"type": "string"}}},
            "description": "One revision on each line.",
        }
    },
)
def stream_changes(reading: Reading, query: Annotated[ChangesQuery, Query()]) -> Stream:
    """Returns all revisions after `since` as a stream, one on each line."""
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
    """A revision as JSON. The document is inserted as stored, because its bytes are those that were hashed."""
    names = ("seq", "at", "actor", "entity", "id", "version", "operation")
    facts = canonical_json({name: getattr(row, name) for name in names})
    hashes = {name: canonical_json(getattr(row, name)) for name in ("previous_hash", "hash")}
    return with_members(facts, document=row.document, **hashes)
