"""Names: the display names of the records that a page shows, read with one statement for each kind of record."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Connection

from app.pages.labels import TOWARDS
from app.schemas.vocabulary import Entity
from app.store.ledger import read_documents

_LONG = 24  # letters; an organisation with a longer name is shown by its abbreviation
# The members of a pledge's document that hold ids, by kind of record.
_NAMED_BY_PLEDGES = {
    Entity.party: ("pledgors", "towards", "about"),
    Entity.topic: ("topics",),
    Entity.instrument: ("instruments",),
    Entity.participant: ("speakers",),
}


class Names:
    """The display names of records by id. A record that is not in the book is shown by its id."""

    def __init__(self, documents: Mapping[Entity, Mapping[str, dict[str, Any]]]) -> None:
        self.documents = documents
        self._parties = {code: short_name(party) for code, party in documents.get(Entity.party, {}).items()}
        self._who: dict[tuple[Any, ...], Markup] = {}  # most cards of a page name the same parties

    def party(self, code: str) -> str:
        """The common name of a party, such as South Korea; the label of a word such as `each-other`."""
        return self._parties.get(code) or TOWARDS.get(code, code)

    def parties(self, codes: Sequence[str]) -> Markup:
        """Parties as links: `South Korea and United States`. A word such as `each-other` is not linked."""
        links = [
            Markup('<a href="/parties/{}">{}</a>').format(code, self.party(code))
            if code not in TOWARDS
            else escape(self.party(code))
            for code in codes
        ]
        first = Markup(", ").join(links[:-1])
        return Markup("{} and {}").format(first, links[-1]) if first else Markup("").join(links)

    def who(self, pledge: Mapping[str, Any]) -> Markup:
        """Who made the pledge, to whom, and about whom, as links."""
        key = (*pledge["pledgors"], "", *pledge["towards"], "", *pledge["about"])
        if key not in self._who:
            who = self.parties(pledge["pledgors"])
            if pledge["towards"]:
                arrow = Markup('{} <span class="to" role="img" aria-label="to">→</span> {}')
                who = arrow.format(who, self.parties(pledge["towards"]))
            if pledge["about"]:
                who = Markup('{} <span class="about">about {}</span>').format(who, self.parties(pledge["about"]))
            self._who[key] = who
        return self._who[key]

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
        """The document of a record; None if it was not read."""
        return self.documents.get(Entity(entity), {}).get(id)

    def korean(self, entity: str, id: str) -> Markup:
        """The record's Korean name with `lang="ko"`; empty if it has none."""
        return korean_name(self.record(entity, id) or {})

    def _name(self, entity: Entity, id: str, member: str = "name") -> str:
        document = self.documents.get(entity, {}).get(id)
        return str(document[member]) if document else id.replace("-", " ")


def korean_name(record: Any) -> Markup:
    """A record's Korean name with `lang="ko"`; empty if it has none. `record` is a document or a schema object."""
    names = record.get("names") if isinstance(record, Mapping) else record.names
    name = (names or {}).get("ko")
    return Markup('<span class="ko" lang="ko">{}</span>').format(name) if name else Markup("")


def short_name(party: Mapping[str, Any]) -> str:
    """The common name of a party: South Korea for the Republic of Korea, an abbreviation for a long name."""
    name = str(party["name"])
    aliases = [alias for alias in party["aliases"] if alias.isascii() and "." not in alias and "," not in alias]
    if party["type"] == "state" and "Republic" in name:
        return next((alias for alias in aliases if not alias.isupper() and "Republic" not in alias), name)
    if party["type"] == "organisation" and len(name) > _LONG:
        return next((alias for alias in aliases if alias.isupper()), name)
    return name


def read_names(connection: Connection, pledges: Sequence[Mapping[str, Any]] = (), **further: Iterable[str]) -> Names:
    """The names of all records that some pledges refer to, and of `further` ids by kind: `meeting=[…]`."""
    wanted = _wanted(further, pledges, _NAMED_BY_PLEDGES)
    wanted[Entity.meeting] |= {pledge["meeting"] for pledge in pledges}
    wanted[Entity.source] |= {citation["source"] for pledge in pledges for citation in pledge["citations"]}
    return _read(connection, wanted)


def read_card_names(connection: Connection, pledges: Sequence[Mapping[str, Any]], **further: Iterable[str]) -> Names:
    """The names that the cards of some pledges show (parties, topics), and those of `further` ids by kind."""
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
