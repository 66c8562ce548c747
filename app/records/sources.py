"""Sources: the texts that pledges cite, identified by SHA-256 and length. The book does not store the texts."""

from typing import Any

from sqlalchemy import Connection, Row
from sqlmodel import SQLModel

from app.errors import Fault
from app.records.mapping import PartRows, part_rows
from app.records.record import Kind, Rows
from app.records.register import Register
from app.schemas.records import SourceCreate
from app.schemas.vocabulary import Entity
from app.search.names import missing
from app.store import models


class Sources(Register[SourceCreate]):
    kind = Kind(Entity.source, models.Source, "id", {models.SourceIssuer: "source"})
    shape = SourceCreate

    def parts(self, line: SourceCreate) -> dict[type[SQLModel], Rows]:
        return {models.SourceIssuer: part_rows({"source": line.id}, ({"party": party} for party in line.issued_by))}

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        return {**self.shared_values(row), "issued_by": [issuer.party for issuer in parts[models.SourceIssuer]]}

    def faults(self, connection: Connection, line: SourceCreate) -> list[Fault]:
        named = [(("issued_by", index), party) for index, party in enumerate(line.issued_by)]
        return missing(connection, {Entity.party: named}, standing=line.retracted is None)


SOURCES = Sources()
