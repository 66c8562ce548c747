"""Errors as pages, for browsers: what is wrong, what would be right, and the ways on.

What is told is the problem that any other client is answered, in its words and with its status.
"""

import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from app.http.problems import MEDIA_TYPE
from app.pages.rendering import error_page, section

# What machines read, whatever they accept.
_FOR_MACHINES = frozenset({"v1", "openapi.json", "healthz", "readyz", "metrics", "static"})


def wants_page(request: Request) -> bool:
    """Whether whoever asks reads pages: the address is no machine's, and HTML is asked for by name."""
    return section(request.url.path) not in _FOR_MACHINES and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Have every error of `app`, whose handlers stand, told as a page to those who read pages."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _told(handler))


def _told(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def tell(request: Request, error: Exception) -> Any:
        answer = await handler(request, error)
        if not isinstance(answer, Response) or answer.media_type != MEDIA_TYPE or not wants_page(request):
            return answer
        told = _page(request, json.loads(bytes(answer.body)))
        kept = [name for name in ("allow", "retry-after") if name in answer.headers]
        told.headers.update({name: answer.headers[name] for name in kept})
        return told

    return tell


def _page(request: Request, problem: dict[str, Any]) -> Response:
    faults = [
        {"name": fault["path"].removeprefix("query.").removeprefix("$."), "message": fault["message"]}
        for fault in problem.get("errors", [])
    ]
    return error_page(
        request, "refusal.html", {"problem": problem, "faults": faults},
        title=problem["title"], description=problem["detail"], status=problem["status"],
    )  # fmt: skip
