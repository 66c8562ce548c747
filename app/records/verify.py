"""`verify`: walk the chain, make every document again from the tables, and see that the triggers stand."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, String, func, select, text, type_coerce
from sqlmodel import SQLModel

from app.records import assessments, meetings, pledges
from app.records.rebuild import Reader, batches
from app.records.record import Kind, Record
from app.records.upsert import REGISTERS
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
    """Something that is not as it was written: where, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(connection: Connection) -> Iterator[Finding]:
    """Everything that is wrong with the book, as this connection sees it; nothing, if all is well."""
    yield from check_triggers(connection)
    yield from check_chain(connection)
    yield from check_documents(connection)
    yield from check_index(connection)


@dataclass(frozen=True)
class Checkpoint:
    """A head of the ledger that somebody kept outside."""

    seq: int
    hash: str


def check_checkpoint(connection: Connection, kept: Checkpoint) -> Iterator[Finding]:
    """A ledger that was cut short, or written anew from the start, is not the one whose head was kept."""
    table = columns(models.Revision)
    standing = connection.execute(select(table.c.hash).where(table.c.seq == kept.seq)).scalar()
    if kept.seq > 0 and standing is None:
        yield Finding(f"revision {kept.seq}", "is gone: the ledger has been cut short since the checkpoint")
    elif kept.seq > 0 and standing != kept.hash:
        yield Finding(f"revision {kept.seq}", "is not the one of the checkpoint: the ledger has been rewritten")


# The chain ------------------------------------------------------------------------------------------------------------


def check_chain(connection: Connection) -> Iterator[Finding]:
    """Each revision follows the one before it, and hashes to what it says."""
    seq, at, digest = 0, "", GENESIS
    versions: dict[tuple[str, str], int] = {}
    for row in connection.execute(_as_stored().execution_options(yield_per=_CHUNK)):
        where = f"revision {row.seq}"
        if row.seq != seq + 1:
            yield Finding(where, f"follows {seq}: {row.seq - seq - 1} missing between them")
        if row.previous_hash != digest:
            yield Finding(where, "does not carry the hash of the one before it")
        facts = (row.seq, row.at, row.actor, row.entity, row.id, row.version, row.operation)
        if chain_hash(row.previous_hash, facts, row.document) != row.hash:
            yield Finding(where, "has been edited: its hash is another")
        if row.at < at:
            yield Finding(where, "is dated before the one before it")
        before = versions.get((row.entity, row.id), 0)
        if row.version != before + 1:
            yield Finding(where, f"is version {row.version} of {row.entity} {row.id}, after {before}")
        versions[row.entity, row.id] = before + 1
        seq, at, digest = row.seq, row.at, row.hash


def _as_stored() -> Any:
    """The ledger in order, its words as plain text: one that is in no vocabulary is to be told, not stumbled over."""
    table = columns(models.Revision)
    words = {"entity", "operation"}
    return select(*(type_coerce(c, String).label(c.name) if c.name in words else c for c in table.c)).order_by(
        table.c.seq
    )


# The documents --------------------------------------------------------------------------------------------------------


def check_documents(connection: Connection) -> Iterator[Finding]:
    """Every standing document follows from the tables, and every row from its document."""
    for kind, ids, read in batches(connection):
        records, broken = _readable(kind.entity, ids, read)
        yield from [*broken, *_compare(connection, kind, records)]
    yield from _records_without_rows(connection)


def _readable(entity: Entity, ids: Sequence[str], read: Reader) -> tuple[list[Record], list[Finding]]:
    """The records of `ids`, and a finding for each whose rows have come to make no valid line at all.

    Pledges are read by their meeting, so its id stands for all of them.
    """
    try:
        return read(ids), []
    except ValidationError:
        if len(ids) == 1:
            return [], [Finding(f"{entity} {ids[0]}", "has rows that make no valid record")]
    apart = [_readable(entity, [id], read) for id in ids]
    return [record for records, _ in apart for record in records], [finding for _, found in apart for finding in found]


def _compare(connection: Connection, kind: Kind, records: Sequence[Record]) -> Iterator[Finding]:
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
            yield Finding(where, "does not stand at its last revision")
        elif record.text(version) != document:
            yield Finding(where, "differs between its tables and the ledger")
        elif rows[record.id] != _expected_rows(kind, record):
            yield Finding(where, "has a column or part that does not follow from its document")
    searched = {record.indexed: record.id for record in records if record.indexed}
    for row in differing(connection, list(searched)):
        yield Finding(f"{kind.entity} {searched[row]}", "is not in the search index under its own words and names")


def _latest_versions(connection: Connection, entity: Entity, ids: Sequence[str]) -> dict[str, int]:
    revision = columns(models.Revision)
    query = select(revision.c.id, revision.c.version).where(revision.c.entity == entity, revision.c.id.in_(ids))
    return {id: version for id, version in connection.execute(query.order_by(revision.c.version))}


def _stored_rows(connection: Connection, kind: Kind, records: Sequence[Record]) -> dict[str, Any]:
    """The rows of records and of their parts, in a form that can be compared."""
    own = _rows_of(connection, kind.table, kind.key, [record.id for record in records])
    result: dict[str, Any] = {row[kind.key]: {kind.table: [_plain(kind.table, row)]} for row in own}
    owners = {record.row.get("key", record.id): record.id for record in records}
    for part, owner in kind.parts.items():
        for row in _rows_of(connection, part, owner, owners):
            result[owners[row[owner]]].setdefault(part, []).append(_plain(part, row))
    return {id: {part: sorted(rows) for part, rows in parts.items()} for id, parts in result.items()}


def _rows_of(connection: Connection, table: type[SQLModel], key: str, ids: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The rows that `key` says belong to some ids, in the columns that are compared."""
    compared = _compared(table)
    rows = connection.execute(
        select(*(columns(table).c[name] for name in compared)).where(columns(table).c[key].in_(ids))
    )
    return (dict(zip(compared, row, strict=True)) for row in rows)


def _expected_rows(kind: Kind, record: Record) -> dict[type[SQLModel], list[str]]:
    parts = {part: sorted(_plain(part, row) for row in rows) for part, rows in record.parts.items() if rows}
    return {kind.table: [_plain(kind.table, record.row)], **parts}


def _plain(table: type[SQLModel], row: Mapping[str, Any]) -> str:
    """A row as text, with the defaults its table gives; a record's without where the ledger has it."""
    return _encode({**_compared(table), **row})


_encode = json.JSONEncoder(default=str, sort_keys=True).encode


@cache
def _compared(table: type[SQLModel]) -> dict[str, Any]:
    """The columns of a table, each with its default; of records, but for where the ledger has them."""
    placed = ("version", "revision") if issubclass(table, models.Recorded) else ()
    owned = (column for column in columns(table).c if column.name not in placed)
    return {column.name: None if column.default is None else column.default.arg for column in owned}


def _records_without_rows(connection: Connection) -> Iterator[Finding]:
    """Revisions whose record has gone from its table."""
    revision = columns(models.Revision)
    kinds = [*(register.kind for register in REGISTERS.values()), meetings.KIND, pledges.KIND, assessments.KIND]
    for kind in kinds:
        key = columns(kind.table).c[kind.key]
        query = select(revision.c.id).where(revision.c.entity == kind.entity, revision.c.version == 1)
        for id in connection.execute(query.where(revision.c.id.not_in(select(key)))).scalars():
            yield Finding(f"{kind.entity} {id}", "is in the ledger and has no row")


def check_index(connection: Connection) -> Iterator[Finding]:
    """The search index holds no row beyond those of the records."""
    for kind in (pledges.KIND, meetings.KIND):
        records = connection.execute(select(func.count()).select_from(columns(kind.table))).scalar_one()
        if (rows := count_rows(connection, kind.entity)) > records:
            yield Finding(f"search index of {kind.entity}s", f"has {rows - records} rows that no record has")


# The triggers ---------------------------------------------------------------------------------------------------------


def check_triggers(connection: Connection) -> Iterator[Finding]:
    """The triggers that keep the ledger as it is are there and on."""
    if on_sqlite(connection):
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'revision'"
        query += " AND sql LIKE '%RAISE(ABORT%'"
        expected: Sequence[str] = SQLITE_TRIGGERS
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'revision'::regclass AND tgenabled IN ('O', 'A')"
        expected = POSTGRESQL_TRIGGERS
    standing = set(connection.execute(text(query)).scalars())
    for name in expected:
        if name not in standing:
            yield Finding(f"trigger {name}", "is gone or off: the ledger could be rewritten")
