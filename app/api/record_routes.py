"""What every record can do: be read (now or as of then), changed, retracted, restored, and tell its history."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from app.http.dependencies import AsOf, Changing, IfMatch
from app.http.problems import responses
from app.http.read_route import Reading, Snapshot
from app.http.responses import page_answer, record_answer, written_record
from app.http.write_route import Router
from app.records import edit
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.changes import History
from app.schemas.fields import Prose
from app.schemas.vocabulary import Entity
from app.search.names import no_such_record
from app.store.cursors import decode_cursor, encode_cursor
from app.store.ledger import read_history, read_revision
from app.store.models import Revision, columns

Patch = Annotated[
    dict[str, Any],
    Body(
        media_type="application/merge-patch+json",
        description="JSON Merge Patch (RFC 7396): the fields to change; null gives a field its default, and "
        '`"retracted": null` restores the record.',
    ),
]
Reason = Annotated[Prose, Query(description="Why the record was coded in error; it stays with the record.")]


class RecordQuery(BaseModel):
    """Which state of a record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: AsOf = None


class HistoryQuery(BaseModel):
    """Which page of a record's versions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="Versions on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")


def add_record_routes(
    router: Router,
    path: str,
    entity: Entity,
    public: type[BaseModel],
    about: str,
    tag: str,
    read: Callable[..., Response] | None = None,
) -> None:
    """GET (by `read`, if it does more than give the document), PATCH and DELETE of one record, and its history."""
    name = entity.value
    a_name = with_article(name)

    def get_record(reading: Reading, id: str, query: Annotated[RecordQuery, Query()]) -> Response:
        return record_answer(reading.connection, entity, id, query.as_of)

    def change_record(writer: Changing, id: str, patch: Patch, if_match: IfMatch = None) -> Response:
        edit.change(writer, entity, id, patch, if_match)
        return written_record(writer, entity, id)

    def retract_record(writer: Changing, id: str, reason: Reason, if_match: IfMatch = None) -> Response:
        edit.retract(writer, entity, id, reason, if_match)
        return written_record(writer, entity, id)

    def get_history(reading: Reading, id: str, query: Annotated[HistoryQuery, Query()]) -> Response:
        return _history_answer(reading, entity, id, query)

    add = router.add_api_route
    one = f"{path}/{{id}}"
    add(
        one, read or get_record, methods=["GET"], operation_id=f"get_{name}", summary=f"Read one {name}", tags=[tag],
        description=about, response_model=public, responses=responses(404, 422),
    )  # fmt: skip
    add(
        one, change_record, methods=["PATCH"], operation_id=f"change_{name}", summary=f"Change {a_name}",
        tags=["Editing"], response_model=public, responses=responses(401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
        description=f"Changes the fields named, or restores a retracted {name} with `\"retracted\": null`. `If-Match` "
        "carries the ETag of the version you read. The version before stays in its history.",
    )  # fmt: skip
    add(
        one, retract_record, methods=["DELETE"], operation_id=f"retract_{name}", summary=f"Retract {a_name}",
        tags=["Editing"], response_model=public, responses=responses(401, 403, 404, 409, 412, 422, 428, 503),
        description=f"Withdraws {a_name} that was coded in error. Nothing is erased: reading it by id shows it "
        "with the reason, and lists leave it out. What a standing record refers to is 409.",
    )  # fmt: skip
    add(
        f"{one}/history", get_history, methods=["GET"], operation_id=f"get_{name}_history",
        summary=f"Read {a_name}'s history", tags=["Ledger"], response_model=History, responses=responses(404, 422),
        description="Every version in order: who wrote it, when, which fields it changed, the document, and its hash.",
    )  # fmt: skip


def with_article(name: str) -> str:
    """A topic, an instrument."""
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _history_answer(reading: Snapshot, entity: Entity, id: str, query: HistoryQuery) -> Response:
    connection, limit = reading.connection, query.limit
    if read_revision(connection, entity, id) is None:
        raise no_such_record(connection, entity, id)
    fingerprint = canonical_json(["history", entity, id])
    after = decode_cursor(fingerprint, query.cursor, [columns(Revision).c.version])[0] if query.cursor else 0
    # The version before the first is read too, to tell what the first one changed.
    rows = list(read_history(connection, entity, id, max(after - 1, 0), limit + 2))
    before = json.loads(rows.pop(0).document) if after and rows else {}
    more = len(rows) > limit
    items = []
    for row in rows[:limit]:
        document = json.loads(row.document)
        items.append(_version(row, _changed(before, document) if before else []))
        before = document
    return page_answer(reading, items, encode_cursor(fingerprint, [after + limit]) if more else None)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in after if name != "version" and before.get(name) != after[name]]


def _version(row: Row[Any], changed: list[str]) -> str:
    facts = {
        "version": row.version,
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor,
        "operation": row.operation,
        "changed": changed,
        "hash": row.hash,
    }
    return with_members(canonical_json(facts), document=row.document)
