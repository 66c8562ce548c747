"""/docs: an example request with its response, key terms, recipes, the API reference and the problem types.

Swagger UI is served from an installed package. The content security policy allows no other host.
"""

from pathlib import Path
from typing import Annotated

import fastapi_offline
from fastapi import FastAPI, Query
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import Response

from app import __version__
from app.errors import PROBLEMS
from app.http.openapi import meaning_of
from app.http.read_route import Reading
from app.pages.excerpt import excerpt
from app.pages.recipes import ADDRESS, RECIPES
from app.pages.rendering import PageRouter, address, page_headers
from app.query.extent import read_extent
from app.query.pages import PledgeQuery, read_page
from app.schemas.vocabulary import Entity
from app.search.names import known

HERE = Path(__file__).resolve().parents[1]
ASSETS = "/docs/assets"  # files of Swagger UI
STATIC = "/docs/static"  # files of this package
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TOPIC = "opcon-transition"
_SHOWN_ITEMS = 2

router = PageRouter()
templates = Jinja2Templates(HERE / "templates")


def _with_code(text: str) -> Markup:
    """The text with the parts in backticks as `<code>`."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


templates.env.filters["code"] = _with_code


class DocsQuery(BaseModel):
    """The page takes no parameters, and ignores those that other sites add to its address."""


@router.get("/docs")
def docs(reading: Reading, query: Annotated[DocsQuery, Query()]) -> Response:  # noqa: ARG001 (the route reads it)
    """The page, with an example response from this book."""
    connection = reading.connection
    path, answer = _question(connection)
    here = address(reading.request)
    context = {
        "version": __version__,
        "extent": read_extent(connection),
        "url": f"{here}{path}",
        "path": path,
        "answer": answer,
        "recipes": [(recipe, recipe.request.replace(ADDRESS, here)) for recipe in RECIPES],
        "problems": [(problem, *meaning_of(problem)) for problem in PROBLEMS],
        "assets": ASSETS,
        "static": STATIC,
    }
    return templates.TemplateResponse(reading.request, "docs.html", context, headers=page_headers(POLICY))


def _question(connection: Connection) -> tuple[str, str | None]:
    """The path of a query that finds pledges in this book, and its response, shortened; None if the book is empty."""
    path, query = f"/v1/pledges?topic={TOPIC}", {"topic": [TOPIC]}
    if not known(connection, {Entity.topic: [TOPIC]}):
        path, query = "/v1/pledges", {}
    page = read_page(connection, PledgeQuery.model_validate(query))
    shown = page.documents[:_SHOWN_ITEMS]
    return path, excerpt(shown, page.next, len(page.rows) - len(shown)) if shown else None


def mount_assets(app: FastAPI) -> None:
    """Serve the files of Swagger UI from their package, and the static files of this package."""
    folder = Path(fastapi_offline.__file__).parent / "static"
    app.mount(ASSETS, StaticFiles(directory=folder), name="docs-assets")
    app.mount(STATIC, StaticFiles(directory=HERE / "static"), name="docs-static")
