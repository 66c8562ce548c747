"""Rebuild: read the records of the whole book from their rows, and write the documents that differ.

`verify` compares the records with the ledger. `migrate` calls `reshape` when a release changes the shape of documents.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.records.kinds import MAPPINGS
from app.records.mapping import RecordMapping
from app.records.meetings import MEETINGS
from app.records.pledges import PLEDGES
from app.records.record import Kind, change_record
from app.schemas.vocabulary import Operation
from app.store.database import in_parts
from app.store.ledger import Writer, read_documents
from app.store.models import columns

_MEETINGS = 20  # whose pledges are read together


def batches(connection: Connection) -> Iterator[tuple[RecordMapping[Any], Sequence[str]]]:
    """Yield all records of the book, in batches of one kind: its mapping, and the ids for `mapping.read`.

    The pledges of each batch of meetings come after it. For pledges, the ids are those of their meetings.
    """
    for mapping in MAPPINGS.values():
        if mapping is PLEDGES:
            continue
        for ids in in_parts(_ids(connection, mapping.kind)):
            yield mapping, ids
            if mapping is MEETINGS:
                for meetings in in_parts(ids, _MEETINGS):
                    yield PLEDGES, meetings


def _ids(connection: Connection, kind: Kind) -> Sequence[str]:
    key = columns(kind.table).c[kind.key]
    return connection.execute(select(key).order_by(key)).scalars().all()


def reshape(writer: Writer) -> int:
    """Write a `reshape` revision for every record whose current document has an older shape. Return how many.

    Earlier revisions keep their documents, because the ledger has hashed them: history and `as_of` show the old shape.
    A release that changes the shape of a document needs a migration, even if it changes no table.
    """
    count = 0
    for mapping, ids in batches(writer.connection):
        records = mapping.read(writer.connection, ids)
        documents = read_documents(writer.connection, mapping.kind.entity, [record.id for record in records])
        for record in records:
            count += change_record(writer, record, documents[record.id], Operation.reshape) is not None
    return count
