"""Parties: states by ISO 3166-1 alpha-3 code, organisations, and named groups of states.

A new book contains every state. Seed files add names and aliases, organisations and groups.
"""

from typing import Any

from sqlalchemy import Row
from sqlmodel import SQLModel

from app.records.mapping import PartRows
from app.records.record import Kind, Rows
from app.records.register import Register, alias_rows, name_rows, names_of
from app.schemas.records import PartyCreate
from app.schemas.vocabulary import Entity, PartyType
from app.store import models


class Parties(Register[PartyCreate]):
    kind = Kind(Entity.party, models.Party, "code", {models.PartyAlias: "party"})
    shape = PartyCreate

    def parts(self, line: PartyCreate) -> dict[type[SQLModel], Rows]:
        return {models.PartyAlias: name_rows("party", line.code, line.names, line.aliases)}

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        names = parts[models.PartyAlias]
        aliases = [alias.name for alias in alias_rows(names)]
        return {**self.shared_values(row), "names": names_of(names), "aliases": aliases}


PARTIES = Parties()


def states() -> list[PartyCreate]:
    """Return every state and territory of ISO 3166-1, in the order of their codes."""
    import pycountry  # imported here because only a new book needs it, and it is slow to import

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
