"""Whether a pledge is new, beside it: it continues nothing and is no mere reaffirmation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FILLED = """UPDATE pledge SET is_new = (act <> 'reaffirm' AND NOT EXISTS (
  SELECT 1 FROM link WHERE link.pledge = pledge.key
  AND link.type IN ('renews', 'strengthens', 'weakens', 'extends', 'supersedes')))"""


def upgrade() -> None:
    op.add_column("pledge", sa.Column("is_new", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(FILLED)


def downgrade() -> None:
    op.drop_column("pledge", "is_new")
