"""What a request's headers say, and HEAD answered as GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request as the bytes they came as; of one sent twice, the first counts."""
    return dict(reversed(scope["headers"]))


def matches(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this answer already."""
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known


class HeadAsGet:
    """HEAD wherever GET is: the same answer without its body."""

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
