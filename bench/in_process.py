"""In process: a page by topic without an HTTP server, beside a bare FastAPI route: `python -m bench.in_process`.

Calls `create_app()` as an ASGI app, without lifespan events and without the cache, over the database of
PLEDGEBOOK_DATABASE_URL. Prints microseconds of CPU (all threads) per request as JSON, `[project, bare route]` for each
round. `--profile` prints where the project's time goes instead.
"""

import asyncio
import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench import databases
from bench.servers import ON_SERVER_CORE, ROOT, settings
from bench.workloads import queries, targets

REQUESTS = 600
_BARE_BYTES = 15_000


def measure(book: Path, size: int, rounds: int) -> list[list[float]]:
    """Run this module on core 0; microseconds of the project and of the bare route for each round."""
    urls = targets("pledgebook", "Q1", queries(databases.lines(size))["Q1"])
    command = [*ON_SERVER_CORE, sys.executable, "-m", "bench.in_process", str(rounds), *urls]
    environment = {**os.environ, **settings(book, cached=False)}
    output = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    found: list[list[float]] = json.loads(output)
    return found


def _apps() -> tuple[Any, Any]:
    """The project, and a bare FastAPI app."""
    from fastapi import FastAPI, Response

    from app.main import create_app

    bare, body = FastAPI(), b"x" * _BARE_BYTES

    @bare.get("/{path:path}")
    async def read() -> Response:
        return Response(body, media_type="application/json")

    return create_app(), bare


async def _get(app: Any, target: str) -> bytes:
    """The body of an answer; raises if its status is not 200."""
    url = urlsplit(target)
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": url.path, "raw_path": quote(url.path).encode(), "query_string": url.query.encode(),
        "root_path": "", "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 40_000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    has_sent_request = False

    async def receive() -> dict[str, Any]:
        nonlocal has_sent_request
        if has_sent_request:
            await asyncio.Event().wait()  # the client stays connected and sends nothing more
        has_sent_request = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{target}: {sent[0]['status']}")
    return b"".join(message.get("body", b"") for message in sent[1:])


async def _microseconds(app: Any, urls: Sequence[str]) -> float:
    began = time.process_time()
    for number in range(REQUESTS):
        await _get(app, urls[number % len(urls)])
    return (time.process_time() - began) / REQUESTS * 1e6


async def _rounds(count: int, urls: Sequence[str]) -> list[list[float]]:
    apps = _apps()
    for url in urls:
        page = json.loads(await _get(apps[0], url))
        if len(page["items"]) != 50:
            raise RuntimeError(f"{url} has {len(page['items'])} pledges, not 50")
    found = [[await _microseconds(app, urls) for app in apps] for _ in range(count + 1)]
    return found[1:]  # the first round warms up


async def _profile(urls: Sequence[str]) -> None:
    app, _ = _apps()
    await _microseconds(app, urls)
    with cProfile.Profile() as profile:
        await _microseconds(app, urls)
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def main(arguments: Sequence[str]) -> None:
    topics = [f"/v1/pledges?topic=topic-{rank:02}" for rank in range(1, 13)]
    if arguments[:1] == ["--profile"]:
        asyncio.run(_profile(arguments[1:] or topics))
    else:
        print(json.dumps(asyncio.run(_rounds(int(arguments[0]) if arguments else 3, arguments[1:] or topics))))


if __name__ == "__main__":
    main(sys.argv[1:])
