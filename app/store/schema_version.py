"""Which schema a database is at, and which this release needs: what every start asks before it opens the book."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.store.database import Database

_VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def newest() -> str:
    """The schema revision of this release: the number that the last migration's file begins with."""
    return max(file.name[:4] for file in _VERSIONS.glob("[0-9]*.py"))


def revision_of(database: Database) -> str | None:
    """The schema revision a database is at; None if it is empty."""
    if not database.exists:
        return None
    with database.reader.connect() as connection:
        return standing(connection)


def standing(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
