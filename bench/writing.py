"""Writes: meetings of 6 participants and 20 pledges posted by one client and by many (W1), a book loaded (W2)."""

import http.client
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.main import create_app
from app.records import keys
from app.settings import Settings
from app.store.database import Database
from bench.books import lines as book_lines
from bench.servers import HOME, PEERS, ROOT, Running, pledgebook, running, uvicorn

POSTS = 100
CLIENTS = 64


def _meetings(count: int) -> list[dict[str, Any]]:
    """Meetings to post, with their sources given whole: those of a book that no other is."""
    made: list[dict[str, Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    for line in book_lines(20 * count):
        kind = line.pop("kind")
        if kind == "source":
            sources[line["id"]] = line
        elif kind == "meeting":
            for pledge in line["pledges"]:
                pledge |= {"links": [], "assessments": []}
            line["id"] = f"posted-{line['id']}"
            made.append({**line, "sources": [{**sources[id], "id": id} for id in line["sources"]]})
    return made


def fresh(book: Path, name: str) -> Path:
    """A copy that may be written to."""
    copy = HOME / f"{name}.db"
    for old in HOME.glob(f"{name}.db*"):
        old.unlink()
    shutil.copy(book, copy)
    return copy


def key_to(file: Path) -> str:
    """A key that writes to a book."""
    database = Database(f"sqlite:///{file}")
    with database.writing() as session:
        key = keys.create_key(session, "bench")
    database.close()
    return key


class _Posted(NamedTuple):
    """A server that meetings are posted to, over a copy of its own database."""

    server: Running
    target: str
    headers: dict[str, str]

    def post(self, body: str) -> float:
        """The seconds from a request to the end of its answer, on a connection that stands."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)) as connection:
            connection.connect()
            began = time.perf_counter()
            connection.request("POST", self.target, body.encode(), self.headers)
            answer = connection.getresponse()
            told = answer.read()
            took = time.perf_counter() - began
        if answer.status != 201:
            raise RuntimeError(f"{self.target}: {answer.status} {told[:500]!r}")
        return took


@contextmanager
def _posted(book: Path, plain: Path) -> Iterator[tuple[_Posted, _Posted]]:
    """The project and the tutorial app, each with the book."""
    own, others = fresh(book, "posted"), fresh(plain, "posted.plain")
    as_json = {"Content-Type": "application/json"}
    keyed = {**as_json, "Authorization": f"Bearer {key_to(own)}"}
    tutorial = uvicorn("tutorial", {"BENCH_DATABASE": str(others)})
    with running(pledgebook(own, cached=True)) as project, running(tutorial) as other:
        yield _Posted(project, "/v1/meetings?allow_similar=true", keyed), _Posted(other, "/meetings", as_json)


def posts(book: Path, plain: Path) -> dict[str, float]:
    """Meetings written a second: over HTTP by one client, and the same statements, as text, by bare sqlite3.

    Each is written by all in turn, so that a slow second of the machine is shared.
    """
    bodies = [json.dumps(meeting) for meeting in _meetings(POSTS)]
    transactions = _transactions(fresh(book, "recorded"), bodies)
    took: dict[str, list[float]] = {"pledgebook": [], "tutorial": [], "bare sqlite3": []}
    with _posted(book, plain) as (project, tutorial), _bare(fresh(book, "replayed")) as bare:
        for body, statements in zip(bodies, transactions, strict=True):
            took["pledgebook"].append(project.post(body))
            took["tutorial"].append(tutorial.post(body))
            took["bare sqlite3"].append(_replay(bare, statements))
    return {name: 1 / statistics.median(seconds) for name, seconds in took.items()}


def crowded_posts(book: Path, plain: Path, rounds: int) -> dict[str, float]:
    """Meetings written a second while many clients wait to post theirs: the medians of rounds, in turn."""
    bodies = [json.dumps(meeting) for meeting in _meetings(CLIENTS * rounds)]
    rates: dict[str, list[float]] = {"pledgebook": [], "tutorial": []}
    with _posted(book, plain) as (project, tutorial), ThreadPoolExecutor(CLIENTS) as clients:
        for number in range(rounds):
            some = bodies[number * CLIENTS : (number + 1) * CLIENTS]
            for name, posted in (("pledgebook", project), ("tutorial", tutorial)):
                began = time.perf_counter()
                list(clients.map(posted.post, some))
                rates[name].append(CLIENTS / (time.perf_counter() - began))
    return {name: statistics.median(each) for name, each in rates.items()}


def _transactions(book: Path, bodies: list[str]) -> list[list[str]]:
    """What the project sends to SQLite to write each of the meetings, with its values and its commit."""
    from starlette.testclient import TestClient

    app = create_app(Settings(database_url=f"sqlite:///{book}", log_level="error"))
    database: Database = app.state.database
    with database.writing() as session:
        key = keys.create_key(session, "bench")
    sent: list[str] = []
    found: list[list[str]] = []
    with TestClient(app) as client:
        with database.writer.connect() as connection:
            connection.connection.driver_connection.set_trace_callback(sent.append)  # type: ignore[union-attr]
            connection.rollback()
        for body in bodies:
            sent.clear()
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            assert client.post("/v1/meetings?allow_similar=true", content=body, headers=headers).status_code == 201
            # SQLite also tells of a statement's triggers, by its text once more, and of what the index asks itself.
            own = [one for one in sent if not one.startswith("--") and "'main'." not in one]
            found.append([one for one, before in zip(own, ["", *own], strict=False) if one != before])
    return found


@contextmanager
def _bare(book: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def _replay(connection: sqlite3.Connection, statements: list[str]) -> float:
    began = time.perf_counter()
    for statement in statements:
        connection.execute(statement).fetchall()
    return time.perf_counter() - began


def bulk_loads(book: Path, rounds: int) -> dict[str, dict[str, float]]:
    """A book loaded by the project and by the tutorial app's `session.add_all`: seconds of CPU and megabytes."""
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        for name, command, setting, prefix in (
            ("pledgebook", [sys.executable, "-m", "app", "load", str(book)], "PLEDGEBOOK_DATABASE_URL", "sqlite:///"),
            ("add_all", [str(PEERS / "python"), "-m", "bench.peers.tutorial", str(book)], "BENCH_DATABASE", ""),
        ):
            for old in HOME.glob("loaded.db*"):
                old.unlink()
            found.setdefault(name, []).append(_measured(command, {setting: f"{prefix}{HOME / 'loaded.db'}"}))
    return {
        name: {"cpu": statistics.median(cpu for cpu, _ in all), "megabytes": max(peak for _, peak in all)}
        for name, all in found.items()
    }


def _measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    with (HOME / "load.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log)
        peak = 0.0
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, _peak(process.pid))  # not what wait4 tells, which begins with that of its parent
            time.sleep(0.2)
    _, status, used = ended
    if status:
        raise RuntimeError(f"the load failed; see {HOME / 'load.log'}")
    return used.ru_utime + used.ru_stime, peak


def _peak(process: int) -> float:
    """The most memory that a process has had, in megabytes; nothing once it has ended."""
    try:
        lines = (Path("/proc") / str(process) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
