"""The route of every write: strict JSON, no unknown parameters, and one thread from the writing lock to the commit.

A write's transaction is committed when its endpoint returns, before the answer is sent.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, get_origin

from fastapi import APIRouter, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound, UnsupportedMedia
from app.http.read_route import ReadRoute
from app.schemas.canonical_json import parse_json


@dataclass(frozen=True)
class Opener:
    """What a dependency gives for something that must be opened: the route opens it for the endpoint."""

    open: Callable[[], AbstractContextManager[Any]]


class _StrictRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


class WriteRoute(APIRoute):
    """A route that reads JSON by the strict parser, and refuses unknown parameters and those given twice.

    Its endpoint runs in one thread together with opening and closing what it writes with.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _opening(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's hook for what handles a request of this route."""
        handle = super().get_route_handler()
        parameters = cache(lambda: dict(_parameters(self)))

        async def handle_strictly(request: Request) -> Response:
            if self.body_field:
                _refuse_media(request)
            _refuse_parameters(request, parameters())
            strict = _StrictRequest(request.scope, request.receive)
            if self.body_field:
                await strict.body()  # a body that is too large is refused here, before FastAPI parses it
            return await handle(strict)

        return handle_strictly


class Router(APIRouter):
    """A router whose GET routes are read routes, and whose other routes are write routes."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        is_read = set(options.get("methods") or ["GET"]) == {"GET"}
        super().add_api_route(
            path, endpoint, **{**options, "route_class_override": ReadRoute if is_read else WriteRoute}
        )


def _opening(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, with what its dependencies give opened before it and closed after it, all in its thread.

    As dependencies with `yield` they would wait for the event loop three times, with the writing lock held.
    """

    @wraps(endpoint)
    def run(**arguments: Any) -> Any:
        with ExitStack() as stack:
            opened = {
                name: stack.enter_context(value.open()) if isinstance(value, Opener) else value
                for name, value in arguments.items()
            }
            return endpoint(**opened)

    return run


def _refuse_media(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMedia("Send `Content-Type: application/json`.")


def _parameters(route: APIRoute) -> Iterator[tuple[str, bool]]:
    """The query parameters that a route takes, each with whether it may be repeated."""
    for field in get_flat_params(route.dependant):
        if not isinstance(field.field_info, params.Path | params.Header | params.Cookie):
            yield field.alias, get_origin(field.field_info.annotation) is list


def _refuse_parameters(request: Request, takes: Mapping[str, bool]) -> None:
    if any("\0" in value for value in request.path_params.values()):
        raise NotFound("No record has this id.")  # PostgreSQL would refuse to be asked for it
    wrong: list[dict[str, Any]] = []
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in takes:
            wrong.append({"type": "extra_forbidden", "loc": ("query", name)})
        elif count > 1 and not takes[name]:
            wrong.append({"type": "value_error", "loc": ("query", name), "ctx": {"error": "must be given once"}})
    if wrong:
        raise RequestValidationError(wrong)
