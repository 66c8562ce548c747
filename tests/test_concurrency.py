"""Many writers at once: no update is lost, `seq` has no gap, the chain holds. PostgreSQL has two server processes."""

import http.client
import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app.records.verify import verify
from app.store.database import Database
from app.store.ledger import read_head
from app.store.models import Revision, columns
from tests.conftest import Server, make_key, serving
from tests.postings import TOPIC

WRITERS = 8
PATCHES = 125
PATH = f"/v1/topics/{TOPIC['slug']}"


@pytest.fixture
def servers(engine: str, empty_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Real servers over one database: one on SQLite, two on PostgreSQL."""
    key = make_key(empty_url)
    with ExitStack() as stack:
        count = 1 if engine == "sqlite" else 2
        yield [stack.enter_context(serving(empty_url, tmp_path / f"server-{n}.log", key)) for n in range(count)]


class Editor(AbstractContextManager["Editor"]):
    """A client on one connection, which counts up a number that stands in a topic's definition."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)
        self.headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str, dict[str, str]]:
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {**self.headers, **headers})
        answer = self.connection.getresponse()
        document = json.loads(answer.read())
        return answer.status, answer.headers.get("ETag", ""), document

    def count_up(self, times: int) -> int:
        """Add one to the number, `times` times, reading anew whenever another was faster; how often that was."""
        retries = 0
        _, etag, topic = self.ask("GET", PATH)
        for _ in range(times):
            while True:
                patch = {"definition": str(int(topic["definition"]) + 1)}
                status, tag, answer = self.ask("PATCH", PATH, patch, **{"If-Match": etag})
                if status == 200:
                    etag, topic = tag, answer
                    break
                assert status == 412
                retries += 1
                time.sleep(random.uniform(0, 0.4))  # so that the eight are not only in each other's way
                _, etag, topic = self.ask("GET", PATH)
        return retries


def test_eight_writers_end_at_exactly_a_thousand_changes(servers: list[Server], empty_url: str) -> None:
    database = Database(empty_url)
    with database.reading() as connection:
        founded = read_head(connection).seq
    with Editor(servers[0]) as editor:
        status, _, _ = editor.ask("POST", "/v1/topics", {**TOPIC, "definition": "0"})
    assert status == 201
    start = Barrier(WRITERS)

    def write(number: int) -> int:
        with Editor(servers[number % len(servers)]) as editor:
            start.wait()
            return editor.count_up(PATCHES)

    with ThreadPoolExecutor(WRITERS) as writers:
        retries = sum(writers.map(write, range(WRITERS)))
    assert retries > 0, "they have met"
    topic: Any
    with Editor(servers[-1]) as editor:
        _, _, topic = editor.ask("GET", PATH)
    assert topic["definition"] == str(WRITERS * PATCHES), "an update was lost"
    assert topic["version"] == 1 + WRITERS * PATCHES
    with database.reading() as connection:
        table = columns(Revision)
        own = select(func.count(), func.count(table.c.version.distinct())).where(table.c.operation == "change")
        assert tuple(connection.execute(own).one()) == (1000, 1000)
        assert read_head(connection).seq == founded + 1001, "a seq without a gap"
        assert list(verify(connection)) == []
    database.close()
