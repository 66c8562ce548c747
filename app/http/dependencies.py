"""What the endpoints of writes depend on: a writer, and the headers and parameters that all writes share."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from sqlalchemy import Connection

from app.http.idempotency import Replayed, RequestKey, find_answer
from app.http.write_route import Opener
from app.schemas.fields import LONGEST_CONDITION, Since
from app.store.database import Database
from app.store.ledger import Writer

IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[!-~]{1,200}$",
        description="A name you choose for this request. Sent again within 24 hours, the first answer is given again "
        "and nothing is written twice.",
    ),
]
DryRun = Annotated[
    bool, Query(description="Check everything and answer as if it were written, and write nothing. Answers 200.")
]


class RequestWriter(Writer):
    """The writer of one request: whether it is a dry run, and the key under which its answer is kept, if it has one."""

    is_dry = False
    request_key: RequestKey | None = None


@contextmanager
def _writing(
    database: Database, actor: str, *, is_dry: bool = False, key: RequestKey | None = None
) -> Iterator[RequestWriter]:
    """The lock, and a writer under it. What is written is on disk when this ends, or nothing is kept of it."""
    with database.writing(commit=not is_dry) as connection:
        writer = RequestWriter(connection, actor)
        writer.is_dry = is_dry
        if key is not None:
            if answer := find_answer(connection, key, writer.now):
                raise Replayed(answer)
            writer.request_key = key
        yield writer


async def _body_hash(request: Request) -> str:
    return hashlib.sha256(await request.body()).hexdigest()


async def _drafting(request: Request) -> Opener:
    return Opener(request.app.state.database.reading)


async def _changing(request: Request) -> AsyncIterator[Opener]:
    yield Opener(partial(_writing, request.app.state.database, request.state.actor))


async def _posting(
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


# A writer that waits for the writing lock holds a thread. At most so many wait in threads, so that some are left over
# for reads; the others wait in a queue without one.
_WAITING_WRITERS = 8

Changing = Annotated[RequestWriter, Depends(_changing, scope="function", max_concurrency=_WAITING_WRITERS)]
Posting = Annotated[RequestWriter, Depends(_posting, scope="function", max_concurrency=_WAITING_WRITERS)]
Drafting = Annotated[Connection, Depends(_drafting)]
IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag of the record as it was read. Needed: 428 without, 412 if stale.",
        max_length=LONGEST_CONDITION,
    ),
]
AsOf = Annotated[
    Since | None, Query(description="As it stood at this `seq` of the ledger, or at this instant (RFC 3339, UTC).")
]
