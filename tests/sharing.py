"""What has nothing to do with a test's own book is found out once a process: of some thousand tests, none pays again.

Compiled statements, which SQLAlchemy keeps by dialect, and routes, which FastAPI reads when they are first matched.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Dialect
from starlette.routing import BaseRoute

import app.store.database
from app.main import Book, create_app
from app.settings import Settings

_ROUTES: list[BaseRoute] = []
_OPENAPI: dict[str, Callable[[], dict[str, Any]]] = {}
_DIALECTS: dict[Any, Dialect] = {}
_COMPILED: dict[Any, Any] = {}


def make_app(settings: Settings) -> Book:
    """The app over a database, with the routes of the first app and their document: they know no database."""
    made = create_app(settings)
    _ROUTES[:] = _ROUTES or made.router.routes
    made.router.routes[:] = _ROUTES
    made.openapi = _OPENAPI.setdefault("first", made.openapi)  # type: ignore[method-assign]
    return made


def _create_engine(url: URL, **options: Any) -> Engine:
    """An engine that speaks the dialect of the first of its kind which was connected, in the words it has found."""
    known = {**options.pop("execution_options", {}), "compiled_cache": _COMPILED}
    engine = sqlalchemy.create_engine(url, execution_options=known, **options)
    kind = (url.drivername, options["pool_size"])  # the one that writes listens to errors, the one that reads does not
    if kind in _DIALECTS:
        engine.dialect = _DIALECTS[kind]
    else:
        event.listen(engine, "connect", lambda *_: _DIALECTS.setdefault(kind, engine.dialect))
    return engine


def share_compiled_statements() -> None:
    """Have every database that is opened from here on do so."""
    app.store.database.create_engine = _create_engine  # type: ignore[assignment, attr-defined]
