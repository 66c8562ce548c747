"""Schema version: compare the schema revision of a database with the one that this release needs."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.store.database import Database

_VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def newest() -> str:
    """The schema revision that this release needs: the number of the newest migration file."""
    return max(file.name[:4] for file in _VERSIONS.glob("[0-9]*.py"))


def revision_of(database: Database) -> str | None:
    """The schema revision of a database, or None if the database is empty or does not exist."""
    if not database.exists:
        return None
    with database.reader.connect() as connection:
        return standing(connection)


def standing(connection: Connection) -> str | None:
    """The schema revision that a connection sees, or None if the database is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
