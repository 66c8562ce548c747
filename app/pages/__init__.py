"""Pages for people: the explorer and the docs page."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from app.pages import error_pages
from app.pages.rendering import STATIC
from app.pages.views import (
    coding,
    comparison,
    docs,
    home,
    matrix,
    meetings,
    participants,
    parties,
    pledges,
    posting,
    sources,
    topics,
)

# One module a kind of page, each with its router.
_PAGES = (
    home, pledges, topics, matrix, meetings, comparison, participants, parties, sources, posting, coding, docs,
)  # fmt: skip
routers = tuple(page.router for page in _PAGES)


class _Files(StaticFiles):
    """Files that a browser asks for anew each time, so that modules of two releases never meet; 304 if they stand."""

    def file_response(self, *arguments: Any, **more: Any) -> Response:
        answer = super().file_response(*arguments, **more)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def install(app: FastAPI) -> None:
    """Put the pages into `app`, whose error handlers stand: its errors are told as pages too."""
    for router in routers:
        app.include_router(router)
    docs.mount_assets(app)
    app.mount(STATIC, _Files(directory=Path(__file__).parent / "static"), name="static")
    error_pages.install(app)
