"""Response cache: ASGI middleware that sends cached responses without routing.

A cached response is valid for one state of the book. The state is the head of the ledger and the UTC day. It is read
before each lookup, and a cached response is sent only if it was cached for the same state. The rows of a response may
be newer than its state, but not older. If they are newer, the head has changed, so the response is not sent from the
cache. The size of the cache is limited in bytes, including keys and headers. The cache is cleared when the state
changes.
"""

from collections import OrderedDict
from datetime import date
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.conditional import NOT_MODIFIED_HEADERS, headers_of, matches
from app.schemas.fields import LONGEST_CONDITION, utc_today
from app.store.head_reader import HeadReader
from app.store.ledger import Head

_LARGEST = 1024 * 1024  # bytes of one response; a larger one is not cached
_LONGEST_KEY = 1000  # bytes of a key; a request with a longer one is not cached
_OVERHEAD = 2000  # bytes of a cached response in addition to its key, headers and body

# Paths that do not depend on the book.
_NOT_CACHED = ("/docs", "/static", "/openapi.json", "/healthz", "/readyz", "/metrics")
_HEADERS_OF_304 = frozenset(name.encode() for name in NOT_MODIFIED_HEADERS)

Headers = list[tuple[bytes, bytes]]


class State(NamedTuple):
    """The state of the book that a response is valid for."""

    head: Head
    day: date


class Key(NamedTuple):
    """Everything of a GET request that its response depends on."""

    scheme: str
    host: bytes
    path: str
    query: bytes
    accept: bytes
    has_origin: bool


class CachedResponse:
    """A response with status 200 and its ETag, as it was sent, and the route that made it."""

    __slots__ = ("body", "etag", "headers", "headers_of_304", "route")

    def __init__(self, headers: Headers, body: bytes, route: Any) -> None:
        self.headers, self.body, self.route = headers, body, route
        self.headers_of_304 = [header for header in headers if header[0] in _HEADERS_OF_304]
        self.etag = dict(headers)[b"etag"]

    @property
    def size(self) -> int:
        """Bytes of the body and of the headers."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    async def send(self, send: Send, if_none_match: bytes) -> None:
        """Send the response: as 304 if the client has it already, else as 200."""
        is_known = bool(if_none_match) and matches(self.etag.decode(), if_none_match.decode("latin-1"))
        status, headers, body = (304, self.headers_of_304, b"") if is_known else (200, self.headers, self.body)
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})


class Cache:
    """Sends a cached response, or passes the request on and caches what comes back."""

    def __init__(self, app: ASGIApp, heads: HeadReader, limit: int) -> None:
        self.app = app
        self.heads = heads
        self.limit = limit
        self.state: State | None = None
        self.responses: OrderedDict[Key, CachedResponse] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_of(scope) if self.limit and scope["type"] == "http" and scope["method"] == "GET" else None
        if key is None:
            await self.app(scope, receive, send)
            return
        head = await self.heads.read()
        if head is None:
            await self.app(scope, receive, send)  # the route reads the head itself, and its error is sent
            return
        scope.setdefault("state", {})["head"] = head
        state = State(head, utc_today())
        if response := self._look_up(key, state):
            scope["route"] = response.route  # for the request log
            await response.send(send, headers_of(scope).get(b"if-none-match", b""))
            return
        await self.app(scope, receive, _Recorder(self, key, state, scope, send).send)

    def _look_up(self, key: Key, state: State) -> CachedResponse | None:
        """The response cached for a request at this state. Responses of another state are dropped."""
        if state != self.state:
            self.state, self.size = state, 0
            self.responses.clear()
        response = self.responses.get(key)
        if response is not None:
            self.responses.move_to_end(key)
        return response

    def add(self, key: Key, state: State, response: CachedResponse) -> None:
        """Cache a response made at `state`, if this is still the current state.

        Then drop the least recently used ones over the limit.
        """
        size = _size_of(key, response)
        if state != self.state or size > min(_LARGEST, self.limit) or key in self.responses:
            return
        self.responses[key] = response
        self.size += size
        while self.size > self.limit:
            self.size -= _size_of(*self.responses.popitem(last=False))


def _size_of(key: Key, response: CachedResponse) -> int:
    return response.size + len(key.host) + len(key.path) + len(key.query) + len(key.accept) + _OVERHEAD


def _key_of(scope: Scope) -> Key | None:
    """The key of a GET request; None if its response is never cached."""
    headers, path, query = headers_of(scope), scope["path"], scope["query_string"]
    if path.startswith(_NOT_CACHED) or b"authorization" in headers:
        return None
    host, accept = headers.get(b"host", b""), headers.get(b"accept", b"*/*")
    if len(host) + len(path) + len(query) + len(accept) > _LONGEST_KEY:
        return None
    if len(headers.get(b"if-none-match", b"")) > LONGEST_CONDITION:
        return None
    return Key(scope["scheme"], host, path, query, accept, b"origin" in headers)


class _Recorder:
    """Passes on the parts of a response, and caches the response if it is complete, a 200, and has an ETag."""

    def __init__(self, cache: Cache, key: Key, state: State, scope: Scope, send: Send) -> None:
        self.cache, self.key, self.state, self.scope, self._send = cache, key, state, scope, send
        self.headers: Headers | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message["headers"]]
            if message["status"] == 200 and any(name == b"etag" for name, _ in headers):
                self.headers = headers
        elif message["type"] == "http.response.body" and self.headers is not None:
            self.body += message.get("body", b"")
            if len(self.body) > _LARGEST:
                self.headers, self.body = None, b""
            elif not message.get("more_body", False):
                if not any(name == b"content-length" for name, _ in self.headers):  # it was streamed
                    self.headers.append((b"content-length", b"%d" % len(self.body)))
                response = CachedResponse(self.headers, self.body, self.scope.get("route"))
                self.cache.add(self.key, self.state, response)
        await self._send(message)
