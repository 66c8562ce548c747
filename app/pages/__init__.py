"""HTML pages: the explorer, the posting page, the docs page and the error pages."""

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

# One module with one router for each kind of page.
_PAGES = (
    home, pledges, topics, matrix, meetings, comparison, participants, parties, sources, posting, coding, docs,
)  # fmt: skip
routers = tuple(page.router for page in _PAGES)


class _RevalidatedFiles(StaticFiles):
    """Static files with `Cache-Control: no-cache`, so that a browser never mixes scripts of two releases."""

    def file_response(self, *arguments: Any, **more: Any) -> Response:
        response = super().file_response(*arguments, **more)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    """Add the pages to `app`. Its exception handlers must be registered already: browsers receive errors as pages."""
    for router in routers:
        app.include_router(router)
    docs.mount_assets(app)
    app.mount(STATIC, _RevalidatedFiles(directory=Path(__file__).parent / "static"), name="static")
    error_pages.install(app)
