"""Request log: an id, a log line and a metric for every request, as ASGI middleware.

No key is ever logged.
"""

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

# A histogram also counts, so that no second metric must be updated for every request.
_SECONDS = Histogram(
    "pledgebook_request_seconds", "Seconds from the request to the end of the response.", ["method", "route", "status"]
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"})
_ID_HEADER = b"x-request-id"
_SAFE_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
# An id is a random prefix of the process and a number: random bytes for every id would need a system call each time.
_PROCESS, _COUNT = secrets.token_hex(6).encode(), itertools.count(1)
_KEY_PATTERN = re.compile(rf"{KEY_PREFIX}[A-Za-z0-9_-]{{8,}}")
log = structlog.get_logger()
_is_logging_requests = True


def configure_logs(level: str) -> None:
    """Write events of `level` and above to stderr, each as a line of JSON.

    Tracebacks contain no values of variables, because a value may be a key.
    """
    global _is_logging_requests
    _is_logging_requests = level in ("debug", "info")
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


class RequestLog:
    """ASGI middleware that adds an `X-Request-Id` to every response, logs the request and measures its time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = _request_id(headers_of(scope))
        started = time.perf_counter()
        status = 500

        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_ID_HEADER, id)]
            return send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            _record(scope, status, id, started)


def _record(scope: Scope, status: int, id: bytes, started: float) -> None:
    """Measure and log a request that started at `started`, a value of `time.perf_counter()`."""
    seconds = time.perf_counter() - started
    method = scope["method"] if scope["method"] in _METHODS else "other"
    _metric(method, getattr(scope.get("route"), "path", "none"), status).observe(seconds)
    if not _is_logging_requests:
        return
    with suppress(OSError):  # a closed stderr must not make the request fail
        log.info(
            "request",
            method=method,
            path=masked(scope["path"]),
            status=status,
            ms=round(seconds * 1000, 1),
            id=masked(id.decode()),
            actor=scope.get("state", {}).get("actor"),
        )


def _request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """The client's id if it has only safe characters, else a new one."""
    id = headers.get(_ID_HEADER)
    return id if id and _SAFE_ID.fullmatch(id) else b"%b-%x" % (_PROCESS, next(_COUNT))


def masked(text: str) -> str:
    """`text` with everything that looks like a key replaced: clients put keys into addresses and request ids too."""
    return _KEY_PATTERN.sub(f"{KEY_PREFIX}***", text)


@lru_cache(maxsize=2000)
def _metric(method: str, route: str, status: int) -> Histogram:
    """The labelled metric, cached because its lookup is slow."""
    return _SECONDS.labels(method, route, status)
