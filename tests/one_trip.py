"""A client of the API in process, of which a request is one step of the app's thread.

Starlette's own takes seven, each handed to the other thread and waited for, to let a test read an answer while it is
made. No test here does, and there are some ten thousands of requests.
"""

import asyncio
import contextlib
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.testclient import TestClient
from starlette.types import Message


class _OneTrip(httpx2.BaseTransport):
    def __init__(self, client: TestClient) -> None:
        self.client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with self.client._portal_factory() as portal:
            status, headers, body = portal.call(self._answer, request)
        stream = httpx2.ByteStream(b"" if request.method == "HEAD" else body)
        return httpx2.Response(status, headers=headers, stream=stream, request=request)

    async def _answer(self, request: httpx2.Request) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the app answers. If it fails before it does, that is 500 and nothing, as a server would say it."""
        unread, done = [request.read()], asyncio.Event()
        status, headers, body = 500, list[tuple[str, str]](), bytearray()

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop()}
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.extend((name.decode(), value.decode()) for name, value in message.get("headers", []))
            elif message["type"] == "http.response.body":
                assert not done.is_set(), "the answer goes on after its end"
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    done.set()

        with contextlib.suppress(Exception):
            await self.client.app(self._scope(request), receive, send)
        return status, headers, bytes(body)

    def _scope(self, request: httpx2.Request) -> dict[str, Any]:
        url = request.url
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()],
            "client": ("testclient", 50000),
            "server": [url.host, url.port or 80],
            "state": self.client.app_state.copy(),
        }


class QuickClient(TestClient):
    """The app in process. A fault of its own is an answer of 500."""

    def __init__(self, app: Any) -> None:
        super().__init__(app, raise_server_exceptions=False)
        self._transport = _OneTrip(self)
