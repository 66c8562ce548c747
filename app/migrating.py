"""Bringing a database to this release's schema, and founding an empty book: every state stands in it from the start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlmodel import Session

from app import recording
from app.book import LOADER
from app.db import Database
from app.ledger import Writer
from app.parties import PARTIES, states

_ROOT = Path(__file__).resolve().parent.parent


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, from pyproject.toml; with a connection, for work on just that one."""
    made = Config(toml_file=_ROOT / "pyproject.toml")
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The schema revision of this release."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def revision_of(database: Database) -> str | None:
    """The schema revision a database is at; None if it is empty."""
    if not database.exists:
        return None
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database to a schema revision, in one transaction, and found the book if it is new."""
    with database.writer.connect() as connection:
        if database.is_sqlite:
            # Rebuilding a table must not delete the rows that refer to it; off only outside a transaction.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                command.upgrade(config(connection), to)
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration left a row that refers to nothing; the database is as it was")
                _found(connection)
        finally:
            if database.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _found(connection: Connection) -> None:
    """Write every state of ISO 3166-1 into a ledger that holds nothing yet."""
    if not inspect(connection).has_table("revision"):
        return
    with Session(connection) as session:
        writer = Writer(session, LOADER)
        if writer.head.seq == 0:
            recording.create(writer, [PARTIES.record(state) for state in states()])
        session.flush()
