"""Sources: the texts that pledges are cited from, known by SHA-256 and length. The texts are not kept here."""

from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.errors import Fault
from app.records.record import Kind, Rows
from app.records.register import PartRows, Register, fields_of
from app.schemas.records import SourceCreate
from app.schemas.vocabulary import Entity
from app.search.names import missing
from app.store import models


class Sources(Register[SourceCreate]):
    kind = Kind(Entity.source, models.Source, "id", {models.SourceIssuer: "source"})
    shape = SourceCreate

    def row(self, line: SourceCreate) -> dict[str, Any]:
        return line.model_dump(exclude={"issued_by", "kind"})

    def parts(self, line: SourceCreate) -> dict[type[SQLModel], Rows]:
        issuers = [
            {"source": line.id, "position": position, "party": party} for position, party in enumerate(line.issued_by)
        ]
        return {models.SourceIssuer: issuers}

    def line(self, row: models.Source, parts: PartRows) -> dict[str, Any]:
        issuers = [issuer.party for issuer in parts.get(models.SourceIssuer, [])]
        return {**fields_of(row, "version", "revision", "retracted"), "issued_by": issuers}

    def faults(self, connection: Connection, line: SourceCreate) -> list[Fault]:
        named = [(("issued_by", index), party) for index, party in enumerate(line.issued_by)]
        return missing(connection, {Entity.party: named}, standing=line.retracted is None)


SOURCES = Sources()
