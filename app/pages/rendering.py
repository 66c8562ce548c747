"""Rendering: turn a template into an HTML response with the common frame, an ETag and a content security policy.

The pages for reading have no script. A page with `script=True` may run scripts of this host and fetch from it. No page
loads anything from another host.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app import __version__
from app.http.conditional import matches
from app.http.dependencies import list_etag
from app.pages import labels
from app.pages.names import korean_name
from app.records.upsert import Extent, read_extent
from app.schemas.vocabulary import CONTINUATIONS, POSITION_ACTS
from app.store.ledger import read_head

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


def page_etag(connection: Connection, request: Request) -> str:
    """The ETag of a page: it changes with the head of the ledger and with the templates and static files."""
    return list_etag(connection, request, FILES)


def page(
    request: Request,
    connection: Connection | None,
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    description: str,
    etag: str | None = None,
    status: int = 200,
    linked_data: dict[str, Any] | None = None,
    canonical: str | None = None,
    script: bool = False,
) -> Response:
    """The response for a template; 304 if the request has the same ETag. `connection` is None on error pages.

    `etag` (from `page_etag`) must be read before the rows that the page shows. `linked_data` is added as JSON-LD.
    `canonical` is the canonical path with its query, if it is not the path of the request.
    """
    headers = page_headers(SCRIPT_POLICY if script else READING_POLICY)
    if etag is not None:
        headers["ETag"] = etag
        if matches(etag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    here = address(request)
    frame = {
        "title": title,
        "description": description,
        "canonical": here + (request.url.path if canonical is None else canonical),
        "section": section(request.url.path),
        "extent": _extent(request, connection) if connection is not None else None,
        "linked_data": _data_block(linked_data),
        "address": here,
    }
    return HTMLResponse(environment.get_template(template).render(frame | context), status, headers)


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


def _extent(request: Request, connection: Connection) -> Extent:
    """The extent of the book (meetings, pledges, years), counted once for each ledger head."""
    head, state = read_head(connection), request.app.state
    known: tuple[str, Extent] | None = getattr(state, "extent", None)
    if known is None or known[0] != head.hash:
        state.extent = known = (head.hash, read_extent(connection))
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
