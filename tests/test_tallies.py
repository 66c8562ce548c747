"""Tallies tell what the facets of the API tell, in one statement; of a large answer, of its newest alone."""

from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.query import tallies
from app.query.facets import FACETS, read_counts, read_facets
from app.query.pages import PledgeQuery
from app.query.tallies import read_tally
from app.store.database import Database
from tests.conftest import Client

QUESTIONS: list[dict[str, Any]] = [
    {},
    {"topic": ["deterrence"]},
    {"topic": ["deterrence"], "party": ["KOR"], "kind": "any"},
    {"act": ["condemn"], "held_on__gte": "2024-01-01", "held_on__lt": "2025-01-01"},
    {"q": "exercises", "towards": ["each-other"]},
    {"party": ["USA"], "fulfilment": ["none"]},
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_a_tally_tells_what_the_facets_tell(book: Client, asked: dict[str, Any]) -> None:
    query = PledgeQuery.model_validate(asked)
    with _database(book).reading() as connection:
        tally = read_tally(connection, query, list(FACETS), 20)
        facets = read_facets(connection, query, list(FACETS), 20)
        counts = read_counts(connection, query)
    assert (tally.mentions, tally.undertakings) == (counts.mentions, counts.undertakings)
    assert not tally.is_part
    for name, values in facets.items():
        told = [(value.code, value.mentions) for value in tally.facets[name]]
        assert told == [(value.code, value.mentions) for value in values], name


def test_the_query_of_a_value_finds_as_many(book: Client) -> None:
    query = PledgeQuery.model_validate({"party": ["KOR"], "topic": ["deterrence"]})
    with _database(book).reading() as connection:
        tally = read_tally(connection, query, list(FACETS), 3)
    for values in tally.facets.values():
        for value in values:
            found = book.get(f"/v1/pledges?{value.query}&limit=200").json()["items"]
            assert len(found) == value.mentions, value


def test_a_tally_is_one_statement_and_those_of_the_names_asked_for(book: Client) -> None:
    database = _database(book)
    with database.reading() as connection:
        assert _statements(database, connection, PledgeQuery()) == 1


def _statements(database: Database, connection: Connection, query: PledgeQuery) -> int:
    count = 0

    def counted(_: Any, __: Any, statement: str, *rest: Any) -> None:
        nonlocal count
        count += not statement.startswith("BEGIN")

    event.listen(database.reader, "before_cursor_execute", counted)
    read_tally(connection, query, list(FACETS), 20)
    event.remove(database.reader, "before_cursor_execute", counted)
    return count


def test_of_a_large_answer_the_newest_are_counted(book: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "COUNTED", 10)
    with _database(book).reading() as connection:
        tally = read_tally(connection, PledgeQuery(), ["year", "act"], 20)
    assert tally.is_part
    assert tally.mentions == 10
    assert [value.code for value in tally.facets["year"]] == ["2024"]


def _database(book: Client) -> Database:
    database: Database = book.app.state.database  # type: ignore[attr-defined]
    return database
