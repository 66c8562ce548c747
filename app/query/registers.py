"""Registers: read one page of parties, topics, instruments, participants or sources."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.records.record import Kind
from app.schemas.canonical_json import canonical_json
from app.search.name_index import NameIndex
from app.store import models
from app.store.cursors import decode_cursor, encode_cursor
from app.store.models import columns


def read_register(
    connection: Connection, kind: Kind, names: NameIndex, *, limit: int, cursor: str | None, name: str | None = None
) -> tuple[Sequence[str], str | None]:
    """The JSON documents of one page in the order of their ids, and the cursor of the next page (None on the last).

    Retracted records are left out. `name` limits the page to records that have this name or alias. Raises BadQuery if
    the cursor is not one of this list.
    """
    table, revision = columns(kind.table), columns(models.Revision)
    key = table.c[kind.key]
    fingerprint = canonical_json([kind.entity, name])
    query = select(key, revision.c.document).join(revision, revision.c.seq == table.c.revision)
    query = query.where(table.c.retracted.is_(None)).order_by(key).limit(limit + 1)
    if name is not None:
        query = query.where(key.in_(names.resolve(kind.entity, name)))
    if cursor is not None:
        query = query.where(key > decode_cursor(fingerprint, cursor, [key])[0])
    rows = connection.execute(query).all()
    page = rows[:limit]
    next_cursor = encode_cursor(fingerprint, [page[-1][0]]) if len(rows) > limit else None
    return [row.document for row in page], next_cursor
