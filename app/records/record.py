"""How any record is written: its rows, and one revision with the document they amount to.

A feature turns a line of the book into a `Record`: the public document beside the rows that hold the same facts. What
is done with it is the same for all: create, change (or leave, when nothing differs), retract, restore. Because a
record is made from its line alone (a pledge's also from its `Context`), `verify` can read the line back from the rows,
make the record anew and compare.
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
from app.search.index import Indexed, replace_row
from app.store.insert import insert_rows
from app.store.ledger import Entry, Writer
from app.store.models import Recorded, columns

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of record: its table and key, and the tables of its parts with the column that names their owner."""

    entity: Entity
    table: type[Recorded]
    key: str
    parts: Mapping[type[SQLModel], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One record, ready to be written. `document` is all of the public one but its version; `indexed` is its row in
    the search index, if it is searched for."""

    kind: Kind
    id: str
    document: dict[str, Any]
    row: dict[str, Any]
    parts: dict[type[SQLModel], Rows] = field(default_factory=dict)
    indexed: Indexed | None = None

    def text(self, version: int) -> str:
        """The public document as the ledger keeps it."""
        return canonical_json({**self.document, "version": version})


def create_records(writer: Writer, records: Sequence[Record]) -> list[str]:
    """Write new records of one kind; gives their documents. Ids must be free."""
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


def change_record(writer: Writer, record: Record, standing: str, operation: Operation | None = None) -> str | None:
    """Write a record over the `standing` document it has; gives the new one, or None if nothing differs.

    Rows that follow from other records (a topic's ancestors, a copied day) are set right even then.
    """
    before = json.loads(standing)
    version = before["version"]
    differs = record.text(version) != standing
    values = dict(record.row)
    text = standing
    if differs:
        version += 1
        text = record.text(version)
        operation = operation or _operation(before["retracted"], record.document["retracted"])
        seqs = writer.append([Entry(record.kind.entity, record.id, version, operation, text)])
        values |= {"version": version, "revision": seqs[0]}
    writer.connection.execute(_updating(record.kind.table, record.kind.key), {**values, "which": record.id})
    for part, owner in record.kind.parts.items():
        writer.connection.execute(_deleting(part, owner), {"whose": _owner(record)})
    _insert_parts(writer, record.kind, [record])
    if record.indexed:
        replace_row(writer.connection, record.indexed, before)
    return text if differs else None


# Statements that are made once for each table: that takes longer than SQLite takes to run them.


@cache
def _updating(table: type[SQLModel], key: str) -> Update:
    return update(columns(table)).where(columns(table).c[key] == bindparam("which"))


@cache
def _deleting(table: type[SQLModel], owner: str) -> Delete:
    return delete(columns(table)).where(columns(table).c[owner] == bindparam("whose"))


def _operation(before: str | None, after: str | None) -> Operation:
    if before is None and after is not None:
        return Operation.retract
    if before is not None and after is None:
        return Operation.restore
    return Operation.change


def _owner(record: Record) -> Any:
    """What parts name their owner by: the integer key of a pledge, else the id."""
    return record.row.get("key", record.id)


def _insert_parts(writer: Writer, kind: Kind, records: Sequence[Record]) -> None:
    for part in kind.parts:
        insert_rows(writer.connection, columns(part), [row for record in records for row in record.parts.get(part, [])])
