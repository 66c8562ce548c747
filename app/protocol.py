"""Kept answers given by the server's protocol itself, as soon as the headers of a request are there.

Why: of what a kept answer costs, most is what uvicorn does for every request: an object and an event for it, a task, a
look at each header sent. None of that is needed to send bytes that are there. Measured in turn with the same cache as
an ASGI app, 100,000 pledges, 64 connections: a page by topic takes 0.58 of the CPU, one pledge 0.54; a bare ASGI app
that sends the page from memory takes half as much again.

How it stays the same answer: what is asked in the plainest form is looked up here, in the same cache, by the same key
and at the head of the ledger as it is now; everything else takes uvicorn's way. That is whatever has a body, comes by a
proxy, over HTTP/1.0, before an earlier request of its connection is answered, or faster than its client reads. A test
holds the two ways against each other.
"""

import asyncio
import re
import sqlite3
import time
from typing import Literal

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.cache import CONDITION, Cache, key_of
from app.headers import headers_of
from app.main import Book
from app.observing import ID, id_of, write_down

# An address that means what it says: a path without escapes, perhaps a query.
_PLAIN = re.compile(rb"(/[A-Za-z0-9/._-]*)(?:\?([!-\"$-~]*))?")
# A request with one of these is more than its address and what it accepts.
_MORE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"x-forwarded-proto"})


def protocol_of(app: Book) -> type[asyncio.Protocol] | Literal["auto"]:
    """What uvicorn is to take for `http`: its own protocol, which asks this app's cache first."""
    cache = app.front
    if isinstance(cache, Cache) and cache.heads.database.is_sqlite:
        return type("KeptFirst", (_KeptFirst,), {"cache": cache})
    return "auto"


class _KeptFirst(HttpToolsProtocol):
    cache: Cache

    def data_received(self, data: bytes) -> None:
        """Look at it when all that this turn of the event loop receives is there, so that one glance serves it all."""
        self.loop.call_soon(self._parse, data)

    def _parse(self, data: bytes) -> None:
        if self.parser is not None:  # else its connection is lost
            super().data_received(data)

    def on_headers_complete(self) -> None:
        if not (self._is_free() and self._give_kept()):
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self.cycle is not None:  # uvicorn's own object for a request, which those before it may not have needed
            super().on_message_complete()

    def _is_free(self) -> bool:
        """Whether an answer may be written at once, and another request awaited after it."""
        parser = self.parser
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
        )

    def _give_kept(self) -> bool:
        """Write what is kept for this request; False if nothing is."""
        began = time.perf_counter()
        address = _PLAIN.fullmatch(self.url)
        if address is None or self.parser.get_method() != b"GET":
            return False
        scope: Scope = {**self.scope, "method": "GET", "path": address[1].decode()}
        headers = headers_of(scope)
        key = key_of(scope["scheme"], scope["path"], address[2] or b"", headers)
        if key is None or not _MORE.isdisjoint(headers):
            return False
        try:
            kept = self.cache.look_up(key, self.cache.heads.glance())
        except sqlite3.Error:  # the way through the app finds out for itself, and says so
            return False
        if kept is None:
            return False
        id, answer = id_of(headers), kept.answering(headers.get(CONDITION, b""))
        own = [b"%b: %b\r\n" % header for header in [*self.server_state.default_headers, (ID, id)]]
        self.transport.writelines([answer.head, *own, b"\r\n", answer.body])
        self.on_response_complete()
        scope["route"] = kept.route
        write_down(scope, answer.status, id, began)
        return True
