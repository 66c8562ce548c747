"""Counting: one statement for the total and every facet; a value's counts are those of the pledges its query finds."""

from typing import Any

import pytest
from sqlalchemy import event

from app.query.facets import FACETS, count, read_counts
from app.query.pages import PledgeQuery
from app.store.database import Database
from tests.conftest import Client

QUERIES: list[dict[str, Any]] = [
    {},
    {"topic": ["deterrence"]},
    {"topic": ["deterrence"], "party": ["KOR"], "kind": "any"},
    {"act": ["condemn"], "held_on__gte": "2024-01-01", "held_on__lt": "2025-01-01"},
    {"q": "exercises", "towards": ["each-other"]},
    {"q": "exercises", "topic": ["deterrence"]},
    {"party": ["USA"], "fulfilment": ["none"]},
]


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_the_query_of_a_value_finds_as_many_as_it_counts(book: Client, asked: dict[str, Any]) -> None:
    query = PledgeQuery.model_validate(asked)
    with _database(book).reading() as connection:
        division = count(connection, query, list(FACETS), 4)
        assert division.total == read_counts(connection, query)
    assert not division.is_part
    for values in division.facets.values():
        for value in values:
            found = book.get(f"/v1/pledges?{value.query}&limit=200").json()["items"]
            assert len(found) == value.mentions, value


def test_the_total_and_all_facets_are_one_statement(book: Client) -> None:
    database, sent = _database(book), []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    with database.reading() as connection:
        count(connection, PledgeQuery(), list(FACETS))  # reads the names
        event.listen(database.reader, "before_cursor_execute", note)
        count(connection, PledgeQuery(topic=("deterrence",), party=("KOR",)), list(FACETS))
        event.remove(database.reader, "before_cursor_execute", note)
    # The second statement reads the head, to know that the names are still those of the book.
    assert len(sent) == 2


def test_of_a_large_answer_the_newest_are_counted(book: Client) -> None:
    with _database(book).reading() as connection:
        division = count(connection, PledgeQuery(), ["year", "act"], 20, newest=10)
    assert division.is_part
    assert division.total.mentions == 10
    assert [value.code for value in division.facets["year"]] == ["2024"]


def _database(book: Client) -> Database:
    database: Database = book.app.state.database  # type: ignore[attr-defined]
    return database
