"""Answers kept while the book stands as it was: pure ASGI, in front of routing.

The head of the ledger, with the release and the UTC day, names the state of the whole book. An answer computed at a
state is right for as long as that state stands, so the head is read first, and an answer is given again only at the
head it was computed at. An answer may hold newer rows than its head, never older ones; and once it does, the head has
moved on and nobody is given it. What is kept is bounded in bytes, and let go of when the head moves.
"""

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from anyio import to_thread
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Database
from app.deps import matches
from app.ledger import read_head
from app.types import LONGEST_CONDITION

_LARGEST = 1024 * 1024  # one answer of more bytes is not worth keeping
_REPEATED_ON_304 = (b"etag", b"cache-control", b"vary", b"link")


class State(NamedTuple):
    """The state of the book that an answer is right for. The release is that of the process."""

    head: int
    hash: str
    day: date


# Files, and what tells of the server rather than of the book: these never ask for the head.
_APART = frozenset({"docs", "static", "openapi.json", "healthz", "readyz", "metrics"})


class Key(NamedTuple):
    """All of a request that an answer depends on. Pages tell their own address, which is that the reader came by."""

    scheme: str
    host: str
    path: str
    query: bytes
    accept: str


@dataclass(frozen=True)
class Kept:
    """A finished answer."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str
    route: Any

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class HeadReader:
    """Tells the head of the ledger at the cost of a glance: SQLite says by itself whether anything was committed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.seen: tuple[int, str] = (0, "")
        self.data_version = -1
        self.connection: sqlite3.Connection | None = None

    async def read(self) -> tuple[int, str]:
        """The seq and hash of the last revision that is committed now."""
        if not self.database.is_sqlite:
            return await to_thread.run_sync(self._read)
        if self.connection is None:
            self.connection = sqlite3.connect(str(self.database.url.database), isolation_level=None)
        version = self.connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self.data_version:
            row = self.connection.execute("SELECT seq, hash FROM revision ORDER BY seq DESC LIMIT 1").fetchone()
            self.seen, self.data_version = row or (0, ""), version
        return self.seen

    def _read(self) -> tuple[int, str]:
        with self.database.reading() as session:
            head = read_head(session)
        return head.seq, head.hash

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection, self.data_version = None, -1


class Cache:
    """Gives a kept answer, or passes the request on and keeps what comes back."""

    def __init__(self, app: ASGIApp, heads: HeadReader, limit: int) -> None:
        self.app = app
        self.heads = heads
        self.limit = limit
        self.state: State | None = None
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or _is_apart(scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "authorization" in headers or len(headers.get("if-none-match", "")) > LONGEST_CONDITION:
            await self.app(scope, receive, send)
            return
        try:
            state = State(*await self.heads.read(), datetime.now(UTC).date())
        except (sqlite3.Error, DBAPIError, PoolTimeout):
            self.heads.close()
            await self.app(scope, receive, send)  # which finds out for itself, and says so
            return
        if state != self.state:
            self.state, self.size = state, 0
            self.kept.clear()
        key = _key(scope, headers)
        if kept := self.kept.get(key):
            self.kept.move_to_end(key)
            scope["route"] = kept.route
            await _give(kept, headers.get("if-none-match"), send)
            return
        await self.app(scope, receive, _Keeping(self, key, state, scope, send).send)

    def keep(self, key: Key, state: State, answer: Kept) -> None:
        """Keep an answer computed at `state`, if that still stands; let go of the least used beyond the limit."""
        if state != self.state or answer.size > min(_LARGEST, self.limit) or key in self.kept:
            return
        self.kept[key] = answer
        self.size += answer.size
        while self.size > self.limit:
            _, oldest = self.kept.popitem(last=False)
            self.size -= oldest.size


def _is_apart(path: str) -> bool:
    return path.lstrip("/").partition("/")[0] in _APART


def _key(scope: Scope, headers: Headers) -> Key:
    accept = headers.get("accept", "*/*")
    return Key(scope["scheme"], headers.get("host", ""), scope["path"], scope["query_string"], accept)


async def _give(kept: Kept, if_none_match: str | None, send: Send) -> None:
    if matches(kept.etag, if_none_match):
        headers = [(name, value) for name, value in kept.headers if name in _REPEATED_ON_304]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    # A copy of the headers, since those further out add their own.
    await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body})


class _Keeping:
    """Passes an answer on as it comes, and keeps it when it was a whole 200 with an ETag."""

    def __init__(self, cache: Cache, key: Key, state: State, scope: Scope, send: Send) -> None:
        self.cache, self.key, self.state, self.scope, self._send = cache, key, state, scope, send
        self.headers: list[tuple[bytes, bytes]] | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message["headers"]]
            if message["status"] == 200 and any(name == b"etag" for name, _ in headers):
                self.headers = headers
        elif message["type"] == "http.response.body" and self.headers is not None:
            self.body += message.get("body", b"")
            if len(self.body) > _LARGEST:
                self.headers = None
            elif not message.get("more_body", False):
                etag = dict(self.headers)[b"etag"].decode()
                self.cache.keep(self.key, self.state, Kept(self.headers, self.body, etag, self.scope.get("route")))
        await self._send(message)
