"""The application: settings, middleware, error answers, routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__, pages, problems
from app.api import (
    assessments,
    book,
    changes,
    drafts,
    health,
    index,
    matrix,
    meetings,
    pledges,
    registers,
    renderings,
    undertakings,
)
from app.cache import Cache, HeadReader
from app.db import Database
from app.guard import Guard, HeadAsGet
from app.lean import LeanReads
from app.lean_pages import KeptConnection
from app.observing import Observed, configure_logs
from app.openapi import describe
from app.origins import AnyOrigin
from app.settings import Settings

# OpenTelemetry, whose three providers FastAPI looks up for each request even where there are none: `/metrics` and the
# log tell what is seen of requests.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class Book(FastAPI):
    """FastAPI, and in front of it what answers a request before FastAPI sees it."""

    front: ASGIApp
    cache: Cache | None = None
    lean: LeanReads | None = None  # on SQLite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)


def create_app(settings: Settings | None = None) -> Book:
    """The app over the database of `settings`, which must be migrated."""
    settings = settings or Settings()
    configure_logs(settings.log_level)
    database = Database(settings.database_url, settings.statement_timeout)
    heads, kept = HeadReader(database), KeptConnection(database)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        heads.close()
        kept.close()
        database.close()

    app = Book(
        title="Pledgebook", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        redirect_slashes=False, telemetry=_NO_TELEMETRY,
    )  # fmt: skip
    app.state.database = database
    app.state.settings = settings
    doors = (index, pledges, assessments, undertakings, matrix, meetings, renderings, registers, drafts)
    for door in (*doors, changes, book, health):
        app.include_router(door.router)
    problems.install(app)
    pages.install(app)
    describe(app)
    app.add_middleware(Guard, database=database, limit=settings.body_limit, draft_limit=settings.draft_limit)
    # What is answered here need not pass FastAPI's own layers, and what those answer to a fault is seen here as well.
    behind = AnyOrigin(super(Book, app).__call__, exposed=["ETag", "Link", "Content-Disposition"])
    if database.is_sqlite:
        routes = {route.operation_id: route for route in pledges.router.routes if isinstance(route, APIRoute)}
        app.lean = LeanReads(behind, database, heads, kept, routes, behind.for_pages)
    app.front = Observed(HeadAsGet(app.lean or behind))
    if settings.cache_limit:
        app.front = app.cache = Cache(app.front, heads, settings.cache_limit)
    return app
