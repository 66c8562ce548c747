"""Lookup of ids: check that ids exist in the database, and suggest similar ids for an unknown one."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, literal_column, select, union_all

from app.errors import Fault, NotFound, Path
from app.schemas.folding import fold
from app.schemas.vocabulary import Entity
from app.store import models
from app.store.models import columns

# For each entity with names: its table, its key, its table of aliases, and the foreign key in that table.
NAMED: Mapping[Entity, tuple[Any, str, Any, str]] = {
    Entity.party: (columns(models.Party), "code", columns(models.PartyAlias), "party"),
    Entity.topic: (columns(models.Topic), "slug", columns(models.TopicAlias), "topic"),
    Entity.instrument: (columns(models.Instrument), "slug", columns(models.InstrumentAlias), "instrument"),
    Entity.participant: (columns(models.Participant), "slug", columns(models.ParticipantAlias), "participant"),
}
_TABLES = {
    **{entity: (table, table.c[key]) for entity, (table, key, _, _) in NAMED.items()},
    Entity.source: (columns(models.Source), columns(models.Source).c.id),
    Entity.meeting: (columns(models.Meeting), columns(models.Meeting).c.id),
    Entity.pledge: (columns(models.Pledge), columns(models.Pledge).c.id),
}


def known(
    connection: Connection, named: Mapping[Entity, Iterable[str]], *, standing: bool = False
) -> set[tuple[Entity, str]]:
    """The ids that exist, as pairs of entity and id; with `standing`, without retracted records. One statement."""
    wanted = {entity: ids for entity, names in named.items() if (ids := sorted(set(names)))}
    if not wanted:
        return set()
    ids_by_entity = {entity.value: ids for entity, ids in wanted.items()}
    rows: Any = connection.execute(_known_statement(tuple(wanted), standing), ids_by_entity)
    return {(Entity(entity), id) for entity, id in rows}


# Cached, because each write of a record with references runs this statement.
@cache
def _known_statement(entities: tuple[Entity, ...], standing: bool) -> CompoundSelect[tuple[str, str]]:
    return union_all(*(_known_of_entity(entity, standing) for entity in entities))


def _known_of_entity(entity: Entity, standing: bool) -> Select[tuple[str, str]]:
    table, key = _TABLES[entity]
    query = select(literal_column(f"'{entity}'"), key).where(key.in_(bindparam(entity.value, expanding=True)))
    return query.where(table.c.retracted.is_(None)) if standing else query


def nearest(connection: Connection, entity: Entity, name: str, count: int = 3) -> list[str]:
    """At most `count` ids of records with an id or a name similar to `name`, the most similar first."""
    candidates: dict[str, str] = {}
    if entity in NAMED:
        table, key, aliases, owner = NAMED[entity]
        rows = connection.execute(select(aliases.c.folded, aliases.c[owner]).limit(5000)).all()
        rows = [*rows, *connection.execute(select(table.c.folded, table.c[key]).limit(5000)).all()]
        candidates = {folded: id for folded, id in rows}
    ids = connection.execute(select(_TABLES[entity][1]).limit(5000)).scalars()
    candidates |= {fold(id): id for id in ids}
    matches = get_close_matches(fold(name[:300]), candidates, n=count * 3, cutoff=0.5)
    return list(dict.fromkeys(candidates[match] for match in matches))[:count]


def did_you_mean(connection: Connection, entity: Entity, name: str) -> str:
    """The end of an error message: `; the nearest are A, B`, or "" if no id is similar."""
    near = nearest(connection, entity, name)
    return f"; the nearest are {', '.join(near)}" if near else ""


def missing(
    connection: Connection, named: Mapping[Entity, Iterable[tuple[Path, str]]], *, standing: bool = True
) -> list[Fault]:
    """A fault with similar ids for each id that does not exist, or (with `standing`) is retracted.

    `named` gives, by entity, the path of each reference in the document and the id in it.
    """
    references = {entity: list(of_entity) for entity, of_entity in named.items()}
    ids = {entity: [id for _, id in of_entity] for entity, of_entity in references.items()}
    existing = known(connection, ids, standing=standing)
    faults: list[Fault] = []
    for entity, of_entity in references.items():
        absent = [(path, id) for path, id in of_entity if (entity, id) not in existing]
        faults += [
            Fault(path, f"must name a {entity} of the book{did_you_mean(connection, entity, id) if index < 10 else ''}")
            for index, (path, id) in enumerate(absent[:100])
        ]
    return faults


def no_such_record(connection: Connection, entity: Entity, id: str) -> NotFound:
    """The error for an id that does not exist. Its message suggests similar ids."""
    return NotFound(f"No {entity} has this id{did_you_mean(connection, entity, id)}.")
