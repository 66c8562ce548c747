"""Instruments: the named treaties, declarations, plans, bodies and exercises that undertakings refer to."""

from typing import Any

from sqlmodel import SQLModel

from app.records.record import Kind, Rows
from app.records.register import PartRows, Register, aliases_of, name_rows
from app.schemas.folding import fold
from app.schemas.records import InstrumentCreate
from app.schemas.vocabulary import Entity
from app.store import models


class Instruments(Register[InstrumentCreate]):
    kind = Kind(Entity.instrument, models.Instrument, "slug", {models.InstrumentAlias: "instrument"})
    shape = InstrumentCreate

    def row(self, line: InstrumentCreate) -> dict[str, Any]:
        return {
            "slug": line.slug,
            "type": line.type,
            "name": line.name,
            "folded": fold(line.name),
            "retracted": line.retracted,
        }

    def parts(self, line: InstrumentCreate) -> dict[type[SQLModel], Rows]:
        return {models.InstrumentAlias: name_rows("instrument", line.slug, {}, line.aliases)}

    def line(self, row: models.Instrument, parts: PartRows) -> dict[str, Any]:
        aliases = [alias.name for alias in aliases_of(parts.get(models.InstrumentAlias, []))]
        return {"slug": row.slug, "type": row.type, "name": row.name, "aliases": aliases}


INSTRUMENTS = Instruments()
