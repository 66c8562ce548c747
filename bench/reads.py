"""Reads: every workload at every server, growth with the book, and the first page after a start."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from bench import databases, servers
from bench.load import Result, wrk
from bench.servers import HOME, Running, Server, running
from bench.workloads import Query, queries, targets

Rounds = dict[str, dict[str, list[Result]]]  # workload: server: its rounds
_OF_CONNECTION = {"date", "connection"}


def on_sqlite(size: int, rounds: int, seconds: int) -> Rounds:
    """The project with and without its cache, its own bytes from memory, the bare app, and Datasette."""
    requests, book = queries(databases.lines(size)), databases.book(size)
    answers = HOME / "answers.json"
    with running(servers.pledgebook(book, cached=False)) as server:
        found = {target: _answer(server, target) for target in _all_targets(requests)}
    answers.write_text(json.dumps(found), encoding="utf-8")
    everyone = [
        servers.pledgebook(book, cached=False),
        servers.pledgebook(book, cached=True),
        servers.static(answers),
        servers.raw(book),
        servers.datasette(databases.table(size)),
    ]
    return _measure(everyone, requests, rounds, seconds, f"SQLite, {size:,} pledges")


def on_postgresql(server: databases.PostgreSQL, size: int, rounds: int, seconds: int) -> Rounds:
    """The project with and without its cache, and the bare app."""
    url = server.book(size)
    everyone = [servers.pledgebook(url, cached=False), servers.pledgebook(url, cached=True), servers.raw(url)]
    title = f"PostgreSQL, {size:,} pledges"
    return _measure(everyone, queries(databases.lines(size)), rounds, seconds, title, server.cpu)


def growth(
    books: Sequence[Path | str], sizes: Sequence[int], rounds: int, seconds: int
) -> dict[str, list[list[float]]]:
    """Microseconds of CPU per request without the cache, at the smallest and the largest book, for each round."""
    if len(sizes) < 2:
        return {}
    ends = (0, -1)
    found: dict[str, list[list[float]]] = {}
    with ExitStack() as stack:
        pair = [servers.pledgebook(books[end], cached=False, name=str(sizes[end])) for end in ends]
        started = [stack.enter_context(running(server)) for server in pair]
        requests = [queries(databases.lines(sizes[end])) for end in ends]
        for number in range(rounds + 1):  # the first round warms up
            for workload in requests[0]:
                each = [targets("pledgebook", workload, one[workload]) for one in requests]
                cpu = [wrk(server, some, seconds).cpu for server, some in zip(started, each, strict=True)]
                if number:
                    found.setdefault(workload, []).append(cpu)
    return found


def cold_starts(size: int, rounds: int) -> dict[str, list[list[float]]]:
    """Seconds and CPU seconds from the command to the first page by topic, for each round."""
    first = [Query(topic="topic-03")]
    everyone = [servers.pledgebook(databases.book(size), cached=True), servers.datasette(databases.table(size))]
    found: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        for server in everyone:
            began = time.perf_counter()
            with running(server, targets(server.name, "Q1", first)[0]) as started:
                found.setdefault(server.name, []).append([time.perf_counter() - began, started.cpu()])
    return {"pledgebook": found["cached"], "datasette": found["datasette"]}


def _measure(
    everyone: Sequence[Server],
    requests: Mapping[str, list[Query]],
    rounds: int,
    seconds: int,
    title: str,
    backend_cpu: Callable[[], float] | None = None,
) -> Rounds:
    found: Rounds = {}
    with ExitStack() as stack:
        started = [stack.enter_context(running(server)) for server in everyone]
        _compare_answers({server.name: server for server in started}, _all_targets(requests))
        for number in range(rounds + 1):  # the first round warms up
            for workload, each in requests.items():
                for server in started:
                    urls = targets(server.name, workload, each)
                    result = wrk(server, urls, seconds if number else 1, backend_cpu=backend_cpu)
                    if number:
                        found.setdefault(workload, {}).setdefault(server.name, []).append(result)
            print(f"{title}: round {number} of {rounds}", flush=True)
    return found


# Answers --------------------------------------------------------------------------------------------------------------


def _all_targets(requests: Mapping[str, list[Query]]) -> list[str]:
    return [target for workload, each in requests.items() for target in targets("pledgebook", workload, each)]


def _answer(server: Running, target: str) -> tuple[list[tuple[str, str]], str]:
    """Headers and body, without the headers that belong to the connection."""
    with urllib.request.urlopen(f"{server.address}{target}") as answer:
        headers = [(name.lower(), value) for name, value in answer.headers.items()]
        return [one for one in headers if one[0] not in _OF_CONNECTION], answer.read().decode()


def _compare_answers(started: Mapping[str, Running], all_targets: Sequence[str]) -> None:
    """Raise if the cache or the bare app sends another answer than the project, or leaves a field out."""
    for target in all_targets:
        expected = _comparable(_answer(started["pledgebook"], target)[1])
        for name in ("cached", "raw"):
            found = _comparable(_answer(started[name], target)[1])
            if differing := [field for field, value in expected.items() if found.get(field, ...) != value]:
                raise RuntimeError(f"{name} answers {target} otherwise than the project, in {differing}")


def _comparable(body: str) -> dict[str, Any]:
    """The JSON object, with cursors reduced to whether there is one and queries of facets without their order."""
    document: dict[str, Any] = json.loads(body)
    if "next" in document:
        document["next"] = document["next"] is not None
    for values in document.get("facets", {}).values():
        for value in values:
            value["query"] = parse_qs(value["query"])
    return document
