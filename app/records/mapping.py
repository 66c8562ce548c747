"""Mapping: the base class of each kind of record, from a document line to rows and from rows to the line.

A column and a field of the same name are copied in both directions. A subclass adds what differs: its part tables,
nested objects, and columns that depend on other records.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Connection, Row, select
from sqlmodel import SQLModel

from app.records.record import Kind, Record, Rows
from app.schemas.fields import Schema
from app.store.models import columns

L = TypeVar("L", bound=Schema)
PartRows = Mapping[type[SQLModel], Sequence[Row[Any]]]


class RecordMapping(ABC, Generic[L]):
    """Maps one kind of record. `shape` is the Pydantic model of its line."""

    kind: ClassVar[Kind]
    shape: ClassVar[type[Schema]]

    @abstractmethod
    def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        """Read records from their rows. `ids` are the records' ids; for pledges, the ids of their meetings.

        Raises `ValidationError` if rows do not make a valid line.
        """

    def line_of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of the line that a public document was made from."""
        return {name: value for name, value in document.items() if name in self.shape.model_fields}

    def shared_values(self, source: L | Row[Any]) -> dict[str, Any]:
        """Return the values, by name, that a line and its row have in common. `source` is either of them."""
        return {name: getattr(source, name) for name in self._shared_names}

    @cached_property
    def _shared_names(self) -> list[str]:
        return [column.name for column in columns(self.kind.table).c if column.name in self.shape.model_fields]

    def read_rows(
        self, connection: Connection, ids: Sequence[str], column: str | None = None
    ) -> list[tuple[Row[Any], PartRows]]:
        """Return the rows of records in the order of the primary key, each with the rows of its parts by table.

        `column` is the column that contains `ids`; without it, the column of the records' ids.
        """
        kind, table = self.kind, columns(self.kind.table)
        query = select(table).where(table.c[column or kind.key].in_(ids)).order_by(*table.primary_key)
        rows = connection.execute(query).all()
        owners = [getattr(row, kind.part_key) for row in rows]
        parts = {part: _rows_by_owner(connection, part, owner, owners) for part, owner in kind.parts.items()}
        return [
            (row, {part: by_owner.get(key, []) for part, by_owner in parts.items()})
            for row, key in zip(rows, owners, strict=True)
        ]


def _rows_by_owner(
    connection: Connection, part: type[SQLModel], owner: str, keys: Sequence[Any]
) -> dict[Any, list[Row[Any]]]:
    table = columns(part)
    query = select(table).where(table.c[owner].in_(keys))
    if "position" in table.c:
        query = query.order_by(table.c.position)
    rows: dict[Any, list[Row[Any]]] = {}
    for row in connection.execute(query):
        rows.setdefault(getattr(row, owner), []).append(row)
    return rows


def part_rows(owner: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> Rows:
    """Return one row for each item of a list: the columns of `owner`, the position in the list, and the item."""
    return [{**owner, "position": position, **item} for position, item in enumerate(items)]


def part_fields(row: Row[Any], owner: str) -> dict[str, Any]:
    """Return the item that `part_rows` made a row from. `owner` is the foreign key column."""
    return {name: value for name, value in row._mapping.items() if name not in (owner, "position")}
