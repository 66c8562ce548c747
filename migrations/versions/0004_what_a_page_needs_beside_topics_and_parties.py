"""The act and the revision of a pledge beside its topics and parties, and in their indexes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEWEST: list[str | sa.TextClause] = [sa.text("held_on DESC"), "pledge"]
INDEXES: dict[str, tuple[str, list[str | sa.TextClause]]] = {
    "pledge_topic": ("ix_pledge_topic_newest", ["topic", *NEWEST]),
    "pledge_party": ("ix_pledge_party_newest", ["party", "role", *NEWEST, "topics"]),
}
# With its check, which SQLite adds to a table only so.
STANDING = """ALTER TABLE {table} ADD COLUMN standing VARCHAR(24) CONSTRAINT ck_{table}_act
  CHECK (standing IN ('commit', 'agree', 'reaffirm', 'support', 'condemn', 'urge'))"""
FILLED = """UPDATE {table} SET (standing, revision) =
  (SELECT CASE WHEN retracted IS NULL THEN act END, pledge.revision FROM pledge WHERE pledge.key = {table}.pledge)"""


def upgrade() -> None:
    for table, (index, columns) in INDEXES.items():
        op.execute(STANDING.format(table=table))
        op.add_column(table, sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
        op.drop_index(index, table)
        op.execute(FILLED.format(table=table))
        op.create_index(index, table, [*columns, "standing", "revision"])


def downgrade() -> None:
    for table, (index, columns) in INDEXES.items():
        op.drop_index(index, table)
        op.create_index(index, table, columns)
        op.drop_column(table, "revision")
        op.drop_column(table, "standing")
