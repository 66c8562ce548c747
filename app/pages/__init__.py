"""Pages for people: the explorer and the docs page."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.pages import docs, home, refusals
from app.pages.rendering import STATIC

# One module a kind of page, each with its router.
routers = (docs.router, home.router)


def install(app: FastAPI) -> None:
    """Put the pages into `app`, whose error handlers stand: its errors are told as pages too."""
    for router in routers:
        app.include_router(router)
    docs.mount_assets(app)
    app.mount(STATIC, StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    refusals.install(app)
