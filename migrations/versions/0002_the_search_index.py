"""The search index: FTS5 on SQLite, a tsvector under GIN on PostgreSQL, filled from the documents that stand."""

from collections.abc import Sequence

from alembic import op
from sqlmodel import Session

from app.search_index import CREATE_POSTGRESQL, CREATE_SQLITE, fill

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    connection = op.get_bind()
    for statement in CREATE_SQLITE if connection.dialect.name == "sqlite" else CREATE_POSTGRESQL:
        op.execute(statement)
    with Session(connection) as session:
        fill(session)


def downgrade() -> None:
    op.execute("DROP TABLE search_meeting")
    op.execute("DROP TABLE search_pledge")
