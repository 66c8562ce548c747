"""Writes: meetings posted by 64 clients (W1), a book loaded (W2), and reads while topics change."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from bench import books, databases, servers
from bench.load import Result, wrk
from bench.servers import HOME, PEERS, ROOT, Running, running
from bench.workloads import queries, targets

CLIENTS = 64
WRITERS, WRITES_A_SECOND = 10, 50


def posts(book: Path, plain: Path, rounds: int) -> dict[str, list[float]]:
    """W1: meetings of 6 participants and 20 pledges written a second while 64 clients post, for each round."""
    bodies = [json.dumps(meeting).encode() for meeting in _meetings(CLIENTS * rounds)]
    own, other = _copy(book, "posted.db"), _copy(plain, "posted.plain.db")
    as_json = {"Content-Type": "application/json"}
    with_key = {**as_json, **_authorization(own)}
    found: dict[str, list[float]] = {"pledgebook": [], "tutorial": []}
    with ExitStack() as stack:
        project = stack.enter_context(running(servers.pledgebook(own, cached=True)))
        tutorial = stack.enter_context(running(servers.tutorial(other)))
        clients = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        for number in range(rounds):
            some = bodies[number * CLIENTS : (number + 1) * CLIENTS]
            for name, server, target, headers in (
                ("pledgebook", project, "/v1/meetings?allow_similar=true", with_key),
                ("tutorial", tutorial, "/meetings", as_json),
            ):
                began = time.perf_counter()
                sent = [clients.submit(_request, server, "POST", target, body, headers) for body in some]
                for one in sent:
                    one.result()
                found[name].append(CLIENTS / (time.perf_counter() - began))
    return found


def loads(lines: Path, rounds: int) -> dict[str, list[float]]:
    """W2: CPU seconds to load a book by `pledgebook load` and by the tutorial app's `session.add_all`."""
    file = HOME / "loaded.db"
    commands = {
        "pledgebook": ([sys.executable, "-m", "app", "load"], {"PLEDGEBOOK_DATABASE_URL": f"sqlite:///{file}"}),
        "add_all": ([str(PEERS / "python"), "-m", "bench.peers.tutorial"], {"BENCH_DATABASE": str(file)}),
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, environment) in commands.items():
            _remove(file)
            before = os.times()
            subprocess.run([*command, str(lines)], cwd=ROOT, env={**os.environ, **environment}, check=True)
            after = os.times()
            spent = after.children_user - before.children_user + after.children_system - before.children_system
            found[name].append(spent)
    _remove(file)
    return found


def reads_under_writes(book: Path, size: int, rounds: int, seconds: int) -> dict[str, list[tuple[Result, float]]]:
    """Pages by topic while 10 clients change topics, together 50 times a second; each change invalidates the cache.

    For each round, without and with the cache, the result and the writes a second that were answered.
    """
    own = _copy(book, "under_writes.db")
    headers = {"Content-Type": "application/json", **_authorization(own)}
    urls = targets("pledgebook", "Q1", queries(databases.lines(size))["Q1"])
    found: dict[str, list[tuple[Result, float]]] = {}
    for number in range(rounds + 1):  # the first round warms up
        for cached in (False, True):
            with running(servers.pledgebook(own, cached=cached)) as server, ExitStack() as stack:
                each = (_Writer(server, f"/v1/topics/{books.topic(rank)}", headers) for rank in range(1, WRITERS + 1))
                writers = [stack.enter_context(writer) for writer in each]
                before = sum(writer.count for writer in writers)
                result = wrk(server, urls, seconds, settle=False)
                written = sum(writer.count for writer in writers) - before
            if number:
                found.setdefault(server.name, []).append((result, written / seconds))
    return found


class _Writer:
    """A client that changes the cues of one topic again and again, in a thread of its own."""

    def __init__(self, server: Running, path: str, headers: dict[str, str]) -> None:
        self.server, self.path, self.headers = server, path, headers
        self.thread = threading.Thread(target=self._write)
        self.done = threading.Event()
        self.count = 0

    def __enter__(self) -> "_Writer":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def _write(self) -> None:
        etag, due = _request(self.server, "GET", self.path, None, self.headers), time.perf_counter()
        while not self.done.is_set():
            body = json.dumps({"cues": [f"cue {time.time()}"]}).encode()
            etag = _request(self.server, "PATCH", self.path, body, {**self.headers, "If-Match": etag})
            self.count += 1
            due += WRITERS / WRITES_A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))


def _request(server: Running, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> str:
    """The ETag of a successful answer, or an empty string."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{method} {target}: {answer.status} {content[:500]!r}")
    return answer.headers.get("ETag", "")


def _meetings(count: int) -> list[dict[str, Any]]:
    """Bodies to post: the meetings of a generated book with their sources inline, under ids that no book has."""
    made: list[dict[str, Any]] = []
    sources: dict[str, dict[str, Any]] = {}
    for line in books.lines(books.PER_MEETING * count):
        kind = line.pop("kind")
        if kind == "source":
            sources[line["id"]] = line
        elif kind == "meeting":
            for pledge in line["pledges"]:
                pledge |= {"links": [], "assessments": []}
            line["id"] = f"posted-{line['id']}"
            made.append({**line, "sources": [sources[id] for id in line["sources"]]})
    return made


def _authorization(file: Path) -> dict[str, str]:
    """The header of a new key for a book."""
    command = [sys.executable, "-m", "app", "key", "create", f"bench-{time.time_ns()}"]
    environment = {**os.environ, **servers.settings(file, cached=False)}
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return {"Authorization": f"Bearer {made.stdout.strip()}"}


def _copy(file: Path, name: str) -> Path:
    """A copy that may be written to."""
    _remove(HOME / name)
    return Path(shutil.copy(file, HOME / name))


def _remove(file: Path) -> None:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
