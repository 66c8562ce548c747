"""Dependencies that routes share: the writer of a request, and headers and parameters that several routes have."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app.http.idempotency import Replayed, RequestKey, find_response
from app.http.write_route import Opener
from app.schemas.fields import LONGEST_CONDITION, Since
from app.store.database import Database
from app.store.ledger import Writer

IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[!-~]{1,200}$",
        description="A key that you choose for this request. If you send the request again within 24 hours, you get "
        "the first response again and nothing is written twice.",
    ),
]
DryRun = Annotated[
    bool, Query(description="True: check the data and return the response with status 200, but write nothing.")
]
IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag of the record as you read it. Required: 428 without it, 412 if it is stale.",
        max_length=LONGEST_CONDITION,
    ),
]
AsOf = Annotated[
    Since | None,
    Query(description="Return the state at this `seq` of the ledger, or at this time (RFC 3339, UTC)."),
]


class AsOfQuery(BaseModel):
    """Parameters of a read that can return an earlier state."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: AsOf = None


class PageQuery(BaseModel):
    """Parameters of a list that is sent in pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="The maximum number of items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the previous page.")


class RequestWriter(Writer):
    """The writer of one request. `request_key` is set if the response must be stored for a retry."""

    is_dry = False
    request_key: RequestKey | None = None


@contextmanager
def _writing(
    database: Database, actor: str, *, is_dry: bool = False, key: RequestKey | None = None
) -> Iterator[RequestWriter]:
    """A writer that holds the write lock. Its transaction is committed at the end, or rolled back after an error.

    Raises Replayed if a response is stored for `key`.
    """
    with database.writing(commit=not is_dry) as connection:
        writer = RequestWriter(connection, actor)
        writer.is_dry = is_dry
        if key is not None:
            if stored := find_response(connection, key, writer.now):
                raise Replayed(stored)
            writer.request_key = key
        yield writer


async def _body_hash(request: Request) -> str:
    return hashlib.sha256(await request.body()).hexdigest()


async def _open_reader(request: Request) -> Opener:
    return Opener(request.app.state.database.reading)


async def _open_edit_writer(request: Request) -> AsyncIterator[Opener]:
    yield Opener(partial(_writing, request.app.state.database, request.state.actor))


async def _open_post_writer(
    request: Request,
    body_hash: Annotated[str, Depends(_body_hash)],
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
) -> AsyncIterator[Opener]:
    actor, key = request.state.actor, None
    if idempotency_key is not None and not dry_run:
        target = f"{request.url.path}?{request.url.query}"
        key = RequestKey(actor, idempotency_key, request.method, target, body_hash)
    yield Opener(partial(_writing, request.app.state.database, actor, is_dry=dry_run, key=key))


# A writer that waits for the write lock occupies a thread. This limit keeps threads free for reads; further writers
# wait in a queue without a thread.
_WAITING_WRITERS = 8

EditWriter = Annotated[RequestWriter, Depends(_open_edit_writer, scope="function", max_concurrency=_WAITING_WRITERS)]
PostWriter = Annotated[RequestWriter, Depends(_open_post_writer, scope="function", max_concurrency=_WAITING_WRITERS)]
ReadConnection = Annotated[Connection, Depends(_open_reader)]
