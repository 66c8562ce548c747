"""`make bench`: the project and what it is measured against, in turn, on one machine: `python -m bench.run [SIZE…]`.

Every server runs at once, pinned to core 0; wrk asks one of them at a time from core 1. In each round every server has
its turn at every workload, so that a slow minute of the machine is shared by all: medians over the rounds, and ratios
within a round, stay meaningful where single figures do not. Books are generated once and kept in `.bench/`.
BENCH_ROUNDS (3) and BENCH_SECONDS (3) say how long.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import disturbed, postgresql, report
from bench.goals import JUDGED
from bench.load import Result, wrk
from bench.servers import HOME, PEERS, ROOT, Running, peers, pledgebook, running
from bench.starting import cold_starts
from bench.workloads import ASKING, PAGES_BY, of_pledgebook, questions
from bench.writing import bulk_loads, crowded_posts, posts

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))
CONNECTIONS = 64
_LARGEST_PLAIN = 200_000  # more take `session.add_all` the better part of an hour
_FOR_PAGES = 4  # of those that take so long that a round would hold no more than one for each connection
_OF_SERVER = {"date", "connection"}


def main(arguments: list[str]) -> int:
    if shutil.which("wrk") is None:
        print("make bench needs wrk: apt-get install wrk", file=sys.stderr)
        return 2
    sizes = [int(size) for size in arguments] or [10_000, 100_000]
    HOME.mkdir(exist_ok=True)
    found: dict[str, Any] = {"reads": {}, "memory": {}}
    for size in sizes:
        reads(size, found)
        _keep(found)
    small, large = min(sizes), max(sizes)
    found["growth"] = growth([small, large])
    _keep(found)
    found["connections"] = connections(small)
    asked = questions(lines(small))
    found["postgresql"] = postgresql.reads(lines(small), asked, CONNECTIONS, ROUNDS, SECONDS)
    pages = [of_pledgebook("Q1", one) for one in asked["Q1"]]
    found["disturbed"] = disturbed.reads(book(small), pages, CONNECTIONS, ROUNDS, SECONDS)
    found["written"] = written = JUDGED if JUDGED in sizes else small
    found["posts"] = posts(book(written), plain(written))
    found["crowded"] = crowded_posts(book(written), plain(written), ROUNDS)
    found["loads"] = bulk_loads(lines(written), 1 if written == JUDGED else ROUNDS)  # a load of so many takes minutes
    found["starts"] = cold_starts(book(small), plain(small), table(small), ROUNDS)
    _keep(found)
    report.write(found, sizes, ROUNDS, SECONDS)
    return 0


def _keep(found: dict[str, Any]) -> None:
    """Keep what was found so far, should the rest fail."""
    (HOME / "results.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


# Books, made once -----------------------------------------------------------------------------------------------------


def lines(size: int) -> Path:
    """The book as JSON Lines."""
    file = HOME / f"{size}.jsonl"
    if not file.exists():
        half = file.with_suffix(".half")
        with half.open("wb") as output:
            subprocess.run([sys.executable, "-m", "bench.books", str(size)], cwd=ROOT, stdout=output, check=True)
        half.rename(file)
    return file


def book(size: int) -> Path:
    """The project's own database, filled by its own `load`."""
    command = [sys.executable, "-m", "app", "load", str(lines(size))]
    return _made(HOME / f"{size}.db", command, {"PLEDGEBOOK_DATABASE_URL": "sqlite:///{file}"})


def plain(size: int) -> Path:
    """The tutorial app's database."""
    command = [str(PEERS / "python"), "-m", "bench.peers.tutorial", str(lines(size))]
    return _made(HOME / f"{size}.plain.db", command, {"BENCH_DATABASE": "{file}"})


def table(size: int) -> Path:
    """The file for Datasette. Its name is part of addresses."""
    (HOME / str(size)).mkdir(exist_ok=True)
    command = [str(PEERS / "python"), "-m", "bench.peers.datasette", str(lines(size)), "{file}"]
    return _made(HOME / str(size) / "table.db", command, {})


def _made(file: Path, command: Sequence[str], environment: Mapping[str, str]) -> Path:
    """A file that the command makes; `{file}` stands for it."""
    if not file.exists():
        half = file.with_name(f"half-{file.name}")
        for old in half.parent.glob(f"{half.name}*"):
            old.unlink()
        print(f"making {file.name}", flush=True)
        settings = {name: value.replace("{file}", str(half)) for name, value in environment.items()}
        filled = [part.replace("{file}", str(half)) for part in command]
        subprocess.run(filled, cwd=ROOT, env={**os.environ, **settings}, check=True)
        with sqlite3.connect(half) as connection:  # what is still in its log goes into the file
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        half.rename(file)
        if (beside := half.with_suffix(".json")).exists():
            file.with_suffix(".json").write_text(beside.read_text(encoding="utf-8").replace(half.stem, file.stem))
            beside.unlink()
    return file


# Reads ----------------------------------------------------------------------------------------------------------------


def _answers(server: Running, targets: list[str]) -> dict[str, tuple[list[tuple[str, str]], str]]:
    """What the project answers to each target: headers and body, without what is of the connection."""
    found = {}
    for target in targets:
        with urllib.request.urlopen(f"{server.address}{target}") as answer:
            headers = [
                (name.lower(), value) for name, value in answer.headers.items() if name.lower() not in _OF_SERVER
            ]
            found[target] = (headers, answer.read().decode())
    return found


def reads(size: int, found: dict[str, Any]) -> None:
    """Every workload at every server, so many rounds."""
    asked = questions(lines(size))
    own = [of_pledgebook(workload, one) for workload, each in asked.items() for one in each]
    answers = HOME / "answers.json"
    with running(pledgebook(book(size), cached=False)) as server:
        answers.write_text(json.dumps(_answers(server, own)), encoding="utf-8")
    everyone = [pledgebook(book(size), cached=False), pledgebook(book(size), cached=True, name="cached")]
    everyone += peers(book(size), plain(size) if size <= _LARGEST_PLAIN else None, table(size), answers)
    rounds: dict[str, dict[str, list[Result]]] = {}
    with ExitStack() as stack:
        started = [stack.enter_context(running(server)) for server in everyone]
        for number in range(ROUNDS + 1):  # the first warms up and is not counted
            seconds = SECONDS if number else min(SECONDS, 1)
            for workload, each in asked.items():
                for server in started:
                    if workload == "P1" and server.name not in PAGES_BY:
                        continue
                    targets = [ASKING[server.name](workload, one) for one in each]
                    result = wrk(server, targets, _FOR_PAGES if workload == "P1" else CONNECTIONS, seconds)
                    if number:
                        rounds.setdefault(workload, {}).setdefault(server.name, []).append(result)
            named = {server.name: server for server in started}
            first = [of_pledgebook("Q1", asked["Q1"][0])]
            etag = dict(_answers(named["cached"], first)[first[0]][0])["etag"]
            for name, condition in (("static", ""), ("cached", etag)):
                result = wrk(named[name], first, CONNECTIONS, seconds, condition)
                if number:
                    rounds.setdefault("304", {}).setdefault(name, []).append(result)
            print(f"{size} pledges, round {number} of {ROUNDS}", flush=True)
        found["memory"][str(size)] = {server.name: server.memory() for server in started}
    found["reads"][str(size)] = rounds


def growth(sizes: list[int]) -> dict[str, list[list[Result]]]:
    """Of each workload the rounds at books of these sizes, in turn: what asking a larger one costs."""
    found: dict[str, list[list[Result]]] = {}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(pledgebook(book(size), cached=False, name=str(size)))) for size in sizes]
        asked = [questions(lines(size)) for size in sizes]
        for number in range(ROUNDS + 1):
            for workload in asked[0]:
                targets = [[of_pledgebook(workload, one) for one in each[workload]] for each in asked]
                clients = _FOR_PAGES if workload == "P1" else CONNECTIONS
                results = [wrk(server, each, clients, SECONDS) for server, each in zip(servers, targets, strict=True)]
                if number:
                    found.setdefault(workload, []).append(results)
    return found


def connections(size: int) -> dict[str, dict[str, float]]:
    """Pages by topic a second at 1, 16 and 64 connections."""
    targets = [of_pledgebook("Q1", one) for one in questions(lines(size))["Q1"]]
    rates: dict[str, dict[str, float]] = {}
    for name, cached in (("pledgebook", False), ("cached", True)):
        with running(pledgebook(book(size), cached=cached, name=name)) as server:
            for count in (1, 16, 64):
                measured = [wrk(server, targets, count, SECONDS) for _ in range(ROUNDS)]
                rates.setdefault(name, {})[str(count)] = statistics.median(one.rate for one in measured)
    return rates


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
