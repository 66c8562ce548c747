"""Answers given by the server's protocol itself, once the headers of a request are there: those kept, and plain reads.

Why: of what a kept answer costs, most is what uvicorn does for every request: an object and an event for it, a task, a
look at each header sent. None of that is needed to send bytes that are there, or that one statement gives.
Measured in turn with the same cache and the same reads as an ASGI app, 100,000 pledges, 64 connections: a kept page by
topic takes 0.58 of the CPU, a kept pledge 0.54; a page that is read 0.80, a pledge 0.68.

How it stays the same answer: what is asked in the plainest form is looked up in the same cache, by the same key and at
the head of the ledger as it is now, or read by the same short way; everything else takes uvicorn's way through the
app. That is whatever has a body or a key, comes by a proxy, over HTTP/1.0, before an earlier request of its connection
is answered, after many that were answered in a row, or faster than its client reads. A test holds the two ways against
each other.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import Mapping
from typing import Literal

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.cache import Cache, key_of
from app.finished import CONDITION, Finished, as_lines
from app.front import Front
from app.headers import headers_of
from app.lean import LeanReads
from app.observing import ID, id_of, write_down

# An address that means what it says: a path without escapes, perhaps a query.
_PLAIN = re.compile(rb"(/[A-Za-z0-9/._-]*)(?:\?([!-\"$-~]*))?")
# Of requests that one client sends without waiting, so many are answered before others have their turn.
_IN_A_ROW = 16
# A request with one of these is more than its address and what it accepts.
_MORE = frozenset({b"authorization", b"content-length", b"expect", b"transfer-encoding", b"x-forwarded-proto"})


def protocol_of(front: Front) -> type[asyncio.Protocol] | Literal["auto"]:
    """What uvicorn is to take for `http`: on SQLite its own protocol, which first sees what is there at once."""
    if front.lean is None:
        return "auto"
    return type("AtOnce", (_AtOnce,), {"cache": front.cache, "lean": front.lean})


class _AtOnce(HttpToolsProtocol):
    cache: Cache | None
    lean: LeanReads
    left = 0

    def data_received(self, data: bytes) -> None:
        """Look at it when all that this turn of the event loop receives is there, so that one glance serves it all."""
        self._unset_keepalive_if_required()
        self.loop.call_soon(self._parse, data)

    def _parse(self, data: bytes) -> None:
        if self.parser is not None:  # else its connection is lost
            self.left = _IN_A_ROW
            super().data_received(data)

    def on_headers_complete(self) -> None:
        if self.left and self._is_free() and self._answer():
            self.left -= 1
        else:
            self.left = 0
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

    def _answer(self) -> bool:
        """Write the answer to a plain GET, if it is there at once."""
        began = time.perf_counter()
        address = _PLAIN.fullmatch(self.url)
        if address is None or self.parser.get_method() != b"GET":
            return False
        scope: Scope = {**self.scope, "method": "GET", "path": address[1].decode(), "query_string": address[2] or b""}
        headers = headers_of(scope)
        found = self._find(scope, headers) if _MORE.isdisjoint(headers) else None
        if found is None:
            return False
        id, answer = id_of(headers), found.answering(headers.get(CONDITION, b""))
        own = as_lines([*self.server_state.default_headers, (ID, id)])
        self.transport.writelines([answer.head, own, b"\r\n", answer.body])
        self.on_response_complete()
        scope["route"] = found.route
        write_down(scope, answer.status, id, began)
        return True

    def _find(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Finished | None:
        if self.cache is None:
            return self.lean.read(scope, headers)
        key = key_of(scope["scheme"], scope["path"], scope["query_string"], headers)
        if key is None:
            return None
        try:
            state = self.lean.heads.glance()
        except sqlite3.Error:  # the way through the app finds out for itself, and says so
            return None
        found = self.cache.look_up(key, state)
        if found is None and (found := self.lean.read(scope, headers)):
            self.cache.keep(key, state, found)
        return found
