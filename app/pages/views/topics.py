"""/topics: the tree of topics; /topics/{slug}: one topic with its undertakings over time."""

import json
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.charts.timeline import Timeline, draw_timeline, meetings_of
from app.pages.names import read_names
from app.pages.records import read_record
from app.pages.rendering import PageRouter, page
from app.query.facets import read_counts
from app.query.pages import PledgeQuery
from app.query.threads import read_strands
from app.query.topic_tree import read_topic_tree
from app.query.undertakings import UndertakingQuery, read_undertakings
from app.schemas.facets import TopicBranch
from app.schemas.vocabulary import Entity
from app.store.ledger import read_documents

router = PageRouter()
_LINES = 40  # undertakings on one page


class TopicPageQuery(BaseModel):
    """The cursor of a page of undertakings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str | None = Field(None, max_length=500)


@router.get("/topics")
def topics(reading: Reading) -> Response:
    """The tree of topics with counts."""
    connection = reading.connection
    context = {"tree": read_topic_tree(connection)}
    title = "Topics"
    description = "What states promised each other, by topic."
    return page(reading, "topics.html", context, title=title, description=description)


@router.get("/topics/{slug}")
def topic(reading: Reading, slug: str, query: Annotated[TopicPageQuery, Query()]) -> Response:
    """One topic: its definition and its undertakings over time."""
    connection = reading.connection
    record = read_record(connection, Entity.topic, slug)
    drawn, next = _read_timeline(connection, slug, query.cursor)
    names = read_names(connection, [pledge for line in drawn.lines for pledge in line.said], topic=_above(record))
    context = {
        "topic": record,
        "children": _children(connection, slug) if record["parent"] is None else [],
        "drawn": drawn,
        "next": next,
        "counts": read_counts(connection, PledgeQuery(topic=[slug])),
        "positions": read_counts(connection, PledgeQuery(topic=[slug], kind="position")).mentions,
        "names": names,
    }
    name = record["name"]
    description = f"{name}: what states promised each other over time. {record['definition']}"
    return page(reading, "topic.html", context, title=name, description=description)


def _above(record: dict[str, Any]) -> list[str]:
    return [record["parent"]] if record["parent"] else []


def _children(connection: Connection, slug: str) -> list[TopicBranch]:
    return next((branch.children for branch in read_topic_tree(connection) if branch.slug == slug), [])


def _read_timeline(connection: Connection, slug: str, cursor: str | None) -> tuple[Timeline, str | None]:
    """The timeline of a topic, the undertaking renewed last first; and the cursor of the next page."""
    asked = UndertakingQuery(topic=[slug], limit=_LINES, cursor=cursor)
    found = read_undertakings(connection, asked)
    strands = read_strands(connection, [json.loads(item)["id"] for item in found.items])
    records = read_documents(connection, Entity.meeting, meetings_of(strands))
    return draw_timeline(strands, {id: json.loads(record) for id, record in records.items()}), found.next
