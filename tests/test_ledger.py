"""The ledger: chained, append-only, and the tables follow from it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.records.verify import verify
from app.store.database import Database


def test_the_seeded_book_verifies(seeded_database: Database) -> None:
    with seeded_database.reading() as connection:
        assert list(verify(connection)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revision SET actor = 'somebody' WHERE seq = 3",
        "DELETE FROM revision WHERE seq = 3",
        "INSERT OR REPLACE INTO revision SELECT * FROM revision WHERE seq = 3",
        "TRUNCATE revision CASCADE",
    ],
)
def test_the_ledger_refuses_to_be_rewritten(database: Database, statement: str) -> None:
    if database.is_sqlite == statement.startswith("TRUNCATE") or (not database.is_sqlite and "OR REPLACE" in statement):
        return  # the statement is the other engine's
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.execute(text(statement))
