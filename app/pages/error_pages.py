"""Error pages: a problem response as an HTML page, for browsers.

The page has the same status and the same text as the `application/problem+json` that other clients receive.
"""

import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from app.http.problems import MEDIA_TYPE
from app.pages.rendering import error_page, section

# First path segments that are never pages, whatever the Accept header says.
_NOT_PAGES = frozenset({"v1", "openapi.json", "healthz", "readyz", "metrics", "static"})


def wants_page(request: Request) -> bool:
    """True if the path is that of a page and the Accept header names `text/html`."""
    return section(request.url.path) not in _NOT_PAGES and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Wrap the exception handlers of `app`, which must be registered already, so that browsers receive pages."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _as_page(handler))


def _as_page(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(request: Request, error: Exception) -> Any:
        answer = await handler(request, error)
        if not isinstance(answer, Response) or answer.media_type != MEDIA_TYPE or not wants_page(request):
            return answer
        response = _page(request, json.loads(bytes(answer.body)))
        kept = [name for name in ("allow", "retry-after") if name in answer.headers]
        response.headers.update({name: answer.headers[name] for name in kept})
        return response

    return handle


def _page(request: Request, problem: dict[str, Any]) -> Response:
    faults = [
        {"name": fault["path"].removeprefix("query.").removeprefix("$."), "message": fault["message"]}
        for fault in problem.get("errors", [])
    ]
    return error_page(
        request, "refusal.html", {"problem": problem, "faults": faults},
        title=problem["title"], description=problem["detail"], status=problem["status"],
    )  # fmt: skip
