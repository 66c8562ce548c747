"""Topics: what pledges are about, in two levels. A topic with a parent is its child; parents stand before children."""

from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from app.errors import Fault
from app.records.record import Kind, Rows
from app.records.register import PartRows, Register, aliases_of, name_rows, names_of
from app.schemas.folding import fold
from app.schemas.records import TopicCreate
from app.schemas.vocabulary import Entity
from app.search.names import missing
from app.store import models
from app.store.models import columns


class Topics(Register[TopicCreate]):
    kind = Kind(Entity.topic, models.Topic, "slug", {models.TopicAlias: "topic"})
    shape = TopicCreate

    def row(self, line: TopicCreate) -> dict[str, Any]:
        return {
            "slug": line.slug,
            "parent": line.parent,
            "name": line.name,
            "folded": fold(line.name),
            "definition": line.definition,
            "retracted": line.retracted,
        }

    def parts(self, line: TopicCreate) -> dict[type[SQLModel], Rows]:
        return {models.TopicAlias: name_rows("topic", line.slug, line.names, line.cues)}

    def line(self, row: models.Topic, parts: PartRows) -> dict[str, Any]:
        further = parts.get(models.TopicAlias, [])
        return {
            "slug": row.slug,
            "parent": row.parent,
            "name": row.name,
            "names": names_of(further),
            "definition": row.definition,
            "cues": [cue.name for cue in aliases_of(further)],
        }

    def faults(self, connection: Connection, line: TopicCreate) -> list[Fault]:
        if line.parent is None:
            return []
        if line.parent == line.slug:
            return [Fault(("parent",), "must name another topic")]
        named = {Entity.topic: [(("parent",), line.parent)]}
        if unknown := missing(connection, named, standing=line.retracted is None):
            return unknown
        topic = columns(models.Topic)
        two_levels = "topics have two levels: "
        if connection.execute(select(topic.c.parent).where(topic.c.slug == line.parent)).scalar() is not None:
            return [Fault(("parent",), two_levels + "must name a topic that has no parent itself")]
        if connection.execute(select(topic.c.slug).where(topic.c.parent == line.slug).limit(1)).first():
            return [Fault(("parent",), two_levels + "must be null while this topic has children")]
        return []


TOPICS = Topics()
_TOPIC = columns(models.Topic)
_PARENTS = select(_TOPIC.c.slug, _TOPIC.c.parent).where(_TOPIC.c.parent.is_not(None))


def parents(connection: Connection) -> dict[str, str]:
    """The parent of each topic that has one, by slug."""
    return dict(connection.execute(_PARENTS).all())
