"""Bits of a pledge's topics beside its parties, and in their index."""

import zlib
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_pledge_party_newest"
COLUMNS: list[str | sa.TextClause] = ["party", "role", sa.text("held_on DESC"), "pledge"]
ADDED = sa.text("""UPDATE pledge_party SET topics = topics | :bit
  WHERE pledge IN (SELECT pledge FROM pledge_topic WHERE topic = :topic)""")


def upgrade() -> None:
    op.add_column("pledge_party", sa.Column("topics", sa.BigInteger, nullable=False, server_default="0"))
    op.drop_index(INDEX, "pledge_party")
    connection = op.get_bind()
    for topic in connection.scalars(sa.text("SELECT DISTINCT topic FROM pledge_topic")).all():
        connection.execute(ADDED, {"bit": 1 << zlib.crc32(topic.encode()) % 62, "topic": topic})
    op.create_index(INDEX, "pledge_party", [*COLUMNS, "topics"])


def downgrade() -> None:
    op.drop_index(INDEX, "pledge_party")
    op.create_index(INDEX, "pledge_party", COLUMNS)
    op.drop_column("pledge_party", "topics")
