"""Names and what they lead to: any spelling, alias or language finds the record; a wrong one is told the nearest."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from sqlalchemy import select, union
from sqlmodel import Session

from app import models
from app.errors import Fault, Path
from app.models import columns
from app.vocabulary import Entity

# Each named entity: its table, its key, its table of further names and the owner's column there.
NAMED: Mapping[Entity, tuple[Any, str, Any, str]] = {
    Entity.party: (columns(models.Party), "code", columns(models.PartyAlias), "party"),
    Entity.topic: (columns(models.Topic), "slug", columns(models.TopicAlias), "topic"),
    Entity.instrument: (columns(models.Instrument), "slug", columns(models.InstrumentAlias), "instrument"),
    Entity.participant: (columns(models.Participant), "slug", columns(models.ParticipantAlias), "participant"),
}
_KEYS = {
    **{entity: table.c[key] for entity, (table, key, _, _) in NAMED.items()},
    Entity.source: columns(models.Source).c.id,
    Entity.meeting: columns(models.Meeting).c.id,
    Entity.pledge: columns(models.Pledge).c.id,
}
_SEPARATORS = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """A name as it is searched for: no case, no accents, no dots, words apart by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", plain).casefold().replace(".", "").replace("'", "").replace("’", "")
    return _SEPARATORS.sub(" ", text).strip()[:300]


def known(session: Session, entity: Entity, ids: Iterable[str]) -> set[str]:
    """Which of these ids the book has."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    key = _KEYS[entity]
    return set(session.execute(select(key).where(key.in_(wanted))).scalars())


def resolve(session: Session, entity: Entity, names: Iterable[str]) -> dict[str, set[str]]:
    """The ids each name leads to: its own if it is one, else all that bear the name. Unknown ones are absent."""
    table, key, aliases, owner = NAMED[entity]
    wanted = {name: fold(name) for name in names}
    by_name = select(table.c[key], table.c.folded).where(table.c.folded.in_(wanted.values()))
    by_alias = select(aliases.c[owner], aliases.c.folded).where(aliases.c.folded.in_(wanted.values()))
    # Codes and slugs fold to themselves but for case and hyphens, so they are asked for as they are.
    exact = {name: name.upper() if entity is Entity.party else name.lower() for name in wanted}
    by_key = select(table.c[key], table.c[key]).where(table.c[key].in_(exact.values()))
    found: dict[str, set[str]] = {}
    for id, matched in session.execute(union(by_name, by_alias, by_key)):
        for name, folded in wanted.items():
            if matched in (folded, exact[name]):
                found.setdefault(name, set()).add(id)
    return {name: {exact[name]} if exact[name] in ids else ids for name, ids in found.items()}


def nearest(session: Session, entity: Entity, name: str, count: int = 3) -> list[str]:
    """The ids whose id or name is most like `name`, for the answer to a wrong one."""
    candidates: dict[str, str] = {}
    if entity in NAMED:
        table, key, aliases, owner = NAMED[entity]
        rows = session.execute(select(aliases.c.folded, aliases.c[owner]).limit(5000)).all()
        rows = [*rows, *session.execute(select(table.c.folded, table.c[key]).limit(5000)).all()]
        candidates = {folded: id for folded, id in rows}
    ids = session.execute(select(_KEYS[entity]).limit(5000)).scalars()
    candidates |= {fold(id): id for id in ids}
    matches = get_close_matches(fold(name[:300]), candidates, n=count * 3, cutoff=0.5)
    return list(dict.fromkeys(candidates[match] for match in matches))[:count]


def did_you_mean(session: Session, entity: Entity, name: str) -> str:
    """`; the nearest are A, B` or nothing."""
    near = nearest(session, entity, name)
    return f"; the nearest are {', '.join(near)}" if near else ""


def missing(session: Session, entity: Entity, named: Iterable[tuple[Path, str]]) -> list[Fault]:
    """A fault for every named id that the book does not have, with the nearest that it has."""
    places = list(named)
    there = known(session, entity, (id for _, id in places))
    absent = [(path, id) for path, id in places if id not in there]
    return [
        Fault(path, f"must name a {entity} of the book{did_you_mean(session, entity, id) if index < 10 else ''}")
        for index, (path, id) in enumerate(absent[:100])
    ]
