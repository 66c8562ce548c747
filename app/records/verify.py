"""Verify: check the hash chain, rebuild every document from its rows, and check that the append-only triggers exist."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Select, String, func, select, text, type_coerce
from sqlmodel import SQLModel

from app.records.kinds import MAPPINGS
from app.records.mapping import RecordMapping
from app.records.meetings import MEETINGS
from app.records.pledges import PLEDGES
from app.records.rebuild import batches
from app.records.record import Kind, Record
from app.schemas.vocabulary import Entity
from app.search.index import count_rows, differing, on_sqlite
from app.store import models
from app.store.ledger import GENESIS, chain_hash
from app.store.models import columns

_CHUNK = 500
SQLITE_TRIGGERS = ("revision_is_never_changed", "revision_is_never_deleted", "revision_is_never_replaced")
POSTGRESQL_TRIGGERS = ("revision_is_never_changed", "revision_is_never_truncated")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the book: where it is, and what is wrong."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(connection: Connection) -> Iterator[Finding]:
    """Yield everything that is wrong with the book in the snapshot of this connection."""
    yield from check_triggers(connection)
    yield from check_chain(connection)
    yield from check_documents(connection)
    yield from check_index(connection)


@dataclass(frozen=True)
class Checkpoint:
    """A head of the ledger that was recorded outside the book."""

    seq: int
    hash: str


def check_checkpoint(connection: Connection, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Yield a finding if the ledger does not have the checkpoint's revision, or has another hash there."""
    table = columns(models.Revision)
    digest = connection.execute(select(table.c.hash).where(table.c.seq == checkpoint.seq)).scalar()
    if checkpoint.seq > 0 and digest is None:
        yield Finding(f"revision {checkpoint.seq}", "is missing: the ledger was truncated after the checkpoint")
    elif checkpoint.seq > 0 and digest != checkpoint.hash:
        yield Finding(f"revision {checkpoint.seq}", "has another hash than the checkpoint: the ledger was rewritten")


# The chain ------------------------------------------------------------------------------------------------------------


def check_chain(connection: Connection) -> Iterator[Finding]:
    """Yield a finding for each revision whose hash is wrong, or that does not follow the previous revision."""
    seq, at, digest = 0, "", GENESIS
    versions: dict[tuple[str, str], int] = {}
    for row in connection.execute(_revisions().execution_options(yield_per=_CHUNK)):
        where = f"revision {row.seq}"
        if row.seq != seq + 1:
            yield Finding(where, f"follows revision {seq}: {row.seq - seq - 1} missing between them")
        if row.previous_hash != digest:
            yield Finding(where, "does not contain the hash of the previous revision")
        facts = (row.seq, row.at, row.actor, row.entity, row.id, row.version, row.operation)
        if chain_hash(row.previous_hash, facts, row.document) != row.hash:
            yield Finding(where, "was edited: its hash does not match its content")
        if row.at < at:
            yield Finding(where, "is dated before the previous revision")
        before = versions.get((row.entity, row.id), 0)
        if row.version != before + 1:
            yield Finding(where, f"is version {row.version} of {row.entity} {row.id}, but follows version {before}")
        versions[row.entity, row.id] = before + 1
        seq, at, digest = row.seq, row.at, row.hash


def _revisions() -> Select[Any]:
    """Select the ledger in order. Entity and operation are plain text, because an edited value may be in no enum."""
    table = columns(models.Revision)
    enums = {"entity", "operation"}
    values = (type_coerce(c, String).label(c.name) if c.name in enums else c for c in table.c)
    return select(*values).order_by(table.c.seq)


# The documents --------------------------------------------------------------------------------------------------------


def check_documents(connection: Connection) -> Iterator[Finding]:
    """Build each record again from its rows, and yield a finding if its current document or rows differ."""
    for mapping, ids in batches(connection):
        records, findings = _read_valid(connection, mapping, ids)
        yield from [*findings, *_record_findings(connection, mapping.kind, records)]
    yield from _records_without_rows(connection)


def _read_valid(
    connection: Connection, mapping: RecordMapping[Any], ids: Sequence[str]
) -> tuple[list[Record], list[Finding]]:
    """Return the records of `ids`, and a finding for each whose rows do not make a valid line.

    Pledges are read by meeting, so a finding names the meeting of the pledge.
    """
    try:
        return mapping.read(connection, ids), []
    except ValidationError:
        if len(ids) == 1:
            return [], [Finding(f"{mapping.kind.entity} {ids[0]}", "has rows that make no valid record")]
    results = [_read_valid(connection, mapping, [id]) for id in ids]
    return [record for records, _ in results for record in records], [f for _, found in results for f in found]


def _record_findings(connection: Connection, kind: Kind, records: Sequence[Record]) -> Iterator[Finding]:
    revision, table = columns(models.Revision), columns(kind.table)
    key = table.c[kind.key]
    ids = [record.id for record in records]
    query = (
        select(
            key,
            table.c.version,
            revision.c.version,
            revision.c.document,
            type_coerce(revision.c.entity, String),
            revision.c.id,
        )
        .outerjoin(revision, revision.c.seq == table.c.revision)
        .where(key.in_(ids))
    )
    stored = {row[0]: row[1:] for row in connection.execute(query)}
    latest = _latest_versions(connection, kind.entity, ids)
    rows = _stored_rows(connection, kind, records)
    for record in records:
        where = f"{kind.entity} {record.id}"
        own, version, document, entity, id = stored[record.id]
        if (entity, id) != (kind.entity, record.id) or own != version or version != latest.get(record.id):
            yield Finding(where, "does not refer to its newest revision")
        elif record.text(version) != document:
            yield Finding(where, "differs between its tables and the ledger")
        elif rows[record.id] != _expected_rows(kind, record):
            yield Finding(where, "has a row that does not follow from its document")
    ids_by_row = {record.indexed: record.id for record in records if record.indexed}
    for row in differing(connection, list(ids_by_row)):
        yield Finding(f"{kind.entity} {ids_by_row[row]}", "has no row in the search index, or a wrong one")


def _latest_versions(connection: Connection, entity: Entity, ids: Sequence[str]) -> dict[str, int]:
    revision = columns(models.Revision)
    query = select(revision.c.id, revision.c.version).where(revision.c.entity == entity, revision.c.id.in_(ids))
    return {id: version for id, version in connection.execute(query.order_by(revision.c.version))}


def _stored_rows(
    connection: Connection, kind: Kind, records: Sequence[Record]
) -> dict[str, dict[type[SQLModel], list[str]]]:
    """Return the rows of records and of their parts as text, by id and table."""
    own = _read_rows(connection, kind.table, kind.key, [record.id for record in records])
    result: dict[str, dict[type[SQLModel], list[str]]] = {
        row[kind.key]: {kind.table: [_row_text(kind.table, row)]} for row in own
    }
    owners = {record.row[kind.part_key]: record.id for record in records}
    for part, owner in kind.parts.items():
        for row in _read_rows(connection, part, owner, owners):
            result[owners[row[owner]]].setdefault(part, []).append(_row_text(part, row))
    return {id: {part: sorted(rows) for part, rows in parts.items()} for id, parts in result.items()}


def _read_rows(connection: Connection, table: type[SQLModel], key: str, ids: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the compared columns of the rows whose column `key` contains one of the ids."""
    c = columns(table).c
    query = select(*(c[name] for name in _compared_columns(table))).where(c[key].in_(ids))
    return [dict(row) for row in connection.execute(query).mappings()]


def _expected_rows(kind: Kind, record: Record) -> dict[type[SQLModel], list[str]]:
    parts = {part: sorted(_row_text(part, row) for row in rows) for part, rows in record.parts.items() if rows}
    return {kind.table: [_row_text(kind.table, record.row)], **parts}


def _row_text(table: type[SQLModel], row: Mapping[str, Any]) -> str:
    """Return a row as text. Columns that it does not have are their defaults."""
    return _encode({**_compared_columns(table), **row})


_encode = json.JSONEncoder(default=str, sort_keys=True).encode


@cache
def _compared_columns(table: type[SQLModel]) -> dict[str, Any]:
    """Return the defaults of a table's columns by name, without a record's version and revision."""
    left_out = ("version", "revision") if issubclass(table, models.Recorded) else ()
    compared = (column for column in columns(table).c if column.name not in left_out)
    return {column.name: None if column.default is None else column.default.arg for column in compared}


def _records_without_rows(connection: Connection) -> Iterator[Finding]:
    """Yield a finding for each record of the ledger that its table does not have."""
    revision = columns(models.Revision)
    for kind in (mapping.kind for mapping in MAPPINGS.values()):
        key = columns(kind.table).c[kind.key]
        query = select(revision.c.id).where(revision.c.entity == kind.entity, revision.c.version == 1)
        for id in connection.execute(query.where(revision.c.id.not_in(select(key)))).scalars():
            yield Finding(f"{kind.entity} {id}", "is in the ledger but has no row")


def check_index(connection: Connection) -> Iterator[Finding]:
    """Yield a finding for each search index that has more rows than there are records."""
    for kind in (PLEDGES.kind, MEETINGS.kind):
        records = connection.execute(select(func.count()).select_from(columns(kind.table))).scalar_one()
        if (rows := count_rows(connection, kind.entity)) > records:
            yield Finding(f"search index of {kind.entity}s", f"has {rows - records} rows without a record")


# The triggers ---------------------------------------------------------------------------------------------------------


def check_triggers(connection: Connection) -> Iterator[Finding]:
    """Yield a finding for each append-only trigger that does not exist or is disabled."""
    if on_sqlite(connection):
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'revision'"
        query += " AND sql LIKE '%RAISE(ABORT%'"
        expected: Sequence[str] = SQLITE_TRIGGERS
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'revision'::regclass AND tgenabled IN ('O', 'A')"
        expected = POSTGRESQL_TRIGGERS
    enabled = set(connection.execute(text(query)).scalars())
    for name in expected:
        if name not in enabled:
            yield Finding(f"trigger {name}", "is missing or disabled: the ledger could be rewritten")
