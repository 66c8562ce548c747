"""Write route: handles every request that is not a GET, and the router that chooses the route class.

The body must be strict JSON, and unknown or repeated parameters are rejected. The transaction is committed before the
response is sent.
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

from app.errors import UnsupportedMedia
from app.http.read_route import ReadRoute, path_parameters, repeated_parameter
from app.schemas.canonical_json import parse_json


@dataclass(frozen=True)
class Opener:
    """The value of a dependency that must be opened. The route passes the opened object to the endpoint."""

    open: Callable[[], AbstractContextManager[Any]]


class _StrictRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


class WriteRoute(APIRoute):
    """A route with the strict JSON parser, which rejects unknown and repeated parameters.

    One thread opens the writer, calls the endpoint and closes the writer.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _with_openers(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The request handler of this route; overrides FastAPI's."""
        handle = super().get_route_handler()
        accepted = cache(lambda: dict(_query_parameters(self)))

        async def handle_strictly(request: Request) -> Response:
            if self.body_field:
                _check_content_type(request)
            path_parameters(request)  # raises NotFound for an id that no record can have
            _check_parameters(request, accepted())
            strict = _StrictRequest(request.scope, request.receive)
            if self.body_field:
                await strict.body()  # raises TooLarge here; FastAPI would turn it into a parse error
            return await handle(strict)

        return handle_strictly


class Router(APIRouter):
    """A router whose GET routes are read routes, and whose other routes are write routes."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        is_read = set(options.get("methods") or ["GET"]) == {"GET"}
        super().add_api_route(
            path, endpoint, **{**options, "route_class_override": ReadRoute if is_read else WriteRoute}
        )


def _with_openers(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint as a function that opens the values of type `Opener` before the call, and closes them after it.

    FastAPI's dependencies with `yield` would wait for the event loop three times while the write lock is held.
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


def _check_content_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMedia("Send `Content-Type: application/json`.")


def _query_parameters(route: APIRoute) -> Iterator[tuple[str, bool]]:
    """The names of the query parameters of a route, each with True if it may be repeated."""
    for field in get_flat_params(route.dependant):
        if not isinstance(field.field_info, params.Path | params.Header | params.Cookie):
            yield field.alias, get_origin(field.field_info.annotation) is list


def _check_parameters(request: Request, accepted: Mapping[str, bool]) -> None:
    errors: list[dict[str, Any]] = []
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in accepted:
            errors.append({"type": "extra_forbidden", "loc": ("query", name)})
        elif count > 1 and not accepted[name]:
            errors.append(repeated_parameter(name))
    if errors:
        raise RequestValidationError(errors)
