"""Reading from other sites' pages (CORS): Starlette's middleware, with less ado for every answer that is no preflight.

Any origin may read, so nothing of an answer follows from which one asks: what is kept of answers holds these headers
too. Starlette makes three objects of headers for each answer all the same.
"""

from collections.abc import Awaitable, Iterable
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AnyOrigin(CORSMiddleware):
    """Lets pages of every origin read, and see these headers of an answer."""

    def __init__(self, app: ASGIApp, exposed: list[str]) -> None:
        allowed: dict[str, Any] = {"allow_methods": ["GET", "HEAD"], "allow_headers": ["If-None-Match"]}
        super().__init__(app, allow_origins=["*"], expose_headers=exposed, **allowed)
        self.for_pages = [(name.lower().encode(), value.encode()) for name, value in self.simple_headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "OPTIONS":
            await super().__call__(scope, receive, send)
            return
        is_of_page = any(name == b"origin" for name, _ in scope["headers"])

        def send_to_any(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self.told(message["headers"], is_of_page=is_of_page)}
            return send(message)

        await self.app(scope, receive, send_to_any)

    def told(self, headers: Iterable[tuple[bytes, bytes]], *, is_of_page: bool) -> list[tuple[bytes, bytes]]:
        """An answer's headers with those for pages of other sites, if one asks, and that it depends on that."""
        told = [*headers, *(self.for_pages if is_of_page else [])]
        for index, (name, value) in enumerate(told):
            if name.lower() == b"vary":
                told[index] = (name, value + b", Origin")
                return told
        return [*told, (b"vary", b"Origin")]
