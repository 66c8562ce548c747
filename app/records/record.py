"""Record: write one record of any kind, as its rows and one revision with its document.

A `RecordMapping` turns a document line into a `Record`. This module creates and changes records of all kinds alike.
A record is computed from its line only; a pledge's record also from its `PledgeContext`. So `verify` can read the line
back from the rows, build the record again and compare.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Delete, Update, bindparam, delete, update
from sqlmodel import SQLModel

from app.schemas.canonical_json import canonical_json
from app.schemas.vocabulary import Entity, Operation
from app.search import index
from app.search.index import SearchRow, replace_row
from app.store.insert import insert_rows
from app.store.ledger import Entry, Writer
from app.store.models import Recorded, columns

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of record: its table, the column of its id, and its part tables, each with the foreign key column."""

    entity: Entity
    table: type[Recorded]
    key: str
    parts: Mapping[type[SQLModel], str] = field(default_factory=dict)

    @property
    def part_key(self) -> str:
        """The column that the part tables refer to: the integer `key` of a pledge, else the id."""
        return "key" if "key" in columns(self.table).c else self.key


@dataclass(frozen=True)
class Record:
    """One record, ready to be written.

    `document` is the public document without its version. `row` is its row without version and revision. `indexed` is
    its row in the search index, or None for kinds that are not searched.
    """

    kind: Kind
    id: str
    document: dict[str, Any]
    row: dict[str, Any]
    parts: dict[type[SQLModel], Rows] = field(default_factory=dict)
    indexed: SearchRow | None = None

    def text(self, version: int) -> str:
        """The public document as JSON text, as the ledger stores it."""
        return canonical_json({**self.document, "version": version})


def create_records(writer: Writer, records: Sequence[Record]) -> list[str]:
    """Write new records of one kind and return their documents. The caller checks that their ids are unused."""
    if not records:
        return []
    kind = records[0].kind
    texts = [record.text(1) for record in records]
    entries = [
        Entry(kind.entity, record.id, 1, Operation.create, text) for record, text in zip(records, texts, strict=True)
    ]
    seqs = writer.append(entries)
    rows = [{**record.row, "version": 1, "revision": seq} for record, seq in zip(records, seqs, strict=True)]
    insert_rows(writer.connection, columns(kind.table), rows)
    _insert_parts(writer, kind, records)
    index.insert_rows(writer.connection, [record.indexed for record in records if record.indexed])
    return texts


def change_record(writer: Writer, record: Record, current: str, operation: Operation | None = None) -> str | None:
    """Write `record` over the record whose document is `current`. Return the new document, or None if it is the same.

    Rows are written even if the document is the same, because some columns depend on other records (the parents of a
    topic, the day of a meeting). If `operation` is None, the two documents decide: retract, restore or change.
    """
    before = json.loads(current)
    version = before["version"]
    differs = record.text(version) != current
    values = dict(record.row)
    text = current
    if differs:
        version += 1
        text = record.text(version)
        operation = operation or _operation_between(before["retracted"], record.document["retracted"])
        seqs = writer.append([Entry(record.kind.entity, record.id, version, operation, text)])
        values |= {"version": version, "revision": seqs[0]}
    kind = record.kind
    writer.connection.execute(_update_statement(kind.table, kind.key), {**values, "record_id": record.id})
    for part, owner in kind.parts.items():
        writer.connection.execute(_delete_statement(part, owner), {"owner_id": record.row[kind.part_key]})
    _insert_parts(writer, kind, [record])
    if record.indexed:
        replace_row(writer.connection, record.indexed, before)
    return text if differs else None


# Cached, because building a statement takes longer than running it on SQLite.


@cache
def _update_statement(table: type[SQLModel], key: str) -> Update:
    return update(columns(table)).where(columns(table).c[key] == bindparam("record_id"))


@cache
def _delete_statement(table: type[SQLModel], owner: str) -> Delete:
    return delete(columns(table)).where(columns(table).c[owner] == bindparam("owner_id"))


def _operation_between(before: str | None, after: str | None) -> Operation:
    if before is None and after is not None:
        return Operation.retract
    if before is not None and after is None:
        return Operation.restore
    return Operation.change


def _insert_parts(writer: Writer, kind: Kind, records: Sequence[Record]) -> None:
    for part in kind.parts:
        insert_rows(writer.connection, columns(part), [row for record in records for row in record.parts.get(part, [])])
