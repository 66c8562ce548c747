"""Kill the server at random moments while eight clients write, and see that all it acknowledged is there.

`make crash` does so 200 times (CRASH_KILLS), `make test` a few times. A kill shows that nothing is acknowledged before
it is committed; that what is committed is on disk is the matter of `test_durability.py`.
"""

import http.client
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, Self

from sqlalchemy import select

from app.records.verify import verify
from app.schemas.canonical_json import canonical_json
from app.store.database import Database
from app.store.models import Revision, columns
from tests.conftest import Server, make_key, serving
from tests.postings import PLEDGES, TOPIC, meeting

WRITERS = 8
_GONE = (OSError, http.client.HTTPException)


class Harness:
    """A book whose server is killed again and again, and what that server has acknowledged."""

    def __init__(self, url: str, log: Path, seed: int) -> None:
        self.url = url
        self.log = log
        self.chance = random.Random(seed)
        self.key = make_key(url)
        self.numbers = count()
        # Documents by entity, id and version, as they were acknowledged.
        self.acknowledged: dict[tuple[str, str, int], str] = {}

    def live_and_die(self) -> int:
        """Start the server, have clients write, kill it at a random moment; how many writes it acknowledged."""
        before = len(self.acknowledged)
        enough = before + self.chance.randint(1, 60)
        stop = Event()
        with serving(self.url, self.log, self.key) as server, ThreadPoolExecutor(WRITERS) as writers:
            with _Connection(server) as connection:
                connection.ask("POST", "/v1/topics", TOPIC)
            clients = [writers.submit(self._write, server, stop) for _ in range(WRITERS)]
            deadline = time.monotonic() + 60
            while len(self.acknowledged) < enough and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(self.chance.uniform(0, 0.05))
            server.process.kill()
            server.process.wait()
            stop.set()
            for client in clients:
                client.result()
        return len(self.acknowledged) - before

    def _write(self, server: Server, stop: Event) -> None:
        """Post and patch until the server is gone."""
        with suppress(*_GONE), _Connection(server) as connection:
            while not stop.is_set():
                number = next(self.numbers)
                posted = connection.ask("POST", "/v1/meetings", meeting(number))
                pledges = posted.pop("pledges")
                assert len(pledges) == PLEDGES
                self._acknowledge("meeting", posted)
                for pledge in pledges:
                    self._acknowledge("pledge", pledge)
                patched = connection.ask("PATCH", f"/v1/pledges/meeting-{number}-02", {"note": f"Seen in {number}"})
                self._acknowledge("pledge", patched)

    def _acknowledge(self, entity: str, document: dict[str, Any]) -> None:
        self.acknowledged[entity, document["id"], document["version"]] = canonical_json(document)

    def check(self) -> None:
        """Every acknowledged write is there whole, none is half there, and the book verifies."""
        database = Database(self.url)
        table = columns(Revision)
        with database.reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.seq)).all()
            assert list(verify(connection)) == []
        database.close()
        stored = {(str(row.entity), row.id, row.version): row.document for row in rows}
        for key, document in self.acknowledged.items():
            assert stored.get(key) == document, f"{key} was acknowledged"
        for row in rows:
            if row.entity == "meeting":
                number = row.id.removeprefix("meeting-")
                parts = [("source", f"text-{number}", 1), ("participant", f"person-{number}", 1)]
                parts += [("pledge", f"{row.id}-{place:02}", 1) for place in range(1, PLEDGES + 1)]
                assert all(part in stored for part in parts), f"{row.id} is half there"


class _Connection:
    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=30)
        self._headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json", "If-Match": "*"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: object) -> Any:
        """The document of the answer to a write; an error of the connection if the server is gone."""
        self._connection.request(method, path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201) or (path == "/v1/topics" and answer.status == 409), text
        return json.loads(text)
