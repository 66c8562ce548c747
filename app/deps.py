"""What routes depend on: the two sessions, strict JSON bodies, and answers made of stored documents.

A write's transaction is committed when the route's function returns and before the answer is sent (`scope="function"`).
"""

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.routing import APIRoute
from sqlmodel import Session

from app import __version__
from app.db import Database
from app.errors import NotFound
from app.ledger import Writer, read_head, read_revision, retracted_since
from app.naming import did_you_mean
from app.recording import Kind
from app.wire import parse_json


def _reading(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.database
    with database.reading() as session:
        yield session


DryRun = Annotated[
    bool, Query(description="Check everything and answer as if it were written, and write nothing. Answers 200.")
]


def _writing(request: Request, dry_run: DryRun = False) -> Iterator[Writer]:
    database: Database = request.app.state.database
    with database.writing(commit=not dry_run) as session:
        yield Writer(session, request.state.actor)


Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Writer, Depends(_writing, scope="function")]
IfNoneMatch = Annotated[str | None, Header(description="An ETag; answered 304 while it stands.", max_length=500)]


class _StrictRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


class StrictRoute(APIRoute):
    """A route whose JSON bodies are read by our one strict parser."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


# Answers --------------------------------------------------------------------------------------------------------------


def record_answer(session: Session, kind: Kind, id: str, if_none_match: str | None) -> Response:
    """One record as the ledger has it, with its revision's hash for an ETag; a retracted one says since when."""
    revision = read_revision(session, kind.entity, id)
    if revision is None:
        raise NotFound(f"No {kind.entity} has this id{did_you_mean(session, kind.entity, id)}.")
    document = revision.document
    if json.loads(document)["retracted"] is not None:
        retracted_at = retracted_since(session, kind.entity, id)
        document = f'{document[:-1]},"retracted_at":"{retracted_at}"}}'
    return _answer(document.encode(), f'"{revision.hash}"', if_none_match)


def list_etag(session: Session, request: Request, form: str = "") -> str:
    """The state of the book that an answer is right for: of a list, or composed of several records; `form` tells
    apart the renderings that have one address.

    Read before the rows: an answer may then be newer than its ETag says, but never older.
    """
    head = read_head(session)
    day = datetime.now(UTC).date()
    rendering = hashlib.blake2b(f"{request.url.path}?{request.url.query}#{form}".encode(), digest_size=6).hexdigest()
    return f'W/"{head.seq}-{head.hash[:8]}-{__version__}-{day}-{rendering}"'


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


def composed_answer(body: str, etag: str, if_none_match: str | None) -> Response:
    """An answer made of several records."""
    return _answer(body.encode(), etag, if_none_match)


def matches(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this answer already."""
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def _answer(body: bytes, etag: str, if_none_match: str | None, status: int = 200) -> Response:
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if status == 200 and matches(etag, if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")
