"""A server that listens before all of it is loaded: plain reads are answered, whatever needs the rest waits for it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

import pytest

from app.db import Database
from app.front import Front
from app.later import Later
from app.main import routed
from app.settings import Settings
from tests.conftest import ROOT, free_port, listening

PAGE, PLEDGE = "/v1/pledges?topic=cyber", "/v1/pledges/2024-10-31-kor-usa-2plus2-01"
# Of what other commands, and other answers than the plainest, need.
NOT_AT_THE_START = ("fastapi", "alembic", "app.book", "app.cli", "app.main", "app.facets", "app.shapes")


@dataclass
class Half:
    """A server whose app is loaded when the test says so."""

    address: str
    may_load: threading.Event

    def status(self, path: str) -> int:
        with urlopen(f"{self.address}{path}", timeout=30) as answer:
            return int(answer.status)


@contextmanager
def half(url: str) -> Iterator[Half]:
    settings = Settings(database_url=url, port=free_port(), log_level="warning")
    database, may_load = Database(url), threading.Event()

    def load() -> Any:
        may_load.wait(30)
        return routed(settings, database).behind

    front = Front(settings, database, Later(load))
    with listening(front, front, settings.port):
        try:
            yield Half(f"http://127.0.0.1:{settings.port}", may_load)
        finally:
            may_load.set()


def test_plain_reads_are_answered_before_the_rest_is_loaded(seeded_url: str, engine: str) -> None:
    statuses: dict[str, int] = {}

    def asking(path: str) -> Callable[[], None]:
        return lambda: statuses.update({path: server.status(path)})

    with half(seeded_url) as server:
        at_once = [PAGE, PLEDGE] if engine == "sqlite" else []  # elsewhere there is no short way
        for path in at_once:
            assert server.status(path) == 200
        waiting = [threading.Thread(target=asking(path)) for path in ("/v1/meetings", "/healthz", "/docs")]
        for thread in waiting:
            thread.start()
        time.sleep(0.2)
        assert statuses == {}
        server.may_load.set()
        for thread in waiting:
            thread.join(20)
        assert statuses == {"/v1/meetings": 200, "/healthz": 200, "/docs": 200}
        assert server.status(PAGE) == 200


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_server_is_started_without_what_its_first_answers_do_not_need() -> None:
    told = python(
        "import sys, app.__main__, app.serving, app.front, app.later, app.protocol; print(*sys.modules, sep='\\n')"
    )
    assert told.returncode == 0, told.stderr
    loaded = set(told.stdout.split())
    assert "app.lean" in loaded
    assert loaded.isdisjoint(NOT_AT_THE_START)


def test_an_app_that_cannot_be_loaded_ends_the_server(seeded_url: str) -> None:
    program = f"""
import sys, app.main
from app.__main__ import main
def routed(*_): raise RuntimeError("broken on purpose")
app.main.routed = routed
sys.argv = ["pledgebook", "serve", "--port", "{free_port()}"]
main()
"""
    ended = python(program, PLEDGEBOOK_DATABASE_URL=seeded_url)
    assert ended.returncode == 1, ended.stderr
    assert "the application cannot be loaded" in ended.stderr
    assert "broken on purpose" in ended.stderr


@pytest.mark.parametrize("arguments", [["serve", "--help"], ["--help"], ["serve", "--port", "none"]])
def test_serve_is_called_as_any_command(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "app", *arguments]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == (0 if "--help" in arguments else 2)
    assert ("Serve the book over HTTP" in told.stdout) == ("--help" in arguments)
