"""Reading from other sites' pages (CORS): Starlette's middleware, with less ado for every answer that is no preflight.

Any origin may read, so nothing of an answer follows from which one asks: what is kept of answers holds these headers
too. Starlette makes three objects of headers for each answer all the same.
"""

from collections.abc import Awaitable
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
        further = self.for_pages if any(name == b"origin" for name, _ in scope["headers"]) else []

        def send_to_any(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *further]
                for index, (name, value) in enumerate(headers):
                    if name.lower() == b"vary":
                        headers[index] = (name, value + b", Origin")
                        break
                else:
                    headers.append((b"vary", b"Origin"))
                message = {**message, "headers": headers}
            return send(message)

        await self.app(scope, receive, send_to_any)
