"""Register: what parties, topics, instruments, participants and sources have in common.

A subclass names its table and the model of its line, and maps its part tables. It also says which other records a line
refers to. CONTRIBUTING.md lists what else a new register needs.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row
from sqlmodel import SQLModel

from app.errors import Conflict, Fault, Invalid
from app.records.mapping import L, PartRows, RecordMapping, part_rows
from app.records.record import Record, Rows, change_record, create_records
from app.records.references import refuse_retraction
from app.schemas.folding import fold
from app.store import models
from app.store.ledger import Writer, read_revision


class Register(RecordMapping[L]):
    """One register: a list of reference records."""

    def parts(self, line: L) -> dict[type[SQLModel], Rows]:
        """Return the rows of the part tables, by table."""
        raise NotImplementedError

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        """Return the fields of the line that `row` and `parts` were made from."""
        raise NotImplementedError

    def faults(self, connection: Connection, line: L) -> list[Fault]:
        """Return a fault for each reference of the line that is not valid."""
        return []

    def id_of(self, line: L) -> str:
        return str(getattr(line, self.kind.key))

    def record(self, line: L) -> Record:
        """Return the record of a line, ready to be written."""
        document = line.model_dump(mode="json", include=set(self.shape.model_fields))
        row = self.shared_values(line)
        if issubclass(self.kind.table, models.Named):
            row["folded"] = fold(row["name"])
        return Record(self.kind, self.id_of(line), document, row, self.parts(line))

    def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        return [
            self.record(self.shape.model_validate(self.line(row, parts)))  # type: ignore[arg-type]
            for row, parts in self.read_rows(connection, ids)
        ]

    def create(self, writer: Writer, line: L) -> str:
        """Write a new record and return its document.

        Raises `Conflict` if the id is in use, and `Invalid` if a reference is not valid.
        """
        if read_revision(writer.connection, self.kind.entity, self.id_of(line)):
            raise Conflict(
                f"The book already has this {self.kind.entity}.",
                [Fault((self.kind.key,), f"must be an unused {self.kind.key}; to change the record, use PATCH")],
                candidates=[self.id_of(line)],
            )
        self._refuse_faults(writer.connection, line)
        return create_records(writer, [self.record(line)])[0]

    def change(self, writer: Writer, line: L, current: str) -> str | None:
        """Write `line` over the record whose document is `current`. Return the new document, or None if it is the same.

        Raises `Conflict` if the line retracts the record while other records refer to it, and `Invalid` if a reference
        is not valid.
        """
        record = self.record(line)
        if record.row["retracted"] is not None and json.loads(current)["retracted"] is None:
            refuse_retraction(writer.connection, self.kind.entity, record.id)
        self._refuse_faults(writer.connection, line)
        return change_record(writer, record, current)

    def _refuse_faults(self, connection: Connection, line: L) -> None:
        if faults := self.faults(connection, line):
            raise Invalid(f"The {self.kind.entity} has references that are not valid.", faults)


def name_rows(owner: str, id: str, names: dict[str, str], aliases: Iterable[str]) -> Rows:
    """Return rows for the names in other languages, then for the aliases, in order."""
    pairs = [*names.items(), *((None, alias) for alias in aliases)]
    return part_rows({owner: id}, ({"language": tag, "name": name, "folded": fold(name)} for tag, name in pairs))


def names_of(rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Return the names by language tag, from their rows."""
    return {row.language: row.name for row in rows if row.language is not None}


def alias_rows(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Return the rows that are aliases, not names in other languages."""
    return [row for row in rows if row.language is None]
