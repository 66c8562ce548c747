"""A bit for each topic, given out in turn, so that the first topics share none; bits of pledges by them."""

import zlib
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BITS = 62
INDEX = "ix_pledge_party_newest"
COLUMNS: list[str | sa.TextClause] = [
    "party", "role", sa.text("held_on DESC"), "pledge", "topics", "standing", "revision"
]  # fmt: skip
ENTERED = sa.text("SELECT id FROM revision WHERE entity = 'topic' AND version = 1 ORDER BY seq")
GIVEN = sa.text("UPDATE topic SET bit = :bit WHERE slug = :slug")
# Each bit once: their sum is all of them together.
FILLED = """UPDATE pledge_party SET topics = coalesce((
  SELECT CAST(sum(DISTINCT CAST(1 AS BIGINT) << topic.bit) AS BIGINT) FROM pledge_topic
  JOIN topic ON topic.slug = pledge_topic.topic WHERE pledge_topic.pledge = pledge_party.pledge), 0)"""


def fill(bits: Iterable[tuple[str, int]]) -> None:
    for slug, bit in bits:
        op.get_bind().execute(GIVEN, {"slug": slug, "bit": bit})
    op.drop_index(INDEX, "pledge_party")
    op.execute(FILLED)
    op.create_index(INDEX, "pledge_party", COLUMNS)


def entered() -> Sequence[str]:
    return op.get_bind().scalars(ENTERED).all()


def upgrade() -> None:
    op.add_column("topic", sa.Column("bit", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_topic_bit", "topic", ["bit"])
    fill((slug, at % BITS) for at, slug in enumerate(entered()))


def downgrade() -> None:
    fill((slug, zlib.crc32(slug.encode()) % BITS) for slug in entered())  # as they were before, made of the slug
    op.drop_index("ix_topic_bit", "topic")
    op.drop_column("topic", "bit")
