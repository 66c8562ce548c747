"""Ledger: append revisions, each in the transaction of its write, and read them.

Each revision contains the hash of the previous one:

    hash = sha256(previous_hash ⏎ [seq, at, actor, entity, id, version, operation] as JSON ⏎ document)

The hash is in hexadecimal digits, and the first `previous_hash` is 64 zeros. `seq` increases by one in commit order,
without gaps. `at` never decreases. Database triggers prevent changes and deletions of revisions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select, text

from app.schemas.canonical_json import canonical_json
from app.schemas.fields import INSTANT
from app.schemas.vocabulary import Entity, Operation
from app.store.insert import insert_rows
from app.store.models import Revision, columns

GENESIS = "0" * 64
LAST_SEQ = 2**31 - 1
HEAD_SQL = "SELECT seq, at, hash FROM revision ORDER BY seq DESC LIMIT 1"  # the columns of `Head`


class Head(NamedTuple):
    """The newest revision. It identifies the state of the whole book. The seq of an empty ledger is 0."""

    seq: int = 0
    at: str = ""
    hash: str = GENESIS


@dataclass(frozen=True)
class Entry:
    """A revision to append: the record, its new version, the operation, and its new document."""

    entity: Entity
    id: str
    version: int
    operation: Operation
    document: str


# These statements run in most requests, so they are built only once.
_REVISION = columns(Revision)
_HEAD = text(HEAD_SQL)
_CURRENT_REVISION = (
    select(_REVISION)
    .where(_REVISION.c.entity == bindparam("entity"), _REVISION.c.id == bindparam("id"))
    .order_by(_REVISION.c.version.desc())
    .limit(1)
)
_LATEST = (
    select(_REVISION.c.id, func.max(_REVISION.c.version).label("version"))
    .where(_REVISION.c.entity == bindparam("entity"), _REVISION.c.id.in_(bindparam("ids", expanding=True)))
    .where(_REVISION.c.seq <= bindparam("as_of"))
    .group_by(_REVISION.c.id)
    .subquery()
)
_DOCUMENTS = select(_REVISION.c.id, _REVISION.c.document).join(
    _LATEST,
    (_REVISION.c.id == _LATEST.c.id)
    & (_REVISION.c.version == _LATEST.c.version)
    & (_REVISION.c.entity == bindparam("entity")),
)


def read_head(connection: Connection) -> Head:
    """The head that this connection sees."""
    row = connection.execute(_HEAD).first()
    return Head(*row) if row else Head()


def read_head_at(connection: Connection, seq: int) -> Head | None:
    """The head when `seq` was the newest revision, or None if there is no such revision."""
    table = columns(Revision)
    row = connection.execute(select(table.c.seq, table.c.at, table.c.hash).where(table.c.seq == seq)).first()
    return Head(*row) if row else None


def chain_hash(previous_hash: str, facts: Sequence[object], document: str) -> str:
    """The hash of a revision in hexadecimal digits. `facts`: seq, at, actor, entity, id, version and operation."""
    return sha256(f"{previous_hash}\n{canonical_json(list(facts))}\n{document}".encode()).hexdigest()


class Writer:
    """The writes of one actor in one transaction. Use it inside `Database.writing`: the lock keeps the head valid."""

    def __init__(self, connection: Connection, actor: str) -> None:
        self.connection = connection
        self.actor = actor
        self.head = read_head(connection)
        self.now = max(datetime.now(UTC).strftime(INSTANT), self.head.at)

    def append(self, entries: Iterable[Entry]) -> list[int]:
        """Append the revisions in order. Returns their seqs."""
        rows = []
        for entry in entries:
            seq = self.head.seq + 1
            facts = (seq, self.now, self.actor, entry.entity, entry.id, entry.version, entry.operation)
            digest = chain_hash(self.head.hash, facts, entry.document)
            rows.append(
                {
                    "seq": seq,
                    "at": self.now,
                    "actor": self.actor,
                    "entity": entry.entity,
                    "id": entry.id,
                    "version": entry.version,
                    "operation": entry.operation,
                    "document": entry.document,
                    "previous_hash": self.head.hash,
                    "hash": digest,
                }
            )
            self.head = Head(seq, self.now, digest)
        insert_rows(self.connection, _REVISION, rows)
        return [row["seq"] for row in rows]  # type: ignore[misc]


def read_revision(connection: Connection, entity: Entity, id: str) -> Row[Any] | None:
    """The newest revision of a record, or None if the record does not exist."""
    return connection.execute(_CURRENT_REVISION, {"entity": entity, "id": id}).first()


def seq_at(connection: Connection, moment: str) -> int:
    """The seq that `moment` means.

    A number is the seq itself. A time means the last revision at or before it, or 0 if there is none.
    """
    if moment.isdigit():
        return min(int(moment), LAST_SEQ)
    table = columns(Revision)
    return connection.execute(select(func.max(table.c.seq)).where(table.c.at <= moment)).scalar() or 0


def read_revision_at(connection: Connection, entity: Entity, id: str, seq: int) -> Row[Any] | None:
    """The newest revision of a record at `seq`, or None if the record did not exist then."""
    table = columns(Revision)
    revisions = select(table).where(table.c.entity == entity, table.c.id == id, table.c.seq <= seq)
    return connection.execute(revisions.order_by(table.c.version.desc()).limit(1)).first()


def read_history(connection: Connection, entity: Entity, id: str, after: int, limit: int) -> Sequence[Row[Any]]:
    """At most `limit` revisions of a record after the version `after`, in order."""
    table = columns(Revision)
    revisions = select(table).where(table.c.entity == entity, table.c.id == id, table.c.version > after)
    return connection.execute(revisions.order_by(table.c.version).limit(limit)).all()


def read_changes(connection: Connection, since: int, limit: int) -> Sequence[Row[Any]]:
    """At most `limit` revisions of the book after the seq `since`, in order."""
    table = columns(Revision)
    query = select(table).where(table.c.seq > since).order_by(table.c.seq).limit(limit)
    return connection.execute(query).all()


def retracted_since(connection: Connection, entity: Entity, id: str, seq: int) -> str:
    """The time of the last retraction of a record that is retracted at `seq`.

    If it was created as retracted, this is the time of its creation.
    """
    table = columns(Revision)
    revisions = select(table.c.at).where(table.c.entity == entity, table.c.id == id, table.c.seq <= seq)
    retractions = revisions.where(table.c.operation.in_((Operation.retract, Operation.create)))
    return str(connection.execute(retractions.order_by(table.c.version.desc()).limit(1)).scalar_one())


def read_documents(
    connection: Connection, entity: Entity, ids: Sequence[str], as_of: int | None = None
) -> dict[str, str]:
    """The JSON documents of some records by id: the current ones, or those at the seq `as_of`.

    The result omits records that do not exist, or did not exist then.
    """
    if not ids:
        return {}
    parameters = {"entity": entity, "ids": ids, "as_of": LAST_SEQ if as_of is None else as_of}
    return {id: document for id, document in connection.execute(_DOCUMENTS, parameters)}
