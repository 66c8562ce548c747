"""Answers made of stored documents: one record, a page of a list, what a write has left."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection
from starlette.responses import Response

from app.errors import NotFound
from app.http.dependencies import RequestWriter
from app.http.idempotency import Answer, keep_answer
from app.http.read_route import Snapshot
from app.schemas.canonical_json import list_json, with_members
from app.schemas.vocabulary import Entity
from app.search.names import no_such_record
from app.store.ledger import read_revision, read_revision_at, retracted_since, seq_at


def record_answer(connection: Connection, entity: Entity, id: str, as_of: str | None = None) -> Response:
    """One record as the ledger has it, or had it at `as_of`; its ETag is the hash of its revision.

    A retracted one has `retracted_at`. Raises NotFound, with the nearest ids.
    """
    revision = read_revision(connection, entity, id)
    if revision is None:
        raise no_such_record(connection, entity, id)
    if as_of is not None:
        revision = read_revision_at(connection, entity, id, seq_at(connection, as_of))
        if revision is None:
            raise NotFound(f"The book did not have this {entity} yet at that moment.")
    document = revision.document
    if json.loads(document)["retracted"] is not None:
        retracted_at = retracted_since(connection, entity, id, revision.seq)
        document = with_members(document, retracted_at=f'"{retracted_at}"')
    return Response(document, 200, {"ETag": f'"{revision.hash}"'}, "application/json")


def json_answer(body: str) -> Response:
    """An answer made of several records. The route gives it the ETag of the book's state."""
    return Response(body, media_type="application/json")


def page_answer(snapshot: Snapshot, items: Iterable[str], next: str | None, **beside: str) -> Response:
    """A page of stored documents and a link to the next page; `beside` are further members, as JSON."""
    answer = json_answer(list_json(items, next, **beside))
    if next:
        url = snapshot.request.url.include_query_params(cursor=next)
        answer.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return answer


def written_record(
    writer: RequestWriter, entity: Entity, id: str, status: int = 200, location: str | None = None
) -> Response:
    """The record that a write has left, with the ETag that the next write of it needs."""
    answer = record_answer(writer.connection, entity, id)
    return written_answer(writer, bytes(answer.body), status, location, answer.headers["ETag"])


def written_answer(
    writer: RequestWriter, body: bytes, status: int, location: str | None, etag: str | None = None
) -> Response:
    """The answer to a write. Under an Idempotency-Key it is kept, in the write's own transaction, for replays."""
    if writer.is_dry:
        status = 200
    elif writer.request_key:
        keep_answer(writer.connection, writer.request_key, Answer(status, body.decode(), location, etag), writer.now)
    headers = {name: value for name, value in (("Location", location), ("ETag", etag)) if value}
    return Response(body, status, headers, "application/json")
