"""Conditional requests: ETags, If-None-Match (304), If-Match (412 and 428), and HEAD requests."""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import Row
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.errors import PreconditionNeeded, Stale
from app.store.ledger import Head

# Headers of a 200 that its 304 repeats (RFC 9110).
NOT_MODIFIED_HEADERS = (
    "etag", "cache-control", "vary", "access-control-allow-origin", "access-control-expose-headers",
)  # fmt: skip


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request as bytes. The first of duplicates wins."""
    return dict(reversed(scope["headers"]))


def matches(etag: str, if_none_match: str | None) -> bool:
    """True if `If-None-Match` contains the ETag, so that the client has the response already."""
    if not if_none_match:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def require_match(revision: Row[Any], if_match: str | None) -> None:
    """Check that a client that changes a record has read its current revision.

    Raises PreconditionNeeded (428) without `If-Match`, and Stale (412) if it has other ETags than the revision's.
    """
    if if_match is None:
        raise PreconditionNeeded("Send the record's ETag in `If-Match`.")
    tags = {tag.strip() for tag in if_match.split(",")}
    if "*" not in tags and f'"{revision.hash}"' not in tags:
        detail = f"The record is now at version {revision.version}. Read it again."
        raise Stale(detail, headers={"ETag": f'"{revision.hash}"'})


def list_etag(head: Head, day: date, target: str) -> str:
    """The weak ETag of a response with several records: the state of the book and a hash of `target`.

    The state is the head, the release and the UTC day. `target` is the path, the query and everything else that the
    response depends on.
    """
    digest = hashlib.blake2b(target.encode(), digest_size=6).hexdigest()
    return f'W/"{head.seq}-{head.hash[:8]}-{__version__}-{day}-{digest}"'


class HeadAsGet:
    """ASGI middleware: handles HEAD as GET, and sends the response without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        as_get = {**scope, "method": "GET"}
        await self.app(as_get, receive, send_without_body)
        scope["route"] = as_get.get("route")  # for the request log
