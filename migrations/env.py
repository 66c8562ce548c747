"""Alembic environment: migrates the database of the settings, or that of a connection in Alembic's attributes."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.settings import Settings
from app.store.database import Database
from app.store.models import metadata


def is_compared(_item: Any, name: str | None, type: str, _reflected: bool, _other: Any) -> bool:
    """True if `alembic check` must compare this object with the models.

    It skips the tables of the search index, which have no models, and the newest-first indexes, because Alembic cannot
    read DESC from SQLite. A test compares those.
    """
    if type == "table":
        return not str(name).startswith("search")
    return not (type == "index" and str(name).endswith("_newest"))


def migrate(connection: Connection) -> None:
    """Run the migrations on `connection` in one transaction."""
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


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    with Database(Settings().database_url).writer.begin() as own_connection:
        migrate(own_connection)
