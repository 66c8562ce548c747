"""Alembic's environment: the tables of `app.store.models`, on the database of the settings or a given connection."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.settings import Settings
from app.store.database import Database
from app.store.models import metadata


def is_compared(_item: Any, name: str | None, type: str, _reflected: bool, _other: Any) -> bool:
    """What `alembic check` looks at.

    Not the tables that a search index makes for itself, and not the newest-first indexes, since SQLite cannot show
    Alembic a DESC; a test looks at those itself.
    """
    if type == "table":
        return not str(name).startswith("search")
    return not (type == "index" and str(name).endswith("_newest"))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
        include_object=is_compared,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with Database(Settings().database_url).writer.begin() as own:
        migrate(own)
