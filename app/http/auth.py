"""Middleware that checks the key and the body size of every write before the request is routed.

A request without a valid key is answered with 401 or 403, and its body is never read. A body above the limit is
answered with 413.
"""

import re
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Forbidden, PledgebookError, TooLarge, Unauthorised
from app.http.problems import problem, unavailable
from app.records.keys import find_key
from app.schemas.vocabulary import Scope as KeyScope
from app.store.database import Database

_WRITE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_DRAFTS_PATH = "/v1/drafts"
# The requests that a key of scope `assess` may send.
_ASSESS_REQUESTS = re.compile(rf"POST (/v1/pledges/[^/]+/assessments|{_DRAFTS_PATH})")


class Guard:
    """ASGI middleware: passes on reads, and writes with a valid key and a body of at most `limit` bytes.

    The text of a draft request may have up to `draft_limit` bytes, because it is not stored.
    """

    def __init__(self, app: ASGIApp, database: Database, limit: int, draft_limit: int) -> None:
        self.app = app
        self.database = database
        self.limit = limit
        self.draft_limit = draft_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITE_METHODS:
            await self.app(scope, receive, send)
            return
        limit = self.draft_limit if scope["path"] == _DRAFTS_PATH else self.limit
        try:
            await self._check(scope, limit)
        except PledgebookError as error:
            await problem(error)(scope, receive, send)
            return
        except SQLAlchemyError as error:
            if (retry_later := unavailable(error)) is None:
                raise
            await problem(retry_later)(scope, receive, send)
            return
        try:
            await self.app(scope, _LimitedBody(receive, limit).receive, send)
        except TooLarge as error:
            await problem(error)(scope, receive, send)

    async def _check(self, scope: Scope, limit: int) -> None:
        headers = Headers(scope=scope)
        key = await self._find_key(headers.get("authorization", ""))
        needed = KeyScope.assess if _ASSESS_REQUESTS.fullmatch(f"{scope['method']} {scope['path']}") else KeyScope.write
        if key.scope not in (needed, KeyScope.write):
            raise Forbidden(f"This request requires a key of scope `{needed}`; your key has scope `{key.scope}`.")
        scope.setdefault("state", {})["actor"] = key.name
        length = headers.get("content-length", "").lstrip("0")
        # The digits are counted first because Python refuses to convert a number of thousands of digits.
        if length.isdecimal() and (len(length) > len(str(limit)) or int(length) > limit):
            raise _too_large(limit)

    async def _find_key(self, authorization: str) -> Row[Any]:
        scheme, _, key = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            found = await self.database.read(lambda connection: find_key(connection, key.strip()), is_snapshot=False)
        if found is None:
            detail = "Send `Authorization: Bearer pb_…` with a valid key. Create one with `pledgebook key create NAME`."
            raise Unauthorised(detail, headers={"WWW-Authenticate": 'Bearer realm="pledgebook"'})
        return found


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"A request body may have at most {limit} bytes. Load larger books with `pledgebook load`.")


class _LimitedBody:
    """A receive channel that raises TooLarge above the limit, for bodies without a `Content-Length`."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self.limit = limit
        self.size = 0

    async def receive(self) -> Message:
        message: Any = await self._receive()
        if message["type"] == "http.request":
            self.size += len(message.get("body", b""))
            if self.size > self.limit:
                raise _too_large(self.limit)
        return message  # type: ignore[no-any-return]
