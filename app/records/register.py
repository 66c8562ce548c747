"""What the registers have in common: parties, topics, instruments, participants and sources are each one.

A register knows how a line becomes rows and how the rows become the line again, and which other records a line needs.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from app.errors import Conflict, Fault, Invalid
from app.records.record import Kind, Record, Rows, change_record, create_records
from app.records.references import refuse_retraction
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import Schema
from app.schemas.folding import fold
from app.store import models
from app.store.cursors import decode_cursor, encode_cursor
from app.store.ledger import Writer, read_revision
from app.store.models import columns

L = TypeVar("L", bound=Schema)
PartRows = dict[type[SQLModel], list[Any]]


class Register(Generic[L]):
    """One kind of record with no logic beyond itself. Subclasses fill in the two halves of the mapping."""

    kind: ClassVar[Kind]
    shape: ClassVar[type[Schema]]

    def row(self, line: L) -> dict[str, Any]:
        """The columns of the record's own row."""
        raise NotImplementedError

    def parts(self, line: L) -> dict[type[SQLModel], Rows]:
        """The rows of its parts."""
        raise NotImplementedError

    def line(self, row: Any, parts: PartRows) -> dict[str, Any]:
        """The line that `row` and `parts` were made from. Rows have the columns of their models for attributes."""
        raise NotImplementedError

    def faults(self, connection: Connection, line: L) -> list[Fault]:
        """What keeps the line from being written: references to what is not there."""
        return []

    def id_of(self, line: L) -> str:
        return str(getattr(line, self.kind.key))

    def record(self, line: L) -> Record:
        fields = line.model_dump(mode="json", exclude={"kind"}, include=set(self.shape.model_fields))
        document = {name: fields[name] for name in self.shape.model_fields}
        return Record(self.kind, self.id_of(line), document, self.row(line), self.parts(line))

    def create(self, writer: Writer, line: L) -> str:
        """Write a new record; gives its document."""
        if read_revision(writer.connection, self.kind.entity, self.id_of(line)):
            raise Conflict(
                f"The book already has this {self.kind.entity}.",
                [Fault((self.kind.key,), "must not be taken; change the record that has it instead")],
                candidates=[self.id_of(line)],
            )
        self._refuse_faults(writer.connection, line)
        return create_records(writer, [self.record(line)])[0]

    def change(self, writer: Writer, line: L, standing: str) -> str | None:
        """Write `line` over the `standing` document of the record it names; None if nothing differs.

        To withdraw what standing records refer to is refused.
        """
        if line.retracted is not None and json.loads(standing)["retracted"] is None:  # type: ignore[attr-defined]
            refuse_retraction(writer.connection, self.kind.entity, self.id_of(line))
        self._refuse_faults(writer.connection, line)
        return change_record(writer, self.record(line), standing)

    def read(self, connection: Connection, ids: Sequence[str] | None = None) -> Iterable[L]:
        """The lines of some records (or of all), made again from their rows."""
        table = columns(self.kind.table)
        key = table.c[self.kind.key]
        chosen = select(table).order_by(key)
        rows = connection.execute(chosen if ids is None else chosen.where(key.in_(ids))).all()
        owned: dict[str, PartRows] = {}
        for part, owner in self.kind.parts.items():
            column = columns(part).c[owner]
            query = select(columns(part)).order_by(column, columns(part).c.position)
            for item in connection.execute(query if ids is None else query.where(column.in_(ids))):
                owned.setdefault(getattr(item, owner), {}).setdefault(part, []).append(item)
        for row in rows:
            line = self.line(row, owned.get(getattr(row, self.kind.key), {}))
            yield self.shape.model_validate({**line, "retracted": row.retracted})  # type: ignore[misc]

    def _refuse_faults(self, connection: Connection, line: L) -> None:
        if faults := self.faults(connection, line):
            raise Invalid(f"The {self.kind.entity} refers to what the book does not have.", faults)


def read_register(
    connection: Connection, kind: Kind, *, limit: int, cursor: str | None, name: str | None = None,
    only: Sequence[str] | None = None,
) -> tuple[list[str], str | None]:  # fmt: skip
    """One page of a register's documents by key, and the next cursor; `only` are the ids that `name` stands for."""
    table, revision = columns(kind.table), columns(models.Revision)
    key = table.c[kind.key]
    fingerprint = canonical_json([kind.entity, name])
    query = select(key, revision.c.document).join(revision, revision.c.seq == table.c.revision)
    query = query.where(table.c.retracted.is_(None)).order_by(key).limit(limit + 1)
    if only is not None:
        query = query.where(key.in_(only))
    if cursor is not None:
        query = query.where(key > decode_cursor(fingerprint, cursor, [key])[0])
    rows = connection.execute(query).all()
    more = len(rows) > limit
    shown = rows[:limit]
    return [row.document for row in shown], encode_cursor(fingerprint, [shown[-1][0]]) if more else None


def fields_of(row: Any, *but: str) -> dict[str, Any]:
    """What a row has in its columns, but for some."""
    return {name: value for name, value in row._mapping.items() if name not in but}


def name_rows(owner: str, id: str, names: dict[str, str], aliases: Iterable[str]) -> Rows:
    """Rows of further names: those in other languages first, then the aliases, in order."""
    further = [*names.items(), *((None, alias) for alias in aliases)]
    return [
        {owner: id, "position": position, "language": language, "name": name, "folded": fold(name)}
        for position, (language, name) in enumerate(further)
    ]


def names_of(rows: Iterable[Any]) -> dict[str, str]:
    """The names by language, back from their rows."""
    return {row.language: row.name for row in rows if row.language is not None}


def aliases_of(rows: Iterable[Any]) -> list[Any]:
    """The rows of further names that are aliases."""
    return [row for row in rows if row.language is None]
