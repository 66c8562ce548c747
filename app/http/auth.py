"""What is settled before a request is routed: the key of a write, and the size of what is sent. Pure ASGI.

A request with a broken body and no key is answered 401, and a stranger's body is never read at all.
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

_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
DRAFTS = "/v1/drafts"
_ASSESSING = re.compile(rf"POST (/v1/pledges/[^/]+/assessments|{DRAFTS})")  # what a key of that scope may do


class Guard:
    """Lets reads through, and writes that carry a key, in a JSON body of at most `limit` bytes.

    A text to be drafted from may be longer, up to `draft_limit`; it is stored nowhere, so any key will do.
    """

    def __init__(self, app: ASGIApp, database: Database, limit: int, draft_limit: int) -> None:
        self.app = app
        self.database = database
        self.limit = limit
        self.draft_limit = draft_limit

    def _limit_of(self, scope: Scope) -> int:
        return self.draft_limit if scope["path"] == DRAFTS else self.limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITING:
            await self.app(scope, receive, send)
            return
        try:
            await self._check(scope)
            body = _Bounded(receive, self._limit_of(scope))
        except PledgebookError as error:
            await problem(error)(scope, receive, send)
            return
        except SQLAlchemyError as error:
            if (away := unavailable(error)) is None:
                raise
            await problem(away)(scope, receive, send)
            return
        try:
            await self.app(scope, body.receive, send)
        except TooLarge as error:
            await problem(error)(scope, receive, send)

    async def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        key = await self._key_of(headers.get("authorization", ""))
        needed = KeyScope.assess if _ASSESSING.fullmatch(f"{scope['method']} {scope['path']}") else KeyScope.write
        if key.scope not in (needed, KeyScope.write):
            raise Forbidden(f"This needs a key of scope `{needed}`; yours has `{key.scope}`.")
        scope.setdefault("state", {})["actor"] = key.name
        length, limit = headers.get("content-length", "").lstrip("0"), self._limit_of(scope)
        # Counted before it is read: Python reads no number of thousands of digits.
        if length.isdecimal() and (len(length) > len(str(limit)) or int(length) > limit):
            raise too_large(limit)

    async def _key_of(self, authorization: str) -> Row[Any]:
        scheme, _, key = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            found = await self.database.read(lambda connection: find_key(connection, key.strip()), is_snapshot=False)
        if found is None:
            detail = "Send `Authorization: Bearer pb_…` with a key that stands; `pledgebook key create NAME` makes one."
            raise Unauthorised(detail, headers={"WWW-Authenticate": 'Bearer realm="pledgebook"'})
        return found


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"A body may have {limit} bytes; load larger books with `pledgebook load`.")


class _Bounded:
    """A receive channel that stops at the limit, for bodies that do not tell their length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self.limit = limit
        self.seen = 0

    async def receive(self) -> Message:
        message: Any = await self._receive()
        if message["type"] == "http.request":
            self.seen += len(message.get("body", b""))
            if self.seen > self.limit:
                raise too_large(self.limit)
        return message  # type: ignore[no-any-return]
