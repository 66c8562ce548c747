"""What is seen of each request: an id that its answer carries, a line in the log, a count and a time. Pure ASGI."""

import itertools
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from functools import lru_cache

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.conditional import headers_of
from app.records.keys import KEY_PREFIX

# It counts requests as well: one meter, not two, since it is asked for every answer.
SECONDS = Histogram(
    "pledgebook_request_seconds", "Seconds from request to the end of the answer.", ["method", "route", "status"]
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"})
ID = b"x-request-id"
_SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
# Ids: the process, by chance, and a number. Random bytes for each would be a call of the system for each.
_PROCESS, _COUNT = secrets.token_hex(6).encode(), itertools.count(1)
_KEY_SHAPED = re.compile(rf"{KEY_PREFIX}[A-Za-z0-9_-]{{8,}}")
log = structlog.get_logger()
_tells_of_answers = True


def configure_logs(level: str) -> None:
    """A line of JSON for each event, on stderr. Tracebacks go without the values of variables: keys are among them."""
    global _tells_of_answers
    _tells_of_answers = level in ("debug", "info")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


class Observed:
    """Gives every request an `X-Request-Id` (the client's own, if it is a plain one) and writes down how it went."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = id_of(headers_of(scope))
        began = time.perf_counter()
        status = 500

        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (ID, id)]
            return send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            write_down(scope, status, id, began)


def write_down(scope: Scope, status: int, id: bytes, began: float) -> None:
    """Count an answer to the request that came at `began`, a `time.perf_counter()`, and tell the log of it."""
    took = time.perf_counter() - began
    method = scope["method"] if scope["method"] in _METHODS else "other"
    _meter(method, getattr(scope.get("route"), "path", "none"), status).observe(took)
    if not _tells_of_answers:
        return
    with suppress(OSError):  # a log that nobody reads any more keeps nobody from an answer
        log.info(
            "answered",
            method=method,
            path=masked(scope["path"]),
            status=status,
            ms=round(took * 1000, 1),
            id=masked(id.decode()),
            actor=scope.get("state", {}).get("actor"),
        )


def id_of(headers: Mapping[bytes, bytes]) -> bytes:
    """The client's own, if it is a plain one; else one that no other request has, of this process or another."""
    given = headers.get(ID)
    return given if given and _SAFE_ID.fullmatch(given) else b"%b-%x" % (_PROCESS, next(_COUNT))


def masked(text: str) -> str:
    """`text` without what looks like a key: people put keys into addresses and request ids, too."""
    return _KEY_SHAPED.sub(f"{KEY_PREFIX}***", text)


@lru_cache(maxsize=2000)
def _meter(method: str, route: str, status: int) -> Histogram:
    """What counts such answers, looked up once."""
    return SECONDS.labels(method, route, status)
