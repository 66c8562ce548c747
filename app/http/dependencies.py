"""What routes depend on: a connection to read or a writer, strict JSON bodies, and answers made of stored documents.

A write's transaction is committed when the route's function returns and before the answer is sent.
"""

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial, wraps
from itertools import chain
from typing import Annotated, Any, get_origin

from fastapi import Depends, Header, Query, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from starlette.responses import StreamingResponse

from app.errors import NotFound, UnsupportedMedia
from app.http.conditional import matches
from app.http.etags import list_etag_at, rendering_of
from app.http.idempotency import Answer, Replayed, RequestKey, find_answer, keep_answer
from app.schemas.canonical_json import parse_json
from app.schemas.fields import LONGEST_CONDITION, Since
from app.schemas.vocabulary import Entity
from app.search.names import did_you_mean
from app.store.database import Database
from app.store.ledger import Writer, read_head, read_revision, read_revision_at, retracted_since, seq_at

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


async def _body_hash(request: Request) -> str:
    return hashlib.sha256(await request.body()).hexdigest()


@dataclass(frozen=True)
class Opening:
    """A connection or writer that has yet to be opened: a route's function is given what it opens to."""

    opened: Callable[[], AbstractContextManager[Any]]


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


async def _reading(request: Request) -> Opening:
    return Opening(request.app.state.database.reading)


async def _changing(request: Request) -> AsyncIterator[Opening]:
    yield Opening(partial(_writing, request.app.state.database, request.state.actor))


async def _posting(
    request: Request,
    body_hash: Annotated[str, Depends(_body_hash)],
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
) -> AsyncIterator[Opening]:
    actor, key = request.state.actor, None
    if idempotency_key is not None and not dry_run:
        target = f"{request.url.path}?{request.url.query}"
        key = RequestKey(actor, idempotency_key, request.method, target, body_hash)
    yield Opening(partial(_writing, request.app.state.database, actor, is_dry=dry_run, key=key))


# Those who wait for the writing lock hold a thread each. So few may wait at once that threads are left over for reads;
# the others wait in a queue that holds none.
_WAITING_WRITERS = 8

Reading = Annotated[Connection, Depends(_reading)]
Changing = Annotated[RequestWriter, Depends(_changing, scope="function", max_concurrency=_WAITING_WRITERS)]
Posting = Annotated[RequestWriter, Depends(_posting, scope="function", max_concurrency=_WAITING_WRITERS)]
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
IfNoneMatch = Annotated[
    str | None, Header(description="An ETag; answered 304 while it stands.", max_length=LONGEST_CONDITION)
]


class _StrictRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


class OpeningRoute(APIRoute):
    """A route whose function is given what it reads or writes with, and run with all of it in one turn of a thread."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, _in_one_turn(endpoint), **given)


class StrictRoute(OpeningRoute):
    """One that reads JSON by our one strict parser, and ignores nothing that it is asked.

    A parameter it does not know, or one given twice that it takes once, is refused.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        takes = cache(lambda: dict(_parameters(self)))  # on the first request: most of them are not asked at once

        async def handle_strictly(request: Request) -> Response:
            if self.body_field:
                _refuse_media(request)
            _refuse_parameters(request, takes())
            strict = _StrictRequest(request.scope, request.receive)
            if self.body_field:
                await strict.body()  # here, where a body that is too large is answered as what it is
            return await handle(strict)

        return handle_strictly


def _in_one_turn(function: Callable[..., Any]) -> Callable[..., Any]:
    """A route's function, with what it needs opened before it and closed after it, all in the thread that runs it.

    Opened and closed as dependencies, they would wait three times for the event loop, a writer with the lock in its
    hands: beside 64 readers without a pause that left room for 4 to 12 writes a second, where there are 39 to 50 now.
    """

    @wraps(function)
    def run(**given: Any) -> Any:
        with ExitStack() as stack:
            for name, value in given.items():
                if isinstance(value, Opening):
                    given[name] = stack.enter_context(value.opened())
            return function(**given)

    return run


def _refuse_media(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMedia("Send `Content-Type: application/json`.")


def _parameters(route: APIRoute) -> Iterator[tuple[str, bool]]:
    """The query parameters that a route takes, each with whether it may be repeated."""
    for field in get_flat_params(route.dependant):
        if not isinstance(field.field_info, params.Path | params.Header | params.Cookie):
            yield field.alias, get_origin(field.field_info.annotation) is list


def _refuse_parameters(request: Request, takes: Mapping[str, bool]) -> None:
    if any("\0" in value for value in request.path_params.values()):
        raise NotFound("No record has this id.")  # PostgreSQL would refuse to be asked for it
    wrong: list[dict[str, Any]] = []
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in takes:
            wrong.append({"type": "extra_forbidden", "loc": ("query", name)})
        elif count > 1 and not takes[name]:
            wrong.append({"type": "value_error", "loc": ("query", name), "ctx": {"error": "must be given once"}})
    if wrong:
        raise RequestValidationError(wrong)


# Answers --------------------------------------------------------------------------------------------------------------


def record_answer(
    connection: Connection, entity: Entity, id: str, if_none_match: str | None = None, as_of: str | None = None
) -> Response:
    """One record as the ledger has it (or had it at `as_of`), with its revision's hash for an ETag.

    A retracted one says since when.
    """
    revision = read_revision(connection, entity, id)
    if revision is None:
        raise NotFound(f"No {entity} has this id{did_you_mean(connection, entity, id)}.")
    if as_of is not None:
        revision = read_revision_at(connection, entity, id, seq_at(connection, as_of))
        if revision is None:
            raise NotFound(f"The book did not have this {entity} yet at that moment.")
    document = revision.document
    if json.loads(document)["retracted"] is not None:
        retracted_at = retracted_since(connection, entity, id, revision.seq)
        document = f'{document[:-1]},"retracted_at":"{retracted_at}"}}'
    return _answer(document.encode(), f'"{revision.hash}"', if_none_match)


def written_answer(
    writer: RequestWriter, entity: Entity, id: str, status: int = 200, location: str | None = None
) -> Response:
    """The record that a write has left, with the ETag that the next write of it needs."""
    answer = record_answer(writer.connection, entity, id)
    return written(writer, bytes(answer.body), status, location, answer.headers["ETag"])


def written(writer: RequestWriter, body: bytes, status: int, location: str | None, etag: str | None = None) -> Response:
    """The answer to a write. Under an Idempotency-Key it is kept, in the write's own transaction, for replays."""
    if writer.is_dry:
        status = 200
    elif writer.request_key:
        keep_answer(writer.connection, writer.request_key, Answer(status, body.decode(), location, etag), writer.now)
    headers = {name: value for name, value in (("Location", location), ("ETag", etag)) if value}
    return Response(body, status, headers, "application/json")


def list_etag(connection: Connection, request: Request, form: str = "") -> str:
    """The state of the book that an answer is right for: of a list, or composed of several records; `form` tells
    apart the renderings that have one address.

    Read before the rows: an answer may then be newer than its ETag says, but never older.
    """
    head = read_head(connection)
    return list_etag_at(head.seq, head.hash, rendering_of(f"{request.url.path}?{request.url.query}#{form}"))


def list_answer(
    items: Iterable[str], next: str | None, etag: str, request: Request, if_none_match: str | None, **beside: str
) -> Response:
    """A page of stored documents, joined as they are; `beside` are further members, as JSON."""
    more = "".join(f',"{name}":{value}' for name, value in beside.items())
    cursor = f'"{next}"' if next else "null"
    answer = _answer(f'{{"items":[{",".join(items)}],"next":{cursor}{more}}}'.encode(), etag, if_none_match)
    if next:
        url = request.url.include_query_params(cursor=next)
        answer.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return answer


def streamed_answer(chunks: Iterator[bytes], media_type: str) -> StreamingResponse:
    """An answer sent while it is made. Its first chunk is made before, so that what fails at once is a problem."""
    return StreamingResponse(chain([next(chunks, b"")], chunks), media_type=media_type)


def composed_answer(body: str, etag: str, if_none_match: str | None) -> Response:
    """An answer made of several records."""
    return _answer(body.encode(), etag, if_none_match)


def _answer(body: bytes, etag: str, if_none_match: str | None) -> Response:
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if matches(etag, if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")
