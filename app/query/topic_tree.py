"""Topic tree: read all topics as a tree, with the number of pledges on each."""

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
    """The topics without a parent, in order of slug, each with its children. A parent's counts include its children.

    Four statements, whatever the number of topics.
    """
    table, all_pledges = columns(Topic), PledgeQuery()
    query = select(table.c.slug).where(table.c.retracted.is_(None)).order_by(table.c.slug)
    slugs = list(connection.execute(query).scalars())
    documents = read_documents(connection, Entity.topic, slugs)
    values = count(connection, all_pledges, ["topic"], len(slugs)).facets["topic"]
    value_by_slug = {value.code: value for value in values}
    branches: dict[str, TopicBranch] = {}
    for slug in slugs:
        topic, value = TopicPublic.model_validate_json(documents[slug]), value_by_slug.get(slug)
        branches[slug] = TopicBranch(
            **dict(topic),
            mentions=value.mentions if value else 0,
            undertakings=value.undertakings if value else 0,
            new=value.new if value else 0,
            query=query_string(all_pledges, replacement(all_pledges, "topic", slug)),
        )
    for branch in branches.values():
        if branch.parent in branches:
            branches[branch.parent].children.append(branch)
    return [branch for branch in branches.values() if branch.parent not in branches]
