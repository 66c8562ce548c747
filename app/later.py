"""An app that is loaded while the server already listens: what needs none of it is answered meanwhile.

Why: of a start, half is loading FastAPI, the shapes of bodies and answers, and sixty routes, none of which the plainest
reads need. Loaded before, the first page by topic took 1.27 seconds of CPU from the command on; so it takes 0.74.
"""

import asyncio
from collections.abc import Callable

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from app.observing import log

# Seconds in which those who have waited for the start are answered, before loading takes turns with them.
_FIRST = 0.05


class Later:
    """Loads the app in a thread when the server has started. Who asks for it earlier waits for it.

    One that cannot be loaded ends the server, with exit code 1.
    """

    def __init__(self, load: Callable[[], ASGIApp]) -> None:
        self.load = load
        self.loading: asyncio.Task[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self.loading is not None, "the server tells of its start before it passes on requests"
        app = await asyncio.shield(self.loading)
        await app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.loading = asyncio.create_task(self._load())
        self.loading.add_done_callback(_loaded)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.wait([self.loading])
        await send({"type": "lifespan.shutdown.complete"})

    async def _load(self) -> ASGIApp:
        await asyncio.sleep(_FIRST)
        return await to_thread.run_sync(self.load)


def _loaded(loading: asyncio.Task[ASGIApp]) -> None:
    if not loading.cancelled() and (error := loading.exception()):
        log.error("the application cannot be loaded", exc_info=error)
        raise SystemExit(1)
