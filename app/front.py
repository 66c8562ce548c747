"""What stands before FastAPI: what is seen of a request, answers that are kept, and plain reads.

It knows nothing of FastAPI, so that a server can give answers while that is still being loaded (`app/later.py`).
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.cache import Cache, HeadReader
from app.db import Database
from app.lean import LeanReads
from app.lean_pages import KeptConnection
from app.observing import Observed
from app.origins import AnyOrigin
from app.settings import Settings


class Front:
    """Answers what it can, and passes the rest on to the app behind it. With the app's life the database's ends."""

    def __init__(self, settings: Settings, database: Database, behind: ASGIApp) -> None:
        self.database = database
        self.heads, self.kept = HeadReader(database), KeptConnection(database)
        self.cache: Cache | None = None
        self.lean: LeanReads | None = None
        # What is answered here need not pass FastAPI's own layers, and what those answer to a fault is seen here too.
        inner = AnyOrigin(behind, exposed=["ETag", "Link", "Content-Disposition"])
        if database.is_sqlite:
            self.lean = LeanReads(inner, database, self.heads, self.kept)
        self.app: ASGIApp = Observed(HeadAsGet(self.lean or inner))
        if settings.cache_limit:
            self.app = self.cache = Cache(self.app, self.heads, settings.cache_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "lifespan":
            self.heads.close()
            self.kept.close()
            self.database.close()


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

        asked = {**scope, "method": "GET"}
        await self.app(asked, receive, send_without_body)
        scope["route"] = asked.get("route")  # for whoever counts the answers
