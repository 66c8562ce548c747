"""The topics as a tree, each with what the book holds on it."""

from sqlalchemy import Connection, select

from app.query.facets import count, replacement
from app.query.filters import query_string
from app.query.pages import PledgeQuery
from app.schemas.facets import TopicBranch
from app.schemas.records import TopicPublic
from app.schemas.vocabulary import Entity
from app.store.ledger import read_documents
from app.store.models import Topic, columns


def read_topic_tree(connection: Connection) -> list[TopicBranch]:
    """The topics without a parent, by slug, each with its children; a parent's counts hold its children's pledges.

    Four statements, however many topics there are.
    """
    table, everything = columns(Topic), PledgeQuery()
    slugs = list(
        connection.execute(select(table.c.slug).where(table.c.retracted.is_(None)).order_by(table.c.slug)).scalars()
    )
    documents = read_documents(connection, Entity.topic, slugs)
    division = count(connection, everything, ["topic"], len(slugs))
    counted = {value.code: value for value in division.facets["topic"]}
    branches: dict[str, TopicBranch] = {}
    for slug in slugs:
        topic, value = TopicPublic.model_validate_json(documents[slug]), counted.get(slug)
        branches[slug] = TopicBranch(
            **dict(topic),
            mentions=value.mentions if value else 0,
            undertakings=value.undertakings if value else 0,
            new=value.new if value else 0,
            query=query_string(everything, replacement(everything, "topic", slug)),
        )
    for branch in branches.values():
        if branch.parent in branches:
            branches[branch.parent].children.append(branch)
    return [branch for branch in branches.values() if branch.parent not in branches]
