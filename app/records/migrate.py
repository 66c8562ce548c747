"""Migrate: upgrade a database to this release's schema, and add every state of ISO 3166-1 to a new book.

The schema and the documents are changed in one transaction, which is rolled back as a whole on any error. Alembic is
imported only when a schema is changed, because it is slow to import and most commands change none.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.records.parties import PARTIES, states
from app.records.rebuild import reshape
from app.records.record import create_records
from app.records.upsert import LOADER
from app.store.database import Database
from app.store.ledger import Writer
from app.store.schema_version import revision_of, standing

if TYPE_CHECKING:
    from alembic.config import Config

_ROOT = Path(__file__).resolve().parents[2]


def config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration from pyproject.toml. With a connection, migrations run on that connection."""
    from alembic.config import Config

    made = Config(toml_file=_ROOT / "pyproject.toml", stdout=sys.stdout)
    made.attributes["connection"] = connection
    return made


def migrate(database: Database, to: str = "head") -> None:
    """Upgrade the database to a schema revision. `head` is the revision of this release.

    At `head`, also write every state into a new book, or write the documents of an existing book in their new shape.
    """
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
    """Open a connection with one transaction in which the schema is changed. It is rolled back on any error.

    Raises `RuntimeError` if a row on SQLite has a broken foreign key at the end.
    """
    with database.writer.connect() as connection:
        if database.is_sqlite:
            # With foreign keys on, rebuilding a table deletes the rows that refer to it. SQLite ignores the pragma
            # inside a transaction.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration was rolled back: it left a row with a broken foreign key")
        finally:
            if database.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
