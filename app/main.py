"""The ASGI application: routes, exception handlers and middleware in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app import __version__, pages
from app.api import (
    assessments,
    book,
    changes,
    drafts,
    formats,
    health,
    index,
    matrix,
    meetings,
    pledges,
    registers,
    undertakings,
)
from app.http import problems
from app.http.auth import Guard
from app.http.cache import Cache
from app.http.conditional import HeadAsGet
from app.http.openapi import describe
from app.http.request_log import RequestLog, configure_logs
from app.settings import Settings
from app.store.database import Database
from app.store.head_reader import HeadReader

_ROUTERS = (
    index, pledges, assessments, undertakings, matrix, meetings, formats, registers, drafts, changes, book, health,
)  # fmt: skip
# Without this, FastAPI looks up OpenTelemetry's providers for every request. /metrics and the request log are enough.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class PledgebookApp(FastAPI):
    """FastAPI with the request log, HEAD requests and the response cache outside its own middleware.

    Outside, they also process FastAPI's response to an unexpected error.
    """

    cache: Cache

    def build_middleware_stack(self) -> ASGIApp:
        self.cache = Cache(super().build_middleware_stack(), self.state.heads, self.state.settings.cache_limit)
        return RequestLog(HeadAsGet(self.cache))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.heads.close()
    app.state.database.close()


def create_app(settings: Settings | None = None) -> PledgebookApp:
    """The application for the database of `settings`, which must have this release's schema.

    It handles requests even if its lifespan is not started.
    """
    settings = settings or Settings()
    configure_logs(settings.log_level)
    app = PledgebookApp(
        title="Pledgebook", version=__version__, docs_url=None, redoc_url=None, redirect_slashes=False,
        telemetry=_NO_TELEMETRY, lifespan=_lifespan,
    )  # fmt: skip
    app.state.settings = settings
    app.state.database = Database(settings.database_url, settings.statement_timeout)
    app.state.heads = HeadReader(app.state.database, settings.statement_timeout)
    for module in _ROUTERS:
        app.include_router(module.router)
    problems.install(app)
    pages.install(app)
    describe(app)
    app.add_middleware(Guard, database=app.state.database, limit=settings.body_limit, draft_limit=settings.draft_limit)
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"], allow_headers=["If-None-Match"],
        expose_headers=["ETag", "Link", "Content-Disposition"],
    )  # fmt: skip
    return app
