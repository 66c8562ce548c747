"""Answers kept while the book stands as it was: pure ASGI, in front of routing.

The head of the ledger, with the release and the UTC day, names the state of the whole book. An answer computed at a
state is right for as long as that state stands, so the head is read first, and an answer is given again only at the
head it was computed at. An answer may hold newer rows than its head, never older ones; and once it does, the head has
moved on and nobody is given it. What is kept is bounded in bytes, and let go of when the head moves.

A kept answer costs a few microseconds beside what the server itself takes, so each of them is looked after here: the
head is asked for once a turn of the event loop, headers are looked up as the bytes they came as, and what an answer
needs for being sent is made when it is kept. Where `pledgebook serve` has SQLite under it, the server's own protocol
asks here before it makes a request of what it received (`app/protocol.py`).
"""

import asyncio
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from anyio import to_thread
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Database
from app.finished import CONDITION, Finished, Headings
from app.headers import headers_of
from app.ledger import read_head
from app.observing import ID, id_of, write_down
from app.types import LONGEST_CONDITION

_LARGEST = 1024 * 1024  # one answer of more bytes is not worth keeping
_LONGEST_KEY = 1000  # bytes; what asks for more is no question that is asked again
_BESIDE = 2000 + _LONGEST_KEY  # bytes that an answer takes beside its own: its key and the objects it is made of


class State(NamedTuple):
    """The state of the book that an answer is right for. The release is that of the process."""

    head: int
    hash: str
    day: date


# Files, and what tells of the server rather than of the book: these never ask for the head.
_APART = ("/docs", "/static", "/openapi.json", "/healthz", "/readyz", "/metrics")


# All of a request that an answer depends on: scheme and host (pages tell their own address, which is that the reader
# came by), path, query, Accept, and whether a page of some site asks.
Key = tuple[str, bytes, str, bytes, bytes, bool]


def key_of(scheme: str, path: str, query: bytes, headers: Mapping[bytes, bytes]) -> Key | None:
    """What the answer to a GET is kept under; None if none is kept for such a request."""
    if path.startswith(_APART) or b"authorization" in headers or len(headers.get(CONDITION, b"")) > LONGEST_CONDITION:
        return None
    host, accept = headers.get(b"host", b""), headers.get(b"accept", b"*/*")
    if len(host) + len(path) + len(query) + len(accept) > _LONGEST_KEY:
        return None
    return scheme, host, path, query, accept, b"origin" in headers


class HeadReader:
    """Tells the state of the book at the cost of a glance: SQLite says by itself whether anything was committed.

    All requests that one turn of the event loop serves were received before the first of them is: the state that it
    finds is right for all of them, and SQLite is asked once a turn. PostgreSQL is asked over a connection, which takes
    longer: whoever comes meanwhile waits for the next question, which all of them share.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.state = State(0, "", date.min)
        self.data_version = -1
        self.connection: sqlite3.Connection | None = None
        self.is_of_this_turn = False
        self.asking: asyncio.Task[State] | None = None
        self.next: asyncio.Task[State] | None = None

    async def read(self) -> State:
        """The seq and hash of the last revision that is committed now, and the day."""
        if self.database.is_sqlite:
            return self.glance()
        if self.next is None:
            self.next = asyncio.create_task(self._ask_after(self.asking))
        return await asyncio.shield(self.next)

    async def _ask_after(self, asking: asyncio.Task[State] | None) -> State:
        if asking is not None:
            await asyncio.wait([asking])
        self.asking, self.next = self.next, None  # who comes from here on may have seen a later write
        try:
            return State(*await to_thread.run_sync(self._read), _today())
        finally:
            self.asking = None

    def glance(self) -> State:
        """The same, of SQLite alone."""
        if not self.is_of_this_turn:
            self._look()
            self.is_of_this_turn = True
            asyncio.get_running_loop().call_soon(self._end_turn)
        return self.state

    def _end_turn(self) -> None:
        self.is_of_this_turn = False

    def _look(self) -> None:
        try:
            self._ask()
        except sqlite3.Error:
            self.close()
            raise

    def _ask(self) -> None:
        if self.connection is None:
            self.connection = sqlite3.connect(str(self.database.url.database), isolation_level=None, timeout=0)
        version = self.connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self.data_version or self.state.day != _today():
            row = self.connection.execute("SELECT seq, hash FROM revision ORDER BY seq DESC LIMIT 1").fetchone()
            seq, hash = row or (0, "")
            self.state, self.data_version = State(seq, hash, _today()), version

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
        self.kept: OrderedDict[Key, Finished] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = headers_of(scope)
        key = key_of(scope["scheme"], scope["path"], scope["query_string"], headers)
        if key is None:
            await self.app(scope, receive, send)
            return
        try:
            state = await self.heads.read()
        except (sqlite3.Error, DBAPIError, PoolTimeout):
            await self.app(scope, receive, send)  # which finds out for itself, and says so
            return
        kept = self.look_up(key, state)
        if kept is None:
            await self.app(scope, receive, _Keeping(self, key, state, scope, send).send)
            return
        id, answer = id_of(headers), kept.answering(headers.get(CONDITION, b""))
        await answer.send(send, [(ID, id)])
        scope["route"] = kept.route
        write_down(scope, answer.status, id, began)

    def look_up(self, key: Key, state: State) -> Finished | None:
        """What is kept for a request, at the state that the book is in; what was kept at another is let go of."""
        if state != self.state:
            self.state, self.size = state, 0
            self.kept.clear()
        kept = self.kept.get(key)
        if kept is not None:
            self.kept.move_to_end(key)
        return kept

    def keep(self, key: Key, state: State, answer: Finished) -> None:
        """Keep an answer computed at `state`, if that still stands; let go of the least used beyond the limit."""
        size = answer.size + _BESIDE
        if state != self.state or size > min(_LARGEST, self.limit) or key in self.kept:
            return
        self.kept[key] = answer
        self.size += size
        while self.size > self.limit:
            _, oldest = self.kept.popitem(last=False)
            self.size -= oldest.size + _BESIDE


def _today() -> date:
    return datetime.now(UTC).date()


class _Keeping:
    """Passes an answer on as it comes, and keeps it when it was a whole 200 with an ETag."""

    def __init__(self, cache: Cache, key: Key, state: State, scope: Scope, send: Send) -> None:
        self.cache, self.key, self.state, self.scope, self._send = cache, key, state, scope, send
        self.headers: Headings | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = [(name.lower(), value) for name, value in message["headers"]]
            headers = [(name, value) for name, value in sent if name != ID]  # each answer has one of its own
            if message["status"] == 200 and any(name == b"etag" for name, _ in headers):
                self.headers = headers
        elif message["type"] == "http.response.body" and self.headers is not None:
            self.body += message.get("body", b"")
            if len(self.body) > _LARGEST:
                self.headers = None
            elif not message.get("more_body", False):
                if not any(name == b"content-length" for name, _ in self.headers):  # it was sent while it was made
                    self.headers.append((b"content-length", b"%d" % len(self.body)))
                answer = Finished(self.headers, self.body, self.scope.get("route"))
                self.cache.keep(self.key, self.state, answer)
        await self._send(message)
