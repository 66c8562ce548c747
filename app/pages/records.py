"""Records of a page: the current document of a record, and its history as a list of differences."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.http.responses import record_answer
from app.query.pages import ResultPage
from app.schemas.vocabulary import Entity
from app.store.ledger import read_history

_MOST_VERSIONS = 200


class Difference(NamedTuple):
    """A member of a document whose value differs from that of the version before."""

    field: str
    before: str
    after: str


class RecordVersion(NamedTuple):
    """A revision of the record; `differences` is empty for the first."""

    number: int
    day: str
    actor: str
    operation: str
    differences: list[Difference]


def read_record(connection: Connection, entity: Entity, id: str) -> dict[str, Any]:
    """The record's document; a retracted record has `retracted_at`. Raises NotFound if there is no such record."""
    document: dict[str, Any] = json.loads(bytes(record_answer(connection, entity, id).body))
    return document


def documents_of(page: ResultPage) -> list[dict[str, Any]]:
    """The documents of a page, in order."""
    return [json.loads(document) for document in page.documents]


def read_versions(connection: Connection, entity: Entity, id: str) -> list[RecordVersion]:
    """The versions of a record with their differences, the newest first; at most 200."""
    versions: list[RecordVersion] = []
    before: dict[str, Any] = {}
    for revision in read_history(connection, entity, id, 0, _MOST_VERSIONS):
        document = json.loads(revision.document)
        differences = list(_differences(before, document)) if before else []
        day = revision.at[:10]
        versions.append(RecordVersion(revision.version, day, revision.actor, revision.operation, differences))
        before = document
    return versions[::-1]


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    return [
        Difference(name, _text(before.get(name)), _text(value))
        for name, value in after.items()
        if name != "version" and before.get(name) != value
    ]


def _text(value: Any) -> str:
    """A value as text: a dash if it is empty, the items of a list or object separated by commas."""
    if value in (None, [], {}):
        return "—"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items() if item is not None)
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
