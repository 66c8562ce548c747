"""Routes that every kind of record has: read (now or at an earlier state), change, retract, restore, and history."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, Query, Response
from pydantic import BaseModel
from sqlalchemy import Row

from app.http.conditional import require_match
from app.http.dependencies import AsOfQuery, EditWriter, IfMatch, PageQuery
from app.http.problems import responses
from app.http.read_route import Reading, Snapshot
from app.http.responses import newest_revision, page_answer, record_answer, written_record
from app.http.write_route import Router
from app.records import edit
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.changes import History
from app.schemas.fields import Prose
from app.schemas.vocabulary import Entity
from app.store.cursors import decode_cursor, encode_cursor
from app.store.ledger import read_history
from app.store.models import Revision, columns

Patch = Annotated[
    dict[str, Any],
    Body(
        media_type="application/merge-patch+json",
        description="JSON Merge Patch (RFC 7396): the fields to change. Null sets a field to its default; "
        '`"retracted": null` restores the record.',
    ),
]
Reason = Annotated[Prose, Query(description="The reason for the retraction. It is stored with the record.")]


def add_record_routes(
    router: Router,
    path: str,
    entity: Entity,
    public: type[BaseModel],
    description: str,
    tag: str,
    read: Callable[..., Response] | None = None,
) -> None:
    """Add GET, PATCH and DELETE of one record, and GET of its history, to `router`.

    Pass `read` as the endpoint of GET if the answer has more than the document.
    """
    name = entity.value
    a_name = with_article(name)

    def get_record(reading: Reading, id: str, query: Annotated[AsOfQuery, Query()]) -> Response:
        return record_answer(reading.connection, entity, id, query.as_of)

    def change_record(writer: EditWriter, id: str, patch: Patch, if_match: IfMatch = None) -> Response:
        current = edit.read_current(writer, entity, id)
        require_match(current, if_match)
        edit.change(writer, entity, current, patch)
        return written_record(writer, entity, id)

    def retract_record(writer: EditWriter, id: str, reason: Reason, if_match: IfMatch = None) -> Response:
        current = edit.read_current(writer, entity, id)
        require_match(current, if_match)
        edit.retract(writer, entity, current, reason)
        return written_record(writer, entity, id)

    def get_history(reading: Reading, id: str, query: Annotated[PageQuery, Query()]) -> Response:
        return _history_answer(reading, entity, id, query)

    add = router.add_api_route
    one = f"{path}/{{id}}"
    add(
        one, read or get_record, methods=["GET"], operation_id=f"get_{name}", summary=f"Read one {name}", tags=[tag],
        description=description, response_model=public, responses=responses(404, 422),
    )  # fmt: skip
    add(
        one, change_record, methods=["PATCH"], operation_id=f"change_{name}", summary=f"Change {a_name}",
        tags=["Editing"], response_model=public, responses=responses(401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
        description=f"Changes the fields in the body, or restores a retracted {name} with `\"retracted\": null`. Send "
        "the ETag of the version that you read as `If-Match`. Earlier versions stay in the history.",
    )  # fmt: skip
    add(
        one, retract_record, methods=["DELETE"], operation_id=f"retract_{name}", summary=f"Retract {a_name}",
        tags=["Editing"], response_model=public, responses=responses(401, 403, 404, 409, 412, 422, 428, 503),
        description=f"Retracts {a_name} that was added by mistake. Nothing is deleted: it can still be read by id, "
        "with the reason, but lists omit it. The response is 409 if another record refers to it.",
    )  # fmt: skip
    add(
        f"{one}/history", get_history, methods=["GET"], operation_id=f"get_{name}_history",
        summary=f"Read {a_name}'s history", tags=["Ledger"], response_model=History, responses=responses(404, 422),
        description="Returns every version in order: its author and time, the fields that it changed, its document "
        "and its hash.",
    )  # fmt: skip


def with_article(name: str) -> str:
    """The name with its indefinite article: `a topic`, `an instrument`."""
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _history_answer(reading: Snapshot, entity: Entity, id: str, query: PageQuery) -> Response:
    connection, limit = reading.connection, query.limit
    newest_revision(connection, entity, id)  # raises NotFound for an unknown id
    fingerprint = canonical_json(["history", entity, id])
    after = decode_cursor(fingerprint, query.cursor, [columns(Revision).c.version])[0] if query.cursor else 0
    # The version before the page is read too, to compare the first version of the page with it.
    rows = list(read_history(connection, entity, id, max(after - 1, 0), limit + 2))
    before = json.loads(rows.pop(0).document) if after and rows else {}
    more = len(rows) > limit
    items = []
    for row in rows[:limit]:
        document = json.loads(row.document)
        items.append(_version(row, _changed_fields(before, document) if before else []))
        before = document
    return page_answer(reading, items, encode_cursor(fingerprint, [after + limit]) if more else None)


def _changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in after if name != "version" and before.get(name) != after[name]]


def _version(row: Row[Any], changed: list[str]) -> str:
    members = {
        "version": row.version,
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor,
        "operation": row.operation,
        "changed": changed,
        "hash": row.hash,
    }
    return with_members(canonical_json(members), document=row.document)
