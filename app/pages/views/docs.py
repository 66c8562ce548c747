"""The docs page: what Pledgebook is, a question with its real answer, the words, the reference, the problems.

Swagger UI comes from an installed package, and the policy lets the page reach no other host.
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
ASSETS = "/docs/assets"  # Swagger UI's
STATIC = "/docs/static"  # ours
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TOPIC = "opcon-transition"
_SHOWN_ITEMS = 2

router = PageRouter()
templates = Jinja2Templates(HERE / "templates")


def _with_code(text: str) -> Markup:
    """Text whose words in backticks are code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


templates.env.filters["code"] = _with_code


class DocsQuery(BaseModel):
    """The page takes no parameters, and ignores those that other sites add to its address."""


@router.get("/docs")
def docs(reading: Reading, query: Annotated[DocsQuery, Query()]) -> Response:  # noqa: ARG001 (the route reads it)
    """The page, with an answer from the book that is served."""
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
    """A question that this book has an answer to, and the answer, shortened; no answer if the book is empty."""
    path, query = f"/v1/pledges?topic={TOPIC}", {"topic": [TOPIC]}
    if not known(connection, {Entity.topic: [TOPIC]}):
        path, query = "/v1/pledges", {}
    page = read_page(connection, PledgeQuery.model_validate(query))
    shown = page.documents[:_SHOWN_ITEMS]
    return path, excerpt(shown, page.next, len(page.rows) - len(shown)) if shown else None


def mount_assets(app: FastAPI) -> None:
    """Serve Swagger UI's files from the package that carries them, and our own."""
    folder = Path(fastapi_offline.__file__).parent / "static"
    app.mount(ASSETS, StaticFiles(directory=folder), name="docs-assets")
    app.mount(STATIC, StaticFiles(directory=HERE / "static"), name="docs-static")
