"""What a page calls the records it shows, read once for all of them: one statement for each kind."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Connection

from app.pages.labels import TOWARDS
from app.schemas.vocabulary import Entity
from app.store.ledger import read_documents

_LONG = 24  # an organisation of a longer name goes by its abbreviation
# Under which member a pledge's document names which kind of record.
_NAMED_BY_PLEDGES = {
    Entity.party: ("pledgors", "towards", "about"),
    Entity.topic: ("topics",),
    Entity.instrument: ("instruments",),
    Entity.participant: ("speakers",),
}


class Names:
    """The names of records by id. One that the book does not have goes by its id."""

    def __init__(self, documents: Mapping[Entity, Mapping[str, dict[str, Any]]]) -> None:
        self.documents = documents
        self._parties = {code: short_name(party) for code, party in documents.get(Entity.party, {}).items()}
        self._told: dict[tuple[Any, ...], Markup] = {}  # the cards of a page mostly tell of the same parties

    def party(self, code: str) -> str:
        """The name people use: South Korea, ASEAN; a word such as `each-other` as it is said."""
        return self._parties.get(code) or TOWARDS.get(code, code)

    def parties(self, codes: Sequence[str]) -> Markup:
        """Parties by name, each a link: `South Korea and United States`; a word such as `each-other` is no link."""
        links = [
            Markup('<a href="/parties/{}">{}</a>').format(code, self.party(code))
            if code not in TOWARDS
            else escape(self.party(code))
            for code in codes
        ]
        first = Markup(", ").join(links[:-1])
        return Markup("{} and {}").format(first, links[-1]) if first else Markup("").join(links)

    def who(self, pledge: Mapping[str, Any]) -> Markup:
        """Who promised to whom, and about whom."""
        key = (*pledge["pledgors"], "", *pledge["towards"], "", *pledge["about"])
        if key not in self._told:
            told = self.parties(pledge["pledgors"])
            if pledge["towards"]:
                arrow = Markup('{} <span class="to" role="img" aria-label="to">→</span> {}')
                told = arrow.format(told, self.parties(pledge["towards"]))
            if pledge["about"]:
                told = Markup('{} <span class="about">about {}</span>').format(told, self.parties(pledge["about"]))
            self._told[key] = told
        return self._told[key]

    def topic(self, slug: str) -> str:
        return self._name(Entity.topic, slug)

    def person(self, slug: str) -> str:
        return self._name(Entity.participant, slug)

    def instrument(self, slug: str) -> str:
        return self._name(Entity.instrument, slug)

    def meeting(self, id: str) -> str:
        return self._name(Entity.meeting, id, "title")

    def source(self, id: str) -> str:
        return self._name(Entity.source, id, "title")

    def record(self, entity: str, id: str) -> dict[str, Any] | None:
        """The whole document of a record that was asked for."""
        return self.documents.get(Entity(entity), {}).get(id)

    def korean(self, entity: str, id: str) -> Markup:
        """The record's Korean name, marked as Korean; nothing if it has none."""
        return korean_name(self.record(entity, id) or {})

    def _name(self, entity: Entity, id: str, member: str = "name") -> str:
        document = self.documents.get(entity, {}).get(id)
        return str(document[member]) if document else id.replace("-", " ")


def korean_name(record: Any) -> Markup:
    """A record's Korean name, marked as Korean; nothing if it has none. The record is a document or a shape."""
    names = record.get("names") if isinstance(record, Mapping) else record.names
    name = (names or {}).get("ko")
    return Markup('<span class="ko" lang="ko">{}</span>').format(name) if name else Markup("")


def short_name(party: Mapping[str, Any]) -> str:
    """What people call a party: a state without its constitution, a long-named organisation by its abbreviation."""
    name = str(party["name"])
    aliases = [alias for alias in party["aliases"] if alias.isascii() and "." not in alias and "," not in alias]
    if party["type"] == "state" and "Republic" in name:
        return next((alias for alias in aliases if not alias.isupper() and "Republic" not in alias), name)
    if party["type"] == "organisation" and len(name) > _LONG:
        return next((alias for alias in aliases if alias.isupper()), name)
    return name


def read_names(connection: Connection, pledges: Sequence[Mapping[str, Any]] = (), **further: Iterable[str]) -> Names:
    """The names of all that some pledges' documents refer to, and of `further` ids by kind: `meeting=[…]`."""
    wanted = _wanted(further, pledges, _NAMED_BY_PLEDGES)
    wanted[Entity.meeting] |= {pledge["meeting"] for pledge in pledges}
    wanted[Entity.source] |= {citation["source"] for pledge in pledges for citation in pledge["citations"]}
    return _read(connection, wanted)


def read_card_names(connection: Connection, pledges: Sequence[Mapping[str, Any]], **further: Iterable[str]) -> Names:
    """The names that the cards of some pledges show, their parties and topics, and those of `further` ids by kind."""
    shown = {entity: _NAMED_BY_PLEDGES[entity] for entity in (Entity.party, Entity.topic)}
    return _read(connection, _wanted(further, pledges, shown))


def _wanted(
    further: Mapping[str, Iterable[str]], pledges: Sequence[Mapping[str, Any]], members: Mapping[Entity, Sequence[str]]
) -> dict[Entity, set[str]]:
    wanted = {entity: set(further.get(entity, ())) for entity in Entity}
    for entity, names in members.items():
        wanted[entity] |= {id for pledge in pledges for name in names for id in pledge[name]}
    return wanted


def _read(connection: Connection, wanted: Mapping[Entity, set[str]]) -> Names:
    return Names({
        entity: {id: json.loads(text) for id, text in read_documents(connection, entity, sorted(ids)).items()}
        for entity, ids in wanted.items()
        if ids
    })  # fmt: skip
