"""Rendering: turn a template into an HTML response with the common frame, an ETag and a content security policy.

The pages for reading have no script. A page with `script=True` may run scripts of this host and fetch from it. No page
loads anything from another host.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app import __version__
from app.http.read_route import ReadRoute, Snapshot
from app.pages import labels
from app.pages.names import korean_name
from app.query.extent import Extent, read_extent
from app.schemas.vocabulary import CONTINUATIONS, POSITION_ACTS

HERE = Path(__file__).parent
STATIC = "/static"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; {script}"
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
READING_POLICY = _POLICY.format(script="")
SCRIPT_POLICY = _POLICY.format(script="script-src 'self'; connect-src 'self'; ")
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]+)?|\[[0-9a-fA-F:]+\](:[0-9]+)?", re.ASCII)


def _state_of_files() -> str:
    """A digest of templates and static files, so that a browser does not reuse those of an older release."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted([*(HERE / "templates").rglob("*.*"), *(HERE / "static").rglob("*.*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# Part of the ETag of every page, and of the URLs of its static files.
FILES = _state_of_files()

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
environment.filters.update(labels.FILTERS, korean=korean_name)
environment.globals.update(version=__version__, static=STATIC, files=FILES)
environment.globals.update(POSITIONS=frozenset(POSITION_ACTS), CONTINUATIONS=frozenset(CONTINUATIONS))


class PageRoute(ReadRoute):
    """The route of a page, whose answer also depends on the files it is made with."""

    etag_suffix = FILES


class PageRouter(APIRouter):
    """The router of a kind of page."""

    def __init__(self) -> None:
        super().__init__(include_in_schema=False, route_class=PageRoute)


def page(
    reading: Snapshot,
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    description: str,
    linked_data: dict[str, Any] | None = None,
    canonical: str | None = None,
    script: bool = False,
) -> Response:
    """A template as a page of the explorer.

    `linked_data` is added as JSON-LD; `canonical` is the page's own address where that is not its path.
    """
    frame = {"linked_data": _data_block(linked_data), "extent": _extent(reading)}
    return _render(reading.request, template, frame | context, title, description, canonical, script=script)


def error_page(
    request: Request, template: str, context: dict[str, Any], *, title: str, description: str, status: int
) -> Response:
    """A page that shows nothing of the book."""
    response = _render(request, template, {"linked_data": None, "extent": None} | context, title, description)
    response.status_code = status
    return response


def _render(
    request: Request, template: str, context: dict[str, Any], title: str, description: str,
    canonical: str | None = None, *, script: bool = False,
) -> Response:  # fmt: skip
    here = address(request)
    frame = {
        "title": title,
        "description": description,
        "canonical": here + (request.url.path if canonical is None else canonical),
        "section": section(request.url.path),
        "address": here,
    }
    headers = page_headers(SCRIPT_POLICY if script else READING_POLICY)
    return HTMLResponse(environment.get_template(template).render(frame | context), headers=headers)


def page_headers(policy: str) -> dict[str, str]:
    """The headers of every page, with the given content security policy."""
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def address(request: Request) -> str:
    """The base address of the request; that of the settings if the Host header is missing or malformed."""
    host = request.headers.get("host", "")
    public: str = request.app.state.settings.public_url
    return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else public.rstrip("/")


def _extent(reading: Snapshot) -> Extent:
    """How many records the book has, counted once for each head."""
    state = reading.request.app.state
    known: tuple[str, Extent] | None = getattr(state, "extent", None)
    if known is None or known[0] != reading.head.hash:
        state.extent = known = (reading.head.hash, read_extent(reading.connection))
    return known[1]


def section(path: str) -> str:
    """The first segment of a path: `pledges` for `/pledges/x`, empty for `/`."""
    return path.lstrip("/").partition("/")[0]


def _data_block(data: dict[str, Any] | None) -> Markup | None:
    """JSON-LD as the text of a script element. `<` is escaped, so that the data cannot end the element."""
    if data is None:
        return None
    document = {"@context": "https://schema.org", **data}
    return Markup(json.dumps(document, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 (`<` is escaped)
