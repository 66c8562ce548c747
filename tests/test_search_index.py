"""The index: what stands in it, that it follows every write, and that both engines match as a plain reading does."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.exchange.book_files import LINE, export
from app.query.pages import PledgeQuery, read_page
from app.records.pledges import PLEDGES
from app.records.upsert import put
from app.records.verify import verify
from app.search import name_index
from app.search.analyser import AllOf, AnyOf, Clause, Expression, Outside, Phrase, Prefix, indexed, parse, tokens_of
from app.search.index import fts5, tsquery, tsvector
from app.search.name_index import Lexicon, NameIndex, read_name_index
from app.store.database import Database
from app.store.ledger import Writer, read_head
from tests.conftest import Client
from tests.test_search import MEETINGS, OPCON, ask, found, ids

# A plain reading of tokens --------------------------------------------------------------------------------------------


def meets(row: Sequence[str], clauses: Sequence[Clause]) -> bool:
    """Whether a row of tokens meets every clause, without any index."""
    return all(_holds(row, clause.expression) is not clause.is_not for clause in clauses)


def _holds(row: Sequence[str], expression: Expression) -> bool:
    match expression:
        case Phrase(tokens):
            length = len(tokens)
            return any(tuple(row[at : at + length]) == tokens for at in range(len(row)))
        case Prefix(start):
            return any(token.startswith(start) for token in row)
        case AnyOf(of):
            return any(_holds(row, part) for part in of)
        case AllOf(of):
            return all(_holds(row, part) for part in of)
        case Outside(name, longer):
            return _holds(row, name) and not any(_holds(row, other) for other in longer)


SAID = [
    "OPCON", "COTP", "2+2", "ROK", "North Korea", "N. Korea", "nuclear", "deterrence", "deploy", "deployment",
    "the", "of", "strategic assets", "allies'", "U.S.", "한미일", "확장억제", "북한", "작전", "권", "defence",
    "Cho Tae-yul", "republic", "security cooperation", "ASEAN", "missile-warning", "2024-10-31", "İ", "ﬁ", "e\u0301",
]  # fmt: skip
pieces = st.sampled_from(
    [*SAID, "-", "*", '"', " ", "-nuclear", "strateg*", '"security cooperation"', '-"North Korea"']
)
questions = st.one_of(st.text(max_size=80), st.lists(pieces, max_size=8).map(" ".join), st.lists(pieces).map("".join))


@pytest.fixture(scope="module")
def rows(book: Client) -> dict[str, list[str]]:
    """The tokens of every pledge of the seeds, by id, as they follow from its tables."""
    with database_of(book).reading() as connection:
        records = PLEDGES.read(connection, [*MEETINGS.values()])
    return {record.id: record.indexed.tokens.split(" ") for record in records if record.indexed}


def database_of(client: Client) -> Database:
    database: Database = client.app.state.database  # type: ignore[attr-defined]
    return database


@given(question=questions)
@example('N. Korea -"South Korea"')
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_question_finds_what_a_plain_reading_finds(book: Client, rows: dict[str, list[str]], question: str) -> None:
    with database_of(book).reading() as connection:
        page = read_page(connection, PledgeQuery(q=question, kind="any", limit=200))
        clauses = read_name_index(connection).lexicon.clauses(question)
    is_asked = bool(clauses) or not question.strip()
    expected = {id for id, row in rows.items() if is_asked and meets(row, clauses)}
    assert {json.loads(document)["id"] for document in page.documents} == expected


Matcher = Callable[[str, Sequence[Clause]], bool]


@pytest.fixture(scope="module")
def matches(engine: str, request: pytest.FixtureRequest) -> Iterator[Matcher]:
    """Whether a row of tokens meets some clauses, as the engine itself sees it."""
    if engine == "sqlite":
        memory = sqlite3.connect(":memory:")
        memory.execute("CREATE VIRTUAL TABLE search_pledge USING fts5(tokens, tokenize='ascii')")

        def ask_fts5(tokens: str, clauses: Sequence[Clause]) -> bool:
            memory.execute("DELETE FROM search_pledge")
            memory.execute("INSERT INTO search_pledge (tokens) VALUES (?)", (tokens,))
            query = "SELECT 1 FROM search_pledge WHERE tokens MATCH ?"
            return memory.execute(query, (fts5(clauses),)).fetchone() is not None

        yield ask_fts5
        memory.close()
        return
    with psycopg.connect(request.getfixturevalue("postgresql_url"), autocommit=True) as connection:

        def ask_tsvector(tokens: str, clauses: Sequence[Clause]) -> bool:
            query = "SELECT %s::tsvector @@ %s::tsquery"
            row = connection.execute(query, (tsvector(tokens), tsquery(clauses))).fetchone()
            return row is not None and bool(row[0])

        yield ask_tsvector


LEXICON = Lexicon(
    [
        ("Republic of Korea", "party·kor", False), ("ROK", "party·kor", False), ("Korea", "party·kor", False),
        ("North Korea", "party·prk", False), ("N. Korea", "party·prk", False), ("북한", "party·prk", False),
        ("OPCON transition", "topic·opcon", False), ("전시작전통제권 전환", "topic·opcon", False),
        ("operational control", "topic·opcon", True), ("2+2", "instrument·two", False), ("2+2", "topic·talks", True),
    ]
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(SAID), max_size=12).map(" ".join))


@given(texts=st.lists(texts, min_size=1, max_size=3), question=questions, data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_can_be_indexed_and_asked_for(
    matches: Matcher, texts: list[str], question: str, data: st.DataObject
) -> None:
    tokens = indexed(texts, data.draw(st.lists(st.sampled_from(["party·kor", "party·prk", "topic·opcon"]), max_size=2)))
    for asked in (question, texts[0], f'"{texts[0][:20]}"', f"-{texts[0][:20]}"):
        if clauses := LEXICON.clauses(asked):
            assert matches(tokens, clauses) == meets(tokens.split(" "), clauses), asked


@given(text=st.text(min_size=1, max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    clauses = LEXICON.clauses(text.replace("-", " ").replace("*", " ").replace('"', " "))
    if clauses:
        assert meets(indexed([text], []).split(" "), clauses)


def test_a_word_said_very_often_is_found_alike_on_both_engines(matches: Matcher) -> None:
    tokens = indexed(["deploy " * 600 + "assets deploy forces"], [])
    for question, is_met in (("deploy", True), ('"assets deploy"', False), ("assets forces", True)):
        assert matches(tokens, LEXICON.clauses(question)) is is_met


def test_tokens_of_things_are_never_words() -> None:
    assert not parse("·")
    assert tokens_of("topic·opcon·transition") == ("topic", "opcon", "transit")
    assert tokens_of("DEPLOY deployment déployed") == ("deploy", "deploy", "deploy")
    assert tokens_of("U.S. R.O.K. Korea's defence") == ("us", "rok", "korea", "defens")
    assert tokens_of("한미일") == ("한미", "미일")


# The index follows every write ----------------------------------------------------------------------------------------


def lines(database: Database) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return [json.loads(line) for line in export(connection)]


def write(database: Database, line: dict[str, Any]) -> None:
    with database.writing() as connection:
        put(Writer(connection, "load"), LINE.validate_python(line), overwrite=True)


def head(database: Database) -> int:
    with database.reading() as connection:
        return read_head(connection).seq


def findings(database: Database) -> list[str]:
    with database.reading() as connection:
        return [str(finding) for finding in verify(connection)]


def meeting_line(database: Database, id: str) -> dict[str, Any]:
    return next(line for line in lines(database) if line.get("id") == id and line["kind"] == "meeting")


def test_a_pledge_that_changes_is_found_by_its_new_words(seeded: Client, seeded_url: str) -> None:
    database = Database(seeded_url)
    line = meeting_line(database, MEETINGS["24"])
    line["pledges"][0]["summary"] = "Build an <b>observatory</b> & share its telescopes."
    line["pledges"][0] |= {"topics": ["space"], "formula": []}
    write(database, line)
    assert found(seeded, "observatories") == [f"{MEETINGS['24']}-01"]
    assert f"{MEETINGS['24']}-01" not in found(seeded, '"combined defence posture"')
    assert f"{MEETINGS['24']}-01" in found(seeded, "우주")
    marked = ask(seeded, "telescope b", highlight="true")["highlights"][f"{MEETINGS['24']}-01"]
    assert marked.startswith(
        "Build an &lt;<mark>b</mark>&gt;observatory&lt;/<mark>b</mark>&gt; &amp; share its <mark>telescopes</mark>."
    )
    assert findings(database) == []
    database.close()


def test_a_meeting_that_moves_takes_its_pledges_along(seeded: Client, seeded_url: str) -> None:
    database = Database(seeded_url)
    line = meeting_line(database, MEETINGS["24"])
    line["held_on"] = "2024-11-02"
    line["participants"] = line["participants"][:1]
    line["type"] = "summit"
    write(database, line)
    assert found(seeded, "nuclear", held_on__gte="2024-11-01")[0] == f"{MEETINGS['24']}-03"
    assert set(found(seeded, "OPCON")) == ids(OPCON)
    assert found(seeded, "OPCON summit") == [f"{MEETINGS['24']}-27"]
    assert found(seeded, "Blinken OPCON") == [f"{MEETINGS['21']}-07", f"{MEETINGS['21']}-06"][::-1]
    assert findings(database) == []
    database.close()


def test_a_new_name_is_found_at_once_and_indexes_nothing_anew(seeded: Client, seeded_url: str) -> None:
    assert found(seeded, "Hermit Kingdom") == []
    database = Database(seeded_url)
    before = found(seeded, "DPRK")
    line = next(line for line in lines(database) if line.get("code") == "PRK")
    line["aliases"].append("Hermit Kingdom")
    seq = head(database)
    write(database, line)
    assert head(database) == seq + 1
    assert found(seeded, "hermit kingdom") == before == found(seeded, "DPRK")
    database.close()


def test_many_requests_at_once_read_the_names_once(seeded_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asking, read = Barrier(8), name_index._read
    made: list[NameIndex] = []

    def counted(connection: Connection) -> NameIndex:
        made.append(read(connection))
        return made[-1]

    def ask_first(_: int) -> NameIndex:
        with seeded_database.reading() as connection:
            asking.wait(timeout=60)
            return read_name_index(connection)

    monkeypatch.setattr(name_index, "_read", counted)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask_first, range(8)))
    assert len(made) == 1
    assert all(names is made[0] for names in found)


def test_a_retracted_pledge_is_not_found(seeded: Client, seeded_url: str) -> None:
    database = Database(seeded_url)
    line = meeting_line(database, MEETINGS["24"])
    line["pledges"][9]["retracted"] = "Coded twice."
    write(database, line)
    assert f"{MEETINGS['24']}-10" not in found(seeded, "strategic assets")
    assert findings(database) == []
    database.close()


TAMPERING = {
    "a row goes": "DELETE FROM search_pledge WHERE {key} = (SELECT min({key}) FROM search_pledge)",
    "a meeting's row goes": "DELETE FROM search_meeting WHERE meeting LIKE '2021%'",
    "a row is emptied": "UPDATE search_pledge SET tokens = '' WHERE {key} = (SELECT max({key}) FROM search_pledge)",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_verify_finds_an_index_that_was_tampered_with(seeded_database: Database, statement: str) -> None:
    with seeded_database.writing() as connection:
        connection.execute(text(statement.format(key="rowid" if seeded_database.is_sqlite else "pledge")))
    assert [finding for finding in findings(seeded_database) if "search index" in finding]


def test_a_page_of_what_is_found_is_a_walk_of_the_index(seeded_database: Database) -> None:
    """On SQLite newest first needs no sort: the rowid of the index sorts by day."""
    if not seeded_database.is_sqlite:
        return
    seen: list[str] = []
    with seeded_database.reading() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(seen.append)
        read_page(connection, PledgeQuery(q="nuclear", topic=("extended-deterrence",)))
        driver.set_trace_callback(None)
        (statement,) = [statement for statement in seen if "MATCH" in statement]
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in plan if step.startswith("SCAN search_pledge VIRTUAL TABLE")]
    assert not [step for step in plan if "TEMP B-TREE" in step]
