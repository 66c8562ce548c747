"""Reads while others write fifty times a second: each write ends what was kept, so that keeping answers cannot help.

What is asked is whether it hurts: the same reads at a server that keeps answers and at one that keeps none.
"""

import http.client
import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bench.books import topic
from bench.load import Result, wrk
from bench.servers import pledgebook, running
from bench.writing import fresh, key_to

WRITERS, WRITES = 10, 50  # so many clients together so often a second


def reads(
    book: Path, targets: list[str], connections: int, rounds: int, seconds: int
) -> dict[str, list[tuple[Result, float]]]:
    """Of each server the rounds, and the writes a second that were answered meanwhile."""
    own = fresh(book, "disturbed")
    key = key_to(own)
    found: dict[str, list[tuple[Result, float]]] = {}
    for number in range(rounds + 1):
        for name, cached in (("pledgebook", False), ("cached", True)):
            with running(pledgebook(own, cached=cached, name=name)) as server, ExitStack() as stack:
                writers = [stack.enter_context(_Writing(server.port, key, place)) for place in range(WRITERS)]
                before = sum(writer.count for writer in writers)
                result = wrk(server, targets, connections, seconds, alone=False)
                written = sum(writer.count for writer in writers) - before
            if number:
                found.setdefault(name, []).append((result, written / seconds))
    return found


class _Writing:
    """A client that gives a topic of its own other cues again and again."""

    def __init__(self, port: int, key: str, place: int) -> None:
        self.path = f"/v1/topics/{topic(place + 1)}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.thread = threading.Thread(target=self._write)
        self.done = threading.Event()
        self.count = 0

    def __enter__(self) -> "_Writing":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def _write(self) -> None:
        etag, due = self._ask("GET"), time.perf_counter()
        while not self.done.is_set():
            etag = self._ask("PATCH", json.dumps({"cues": [f"cue {time.time()}"]}), {"If-Match": etag})
            self.count += 1
            due += WRITERS / WRITES
            time.sleep(max(0.0, due - time.perf_counter()))

    def _ask(self, method: str, body: str | None = None, more: dict[str, str] | None = None) -> str:
        self.connection.request(method, self.path, body, {**self.headers, **(more or {})})
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {self.path}: {answer.status} {told[:500]!r}")
        return answer.headers["ETag"]
