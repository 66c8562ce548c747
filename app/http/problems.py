"""Error responses: every error is sent as `application/problem+json` (RFC 9457).

A problem names the invalid fields and what is accepted there. It contains no values of the request and no traceback,
and has at most 16 kB.
"""

from itertools import accumulate
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from app.errors import (
    PROBLEMS,
    BadQuery,
    Fault,
    Internal,
    Invalid,
    NotFound,
    PledgebookError,
    Unavailable,
    Unreadable,
    WrongMethod,
)
from app.http.idempotency import Replayed
from app.http.request_log import masked
from app.schemas.canonical_json import canonical_json
from app.schemas.faults import faults_of_request
from app.store.database import is_unavailable

MEDIA_TYPE = "application/problem+json"
WRONG_METHOD = 405
RETRY_AFTER = "2"
_MAX_FAULTS = 40
_MAX_FAULT_BYTES = 10_000  # of all faults together
_MAX_TEXT = 300  # characters of a path or message
log = structlog.get_logger()


class ProblemFault(BaseModel):
    """One invalid field or parameter."""

    path: Annotated[
        str,
        Field(
            description="The path of the field or parameter: `$.pledges[0].due.to` in a body, `query.topic` in a "
            "query.",
            examples=["$.pledges[0].citations"],
        ),
    ]
    message: Annotated[str, Field(description="What is accepted there.", examples=["must have at least 1 item"])]


class Problem(BaseModel):
    """A problem (RFC 9457): the body of every error response."""

    type: Annotated[
        str,
        Field(
            description="The type of the problem: the address of its section on the docs page.",
            examples=["/docs#invalid"],
        ),
    ]
    title: Annotated[
        str, Field(description="The title of this type of problem.", examples=["There is a problem with the data"])
    ]
    status: Annotated[int, Field(description="The HTTP status code.", examples=[422])]
    detail: Annotated[str, Field(description="What is wrong in this case.")]
    errors: Annotated[list[ProblemFault], Field(description="The invalid fields or parameters; absent if none.")] = []
    candidates: Annotated[
        list[str] | None, Field(description="With 409: ids of the records that conflict with it.")
    ] = None


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI descriptions of a route's error responses, keyed by status.

    They refer to the schema `Problem`, which the OpenAPI document adds. As a `model` it would be built again for every
    error of every route when the server starts.
    """
    titles = {problem.status: problem.title for problem in PROBLEMS}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": titles[status], "content": content} for status in statuses}


def problem(error: PledgebookError, where: str = "$") -> Response:
    """The response for an error. Fault paths begin with `where`: `$` for a body, else `query`, `header` or `path`."""
    body: dict[str, Any] = {
        "type": f"/docs#{error.type}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail[:2000],
    }
    if error.faults:
        shown = _first_faults([{"path": _path_text(f, where), "message": f.message[:_MAX_TEXT]} for f in error.faults])
        body["errors"] = shown
        if len(error.faults) > len(shown):
            body["detail"] += f" The first {len(shown)} of {len(error.faults)} faults are shown."
    if "candidates" in error.more:
        body["candidates"] = error.more["candidates"][:20]
    return Response(
        canonical_json(body).encode("utf-8", "replace"), error.status, error.more.get("headers"), MEDIA_TYPE
    )


def _first_faults(faults: list[dict[str, str]]) -> list[dict[str, str]]:
    """As many of the first faults as fit into a response of 16 kB."""
    sizes = accumulate(len(canonical_json(fault).encode()) for fault in faults[:_MAX_FAULTS])
    return [fault for fault, size in zip(faults, sizes, strict=False) if size <= _MAX_FAULT_BYTES]


def _path_text(fault: Fault, where: str) -> str:
    """The path of a fault as text: `$.pledges[0].due` or `query.topic`."""
    text = where
    for step in fault.path:
        text += f"[{step}]" if isinstance(step, int) else f".{_printable(step)}"
    return text[:_MAX_TEXT]


def _printable(step: str) -> str:
    """A field's name without characters that are unsafe to show. The client chose the name of an unknown field."""
    return "".join(character for character in step[:60] if character.isprintable() and character not in "<>&")


def _parameter_names(request: Request) -> list[str]:
    """The names of the query parameters that the request's route accepts."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    fields = get_flat_params(route.dependant)
    return [name for field in fields for name in getattr(field.field_info.annotation, "model_fields", [field.alias])]


def _routing_error(error: HTTPException) -> PledgebookError:
    """The error of this project that has the status of a Starlette error."""
    headers = error.headers
    if error.status_code == NotFound.status:
        return _NoRoute("All addresses are listed at /docs.", headers=headers)
    if error.status_code == WrongMethod.status:
        return WrongMethod("The Allow header lists the methods of this address.", headers=headers)
    return Unreadable("The request body cannot be read.", headers=headers)


class _NoRoute(NotFound):
    title = "There is nothing at this address"


def _methods_at(request: Request) -> list[str]:
    """The methods that the request's address supports."""
    found = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found


def unavailable(error: Exception) -> Unavailable | None:
    """The 503 error if the database is busy or cannot be reached; None if `error` is a bug.

    Its text does not say that nothing was written: a connection can be lost after the commit.
    """
    if not is_unavailable(error):
        return None
    log.warning("database unavailable", error=str(error)[:500])
    detail = (
        "The database is busy or full, or it cannot be reached. Try again; with an Idempotency-Key nothing is written "
        "twice."
    )
    return Unavailable(detail, headers={"Retry-After": RETRY_AFTER})


def install(app: FastAPI) -> None:
    """Add the exception handlers to `app`, so that it sends every error as a problem."""

    @app.exception_handler(PledgebookError)
    async def on_known_error(_: Request, error: PledgebookError) -> Response:
        return problem(error, "query" if isinstance(error, BadQuery) else "$")

    @app.exception_handler(Replayed)
    async def on_replay(_: Request, replayed: Replayed) -> Response:
        stored = replayed.response
        headers = {"Location": stored.location, "ETag": stored.etag, "Idempotent-Replayed": "true"}
        present = {name: value for name, value in headers.items() if value}
        return Response(stored.body, stored.status, present, "application/json")

    @app.exception_handler(RequestValidationError)
    async def on_bad_request(request: Request, error: RequestValidationError) -> Response:
        where, faults = faults_of_request(error.errors(), _parameter_names(request))
        if where == "$":
            return problem(Invalid("The request body is not valid.", faults))
        return problem(BadQuery("The request has invalid parameters.", faults), where)

    @app.exception_handler(HTTPException)
    async def on_routing_error(_: Request, error: HTTPException) -> Response:
        return problem(_routing_error(error))

    @app.exception_handler(WRONG_METHOD)
    async def on_wrong_method(request: Request, error: HTTPException) -> Response:
        # Starlette names only the methods of the first route at this address.
        error.headers = {"Allow": ", ".join(_methods_at(request))}
        return await on_routing_error(request, error)

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(DBAPIError)
    async def on_database_error(request: Request, error: Exception) -> Response:
        retry_later = unavailable(error)
        return problem(retry_later) if retry_later else await on_unknown_error(request, error)

    @app.exception_handler(Exception)
    async def on_unknown_error(request: Request, error: Exception) -> Response:
        log.error("unhandled error", path=masked(request.url.path), exc_info=error)
        return problem(Internal("Your request is not the cause. The error is in the server's log."))
