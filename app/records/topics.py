"""Topics: what pledges are about, in two levels. A topic's parent has no parent itself."""

from typing import Any

from sqlalchemy import Connection, Row, select
from sqlmodel import SQLModel

from app.errors import Fault
from app.records.mapping import PartRows
from app.records.record import Kind, Rows
from app.records.register import Register, alias_rows, name_rows, names_of
from app.schemas.records import TopicCreate
from app.schemas.vocabulary import Entity
from app.search.names import missing
from app.store import models
from app.store.models import columns


class Topics(Register[TopicCreate]):
    kind = Kind(Entity.topic, models.Topic, "slug", {models.TopicAlias: "topic"})
    shape = TopicCreate

    def parts(self, line: TopicCreate) -> dict[type[SQLModel], Rows]:
        return {models.TopicAlias: name_rows("topic", line.slug, line.names, line.cues)}

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        names = parts[models.TopicAlias]
        return {**self.shared_values(row), "names": names_of(names), "cues": [cue.name for cue in alias_rows(names)]}

    def faults(self, connection: Connection, line: TopicCreate) -> list[Fault]:
        if line.parent is None:
            return []
        if line.parent == line.slug:
            return [Fault(("parent",), "must name another topic")]
        named = {Entity.topic: [(("parent",), line.parent)]}
        if unknown := missing(connection, named, standing=line.retracted is None):
            return unknown
        topic = columns(models.Topic)
        if connection.execute(select(topic.c.parent).where(topic.c.slug == line.parent)).scalar() is not None:
            return [Fault(("parent",), "must name a topic that has no parent, because topics have two levels")]
        if connection.execute(select(topic.c.slug).where(topic.c.parent == line.slug).limit(1)).first():
            return [Fault(("parent",), "must be null while the topic has children, because topics have two levels")]
        return []


TOPICS = Topics()
_TOPIC = columns(models.Topic)
_PARENTS = select(_TOPIC.c.slug, _TOPIC.c.parent).where(_TOPIC.c.parent.is_not(None))


def parents(connection: Connection) -> dict[str, str]:
    """Return the parent of each topic that has one, by slug."""
    return dict(connection.execute(_PARENTS).all())
