"""Parties: states by ISO 3166-1 alpha-3, organisations, and named groups of states.

Every state stands in the book from the day its database is made; seeds add names and aliases, organisations and groups.
"""

from typing import Any

from sqlmodel import SQLModel

from app.records.record import Kind, Rows
from app.records.register import PartRows, Register, aliases_of, name_rows, names_of
from app.schemas.folding import fold
from app.schemas.records import PartyCreate
from app.schemas.vocabulary import Entity, PartyType
from app.store import models


class Parties(Register[PartyCreate]):
    kind = Kind(Entity.party, models.Party, "code", {models.PartyAlias: "party"})
    shape = PartyCreate

    def row(self, line: PartyCreate) -> dict[str, Any]:
        return {
            "code": line.code,
            "type": line.type,
            "name": line.name,
            "folded": fold(line.name),
            "retracted": line.retracted,
        }

    def parts(self, line: PartyCreate) -> dict[type[SQLModel], Rows]:
        return {models.PartyAlias: name_rows("party", line.code, line.names, line.aliases)}

    def line(self, row: models.Party, parts: PartRows) -> dict[str, Any]:
        further = parts.get(models.PartyAlias, [])
        return {
            "code": row.code,
            "type": row.type,
            "name": row.name,
            "names": names_of(further),
            "aliases": [alias.name for alias in aliases_of(further)],
        }


PARTIES = Parties()


def states() -> list[PartyCreate]:
    """Every state and territory of ISO 3166-1, by code."""
    import pycountry  # late: only a book that is founded needs it

    return [
        PartyCreate(
            code=country.alpha_3,
            type=PartyType.state,
            name=getattr(country, "common_name", country.name),
            aliases=_other_names(country),
        )
        for country in sorted(pycountry.countries, key=lambda country: country.alpha_3)
    ]


def _other_names(country: Any) -> list[str]:
    name = getattr(country, "common_name", country.name)
    others = [country.name, getattr(country, "official_name", country.name)]
    return [other for other in dict.fromkeys(others) if other != name]
