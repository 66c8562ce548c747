"""Bringing a database to this release's schema, and founding an empty book: every state stands in it from the start.

A change of schema is one transaction with the reshaping of the documents: a fault anywhere in it leaves all as it was.
Alembic is loaded when a schema is changed: most commands change none.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.records.parties import PARTIES, states
from app.records.record import create_records
from app.records.reshape import reshape
from app.records.upsert import LOADER
from app.store.database import Database
from app.store.ledger import Writer
from app.store.schema_version import revision_of, standing

if TYPE_CHECKING:
    from alembic.config import Config

_ROOT = Path(__file__).resolve().parents[2]


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, from pyproject.toml; with a connection, for work on just that one."""
    from alembic.config import Config

    made = Config(toml_file=_ROOT / "pyproject.toml", stdout=sys.stdout)
    made.attributes["connection"] = connection
    return made


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database up to a schema revision, found the book if it is new, and else reshape its documents."""
    from alembic import command
    from alembic.script import ScriptDirectory

    before = revision_of(database)
    with changing_schema(database) as connection:
        command.upgrade(config(connection), to)
        after = standing(connection)
        if after == before or after != ScriptDirectory.from_config(config()).get_current_head():
            return
        writer = Writer(connection, LOADER)
        if writer.head.seq == 0:
            create_records(writer, [PARTIES.record(state) for state in states()])
        else:
            reshape(writer)


@contextmanager
def changing_schema(database: Database) -> Iterator[Connection]:
    """A connection in whose one transaction the schema is changed, whole or not at all."""
    with database.writer.connect() as connection:
        if database.is_sqlite:
            # Rebuilding a table must not delete the rows that refer to it; off only outside a transaction.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration left a row that refers to nothing; the database is as it was")
        finally:
            if database.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
