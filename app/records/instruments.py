"""Instruments: the named treaties, declarations, plans, bodies and exercises that pledges refer to."""

from typing import Any

from sqlalchemy import Row
from sqlmodel import SQLModel

from app.records.mapping import PartRows
from app.records.record import Kind, Rows
from app.records.register import Register, alias_rows, name_rows
from app.schemas.records import InstrumentCreate
from app.schemas.vocabulary import Entity
from app.store import models


class Instruments(Register[InstrumentCreate]):
    kind = Kind(Entity.instrument, models.Instrument, "slug", {models.InstrumentAlias: "instrument"})
    shape = InstrumentCreate

    def parts(self, line: InstrumentCreate) -> dict[type[SQLModel], Rows]:
        return {models.InstrumentAlias: name_rows("instrument", line.slug, {}, line.aliases)}

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        return {
            **self.shared_values(row),
            "aliases": [alias.name for alias in alias_rows(parts[models.InstrumentAlias])],
        }


INSTRUMENTS = Instruments()
