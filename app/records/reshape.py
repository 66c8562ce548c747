"""Reshaping: when a release changes what a document looks like, every record gets one in the new shape.

The rows are what they were; a record whose document, made again from its rows, differs from the one that stands gets
one revision of operation `reshape`. What was written before stays as it was hashed: history and `as_of` show the old
shape. Done by `migrate`, so a release that changes a shape carries a migration, even one that changes no table.
"""

from app.records.rebuild import batches
from app.records.record import change_record
from app.schemas.vocabulary import Operation
from app.store.ledger import Writer, read_documents


def reshape(writer: Writer) -> int:
    """Append a `reshape` revision for every record whose document is of an older shape; how many there were."""
    count = 0
    for kind, ids, read in batches(writer.connection):
        records = read(ids)
        standing = read_documents(writer.connection, kind.entity, [record.id for record in records])
        for record in records:
            count += change_record(writer, record, standing[record.id], Operation.reshape) is not None
    return count
