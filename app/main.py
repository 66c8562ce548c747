"""The application: its routes, error answers and layers, and in front of it what answers before FastAPI."""

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import Receive, Scope, Send

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
from app.db import Database
from app.front import Front
from app.guard import Guard
from app.observing import configure_logs
from app.openapi import describe
from app.settings import Settings

# OpenTelemetry, whose three providers FastAPI looks up for each request even where there are none: `/metrics` and the
# log tell what is seen of requests.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class Book(FastAPI):
    """FastAPI with something in front of it."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The routes, without what answers before them."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> Book:
    """The app over the database of `settings`, which must be migrated."""
    settings = settings or Settings()
    configure_logs(settings.log_level)
    database = Database(settings.database_url, settings.statement_timeout)
    app = routed(settings, database)
    app.front = Front(settings, database, app.behind)
    return app


def routed(settings: Settings, database: Database) -> Book:
    """The app with its routes, and nothing in front of it yet."""
    app = Book(
        title="Pledgebook", version=__version__, docs_url=None, redoc_url=None, redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
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
    return app
