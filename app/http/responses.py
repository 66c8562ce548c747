"""JSON responses: one record, a page of a list, and the record after a write.

Documents are sent as they are stored, byte for byte; only a retracted record gets `retracted_at`.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row
from starlette.responses import Response

from app.errors import NotFound
from app.http.dependencies import RequestWriter
from app.http.idempotency import StoredResponse, store_response
from app.http.read_route import Snapshot
from app.schemas.canonical_json import list_json, with_members
from app.schemas.vocabulary import Entity
from app.search.names import no_such_record
from app.store.ledger import read_revision, read_revision_at, retracted_since, seq_at


def newest_revision(connection: Connection, entity: Entity, id: str) -> Row[Any]:
    """The newest revision of a record. Raises NotFound with the nearest ids."""
    revision = read_revision(connection, entity, id)
    if revision is None:
        raise no_such_record(connection, entity, id)
    return revision


def not_yet_in_book(entity: Entity) -> NotFound:
    """The error for a record that was added after the state that `as_of` names."""
    return NotFound(f"This {entity} was not in the book at that time.")


def record_answer(connection: Connection, entity: Entity, id: str, as_of: str | None = None) -> Response:
    """The document of one record, now or at `as_of`, with the hash of its revision as the ETag.

    The document of a retracted record has the additional field `retracted_at`. Raises NotFound.
    """
    revision: Row[Any] | None = newest_revision(connection, entity, id)
    if as_of is not None:
        revision = read_revision_at(connection, entity, id, seq_at(connection, as_of))
    if revision is None:
        raise not_yet_in_book(entity)
    document = revision.document
    if json.loads(document)["retracted"] is not None:
        retracted_at = retracted_since(connection, entity, id, revision.seq)
        document = with_members(document, retracted_at=f'"{retracted_at}"')
    return Response(document, 200, {"ETag": f'"{revision.hash}"'}, "application/json")


def json_answer(body: str) -> Response:
    """A JSON response without an ETag. The read route adds the ETag of the book's state."""
    return Response(body, media_type="application/json")


def page_answer(snapshot: Snapshot, items: Iterable[str], next: str | None, **members: str) -> Response:
    """A page of documents, with a `Link` to the next page if there is one.

    `members` are further members of the page, each with its value as JSON.
    """
    response = json_answer(list_json(items, next, **members))
    if next:
        url = snapshot.request.url.include_query_params(cursor=next)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def written_record(
    writer: RequestWriter, entity: Entity, id: str, status: int = 200, location: str | None = None
) -> Response:
    """The response to a write of one record: its new document, with the ETag that the next write of it needs."""
    response = record_answer(writer.connection, entity, id)
    return written_answer(writer, bytes(response.body), status, location, response.headers["ETag"])


def written_answer(
    writer: RequestWriter, body: bytes, status: int, location: str | None, etag: str | None = None
) -> Response:
    """The response to a write. With an idempotency key it is stored in the transaction of the write."""
    if writer.is_dry:
        status = 200
    elif writer.request_key:
        stored = StoredResponse(status, body.decode(), location, etag)
        store_response(writer.connection, writer.request_key, stored, writer.now)
    headers = {name: value for name, value in (("Location", location), ("ETag", etag)) if value}
    return Response(body, status, headers, "application/json")
