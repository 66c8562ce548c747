"""What the main queries read: by an index, never a whole table that grows with the book.

On SQLite the plan of a statement is the same in a small book as in a large one, since nothing is ever analysed there.
PostgreSQL reads a small table whole whatever indexes it has, as that is cheaper; with `enable_seqscan` off it does so
only where it has no other way, which is what is asked here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.query.facets import count
from app.query.matrix import MatrixQuery, read_matrix
from app.query.pages import MeetingQuery, PledgeQuery, read_meetings, read_page
from app.query.threads import read_thread
from app.query.undertakings import UndertakingQuery, read_undertakings
from app.schemas.vocabulary import Entity
from app.search.name_index import read_name_index
from app.store.database import Database
from app.store.ledger import HEAD_SQL, read_changes, read_documents, read_head, read_history, read_revision
from tests.conftest import Client

# As long as the book has meetings. Registers grow with the world, not with the book, and may be read whole.
GROWING = (
    "pledge", "pledge_party", "pledge_topic", "pledge_instrument", "pledge_speaker", "citation", "link", "assessment",
    "evidence", "meeting", "meeting_party", "meeting_source", "attendance", "revision", "source", "search_pledge",
)  # fmt: skip
PLEDGE = "2021-03-18-kor-usa-2plus2-06"
DAYS = {"held_on__gte": date(2021, 1, 1), "held_on__lt": date(2024, 1, 1)}


def page(**query: Any) -> Callable[[Connection], Any]:
    return lambda connection: read_page(connection, PledgeQuery.model_validate(query))


def second_page(**query: Any) -> Callable[[Connection], Any]:
    def read(connection: Connection) -> Any:
        cursor = read_page(connection, PledgeQuery.model_validate({**query, "limit": 1})).next
        assert cursor is not None
        return read_page(connection, PledgeQuery.model_validate({**query, "limit": 1, "cursor": cursor}))

    return read


def facets(*names: Any, **query: Any) -> Callable[[Connection], Any]:
    return lambda connection: count(connection, PledgeQuery.model_validate(query), names)


READS: dict[str, Callable[[Connection], Any]] = {
    "the newest": page(),
    "a page by topic": page(topic=["opcon-transition"]),
    "a page by party": page(party=["KOR"]),
    "a page by topic, party and days": page(topic=["opcon-transition"], party=["KOR"], **DAYS),
    "a deep page": second_page(topic=["deterrence"]),
    "a search": page(q="exercise"),
    "a search within a topic": second_page(topic=["deterrence"], q="extended"),
    "what comes due": page(due__gte=date(2024, 1, 1), due__lt=date(2025, 1, 1)),
    "the last written": page(sort="-updated"),
    "of a meeting": page(meeting=["2024-10-31-kor-usa-2plus2"], sort="id"),
    "one pledge": lambda connection: read_revision(connection, Entity.pledge, PLEDGE),
    "its history": lambda connection: read_history(connection, Entity.pledge, PLEDGE, 0, 50),
    "its thread": lambda connection: read_thread(connection, PLEDGE),
    "many documents": lambda connection: read_documents(connection, Entity.pledge, [PLEDGE]),
    "meetings": lambda connection: read_meetings(connection, MeetingQuery(party=["KOR"])),
    "undertakings": lambda connection: read_undertakings(connection, UndertakingQuery(topic=("deterrence",))),
    "changes": lambda connection: read_changes(connection, 10, 100),
    "the head": read_head,
}
# How a question divides can only be told from all that answers it; what it divides must still be found by an index.
DIVIDED: dict[str, Callable[[Connection], Any]] = {
    "facets under a party": facets("topic", "year", "act", party=["KOR"]),
    "facets under a topic": facets("party", "towards", "fulfilment", topic=["deterrence"]),
    "a matrix": lambda connection: read_matrix(connection, MatrixQuery(rows="topic", columns="year", party=("KOR",))),
}


@contextmanager
def watched(database: Database) -> Iterator[tuple[Connection, list[tuple[str, Any]]]]:
    """A connection, and the statements that are sent in it with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    with database.reading() as connection:
        read_name_index(connection)  # read whole, once for each change of a name
        event.listen(database.reader, "before_cursor_execute", note)
        try:
            yield connection, sent
        finally:
            event.remove(database.reader, "before_cursor_execute", note)


def whole_reads(connection: Connection, is_sqlite: bool, statement: str, values: Any) -> set[str]:
    """The growing tables that a statement reads from end to end (an index in order, as far as needed, is no such)."""
    if is_sqlite:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [row[3].split() for row in rows]
        if is_head(statement):  # the last row of the table's own key
            return set()
        return {step[1] for step in steps if step[0] == "SCAN" and "INDEX" not in step} & set(GROWING)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return {node["Relation Name"] for node in _nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"} & set(GROWING)


def is_head(statement: str) -> bool:
    return " ".join(statement.split()) == HEAD_SQL


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


@pytest.mark.parametrize("read", [pytest.param(read, id=name) for name, read in {**READS, **DIVIDED}.items()])
def test_no_main_query_reads_a_growing_table_whole(
    seeded_database: Database, read: Callable[[Connection], Any]
) -> None:
    with watched(seeded_database) as (connection, sent):
        read(connection)
        statements = list(sent)
        assert statements
        for statement, values in statements:
            read_whole = whole_reads(connection, seeded_database.is_sqlite, statement, values)
            # PostgreSQL may read the links into a hash, to tell which of many pledges are new.
            assert not read_whole - ({"link"} if read in DIVIDED.values() else set()), statement


@pytest.mark.parametrize(
    "query",
    [
        {"topic": ["deterrence"]}, {"party": ["KOR"]}, {}, {"topic": ["deterrence"], "party": ["KOR"], **DAYS},
        {"topic": ["opcon-transition"], "party": ["USA"]}, {"q": "exercise", "topic": ["deterrence"]},
    ],
)  # fmt: skip
def test_a_page_is_walked_in_order_and_never_sorted(seeded_database: Database, query: dict[str, Any]) -> None:
    """On SQLite, whose plans are the same in a small book; PostgreSQL may sort the few rows of this one."""
    if not seeded_database.is_sqlite:
        return
    with watched(seeded_database) as (connection, sent):
        read_page(connection, PledgeQuery.model_validate(query))
        (statement, values) = next(item for item in sent if "group_concat" in item[0])
        plans = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plans
    assert not [step for step in plans if "TEMP B-TREE" in step], plans
    assert not [step for step in plans if step.startswith("SCAN pledge") and "INDEX" not in step], plans


def statements_of(database: Database, read: Callable[[Connection], Any]) -> list[str]:
    """The statements of a read, with the names of the book already in memory."""
    with watched(database) as (connection, sent):
        read(connection)
        return [statement for statement, _ in sent if not is_head(statement)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 1),
        ({"topic": ["deterrence"], "party": ["ROK"], "about": ["North Korea"], "speaker": ["Antony Blinken"]}, 1),
        ({"q": "exercise", "topic": ["deterrence"]}, 1), ({"meeting": ["2024-10-31-kor-usa-2plus2"]}, 2),
        ({"meeting": ["2024-10-31-kor-usa-2plus2"], "source": ["press-report-2024-10-31-2plus2"]}, 3),
    ],
)  # fmt: skip
def test_a_page_is_one_statement_and_one_for_each_filter_of_ids(
    seeded_database: Database, query: dict[str, Any], count: int
) -> None:
    assert len(statements_of(seeded_database, page(**query))) == count


def test_what_a_request_sends(seeded: Client) -> None:
    """Behind the response cache: nothing but the page; with `include` and `facets` one statement more for each."""
    database: Database = seeded.app.state.database  # type: ignore[attr-defined]
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engines = [database.reader, *([database._loop_reader] if database.is_sqlite else [])]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    for address, most in (
        ("/v1/pledges?topic=deterrence", None),  # reads the names
        ("/v1/pledges?topic=deterrence&limit=7", 1),
        ("/v1/pledges?topic=deterrence&limit=7&include=meetings", 4),  # begin, head, page, meetings
        ("/v1/pledges?topic=deterrence&limit=7&facets=topic,party,year", 4),  # begin, head, page, facets
    ):
        sent.clear()
        assert seeded.get(address).status_code == 200
        assert most is None or len(sent) == most, sent
