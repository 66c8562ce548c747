"""What is seen of each request: an id that its answer carries, a line in the log, a count and a time. Pure ASGI."""

import re
import secrets
import sys
import time
from functools import lru_cache

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.keys import masked

REQUESTS = Counter("pledgebook_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("pledgebook_request_seconds", "Seconds from request to the end of the answer.", ["method", "route"])
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"})
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
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
        given = Headers(scope=scope).get("x-request-id", "")
        id = given if _SAFE_ID.fullmatch(given) else secrets.token_hex(8)
        began = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            took = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")
            answered, seconds = _meters(method, route, status)
            answered.inc()
            seconds.observe(took)
            if _tells_of_answers:
                log.info(
                    "answered",
                    method=method,
                    path=masked(scope["path"]),
                    status=status,
                    ms=round(took * 1000, 1),
                    id=masked(id),
                    actor=scope.get("state", {}).get("actor"),
                )


@lru_cache(maxsize=2000)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """What counts such answers, looked up once."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route)
