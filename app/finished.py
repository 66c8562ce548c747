"""A finished answer: the whole of it, and that nothing of it has changed, for whoever has it already."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from starlette.types import Send

from app.headers import matches

CONDITION = b"if-none-match"
_REPEATED_ON_304 = (
    b"etag", b"cache-control", b"vary", b"access-control-allow-origin", b"access-control-expose-headers",
)  # fmt: skip

Headings = list[tuple[bytes, bytes]]


class Answer:
    """Status, headers and body, but for what each answer has of its own: its id, and the time."""

    __slots__ = ("_head", "body", "headers", "status")

    def __init__(self, status: int, headers: Headings, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body
        self._head = b""

    @property
    def head(self) -> bytes:
        """How HTTP/1.1 begins it: the status and the headers, each on its line."""
        if not self._head:
            status = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n".encode()
            self._head = status + as_lines(self.headers)
        return self._head

    async def send(self, send: Send, own: Headings) -> None:
        """Send it to an ASGI server, with headers of its own."""
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, *own]})
        await send({"type": "http.response.body", "body": self.body})


def as_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


class Finished:
    """An answer to a GET, of which `headers` tell the ETag, and the route that gave it."""

    __slots__ = ("_unchanged", "etag", "route", "whole")

    def __init__(self, headers: Headings, body: bytes, route: Any) -> None:
        self.whole = Answer(200, headers, body)
        self.route = route
        self.etag = next(value for name, value in headers if name == b"etag")
        self._unchanged: Answer | None = None

    def answering(self, condition: bytes) -> Answer:
        """The answer to a request under this `If-None-Match`, which may be empty."""
        if not condition or not (condition == self.etag or matches(self.etag.decode(), condition.decode("latin-1"))):
            return self.whole
        if self._unchanged is None:
            repeated = [(name, value) for name, value in self.whole.headers if name in _REPEATED_ON_304]
            self._unchanged = Answer(304, repeated, b"")
        return self._unchanged

    @property
    def size(self) -> int:
        """Bytes that it takes to keep it: the headers are there as they go over the wire as well."""
        return len(self.whole.body) + 2 * len(self.whole.head)
