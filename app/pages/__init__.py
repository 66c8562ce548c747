"""Pages for people: the explorer and the docs page."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.pages import (
    comparison,
    docs,
    home,
    matrix,
    meetings,
    participants,
    parties,
    pledges,
    refusals,
    sources,
    topics,
)
from app.pages.rendering import STATIC

# One module a kind of page, each with its router.
routers = (
    docs.router,
    home.router,
    pledges.router,
    topics.router,
    matrix.router,
    meetings.router,
    comparison.router,
    participants.router,
    parties.router,
    sources.router,
)


def install(app: FastAPI) -> None:
    """Put the pages into `app`, whose error handlers stand: its errors are told as pages too."""
    for router in routers:
        app.include_router(router)
    docs.mount_assets(app)
    app.mount(STATIC, StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    refusals.install(app)
