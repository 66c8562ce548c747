"""Read route: handles every GET of the API and of the pages.

It validates the query string with the model that the endpoint declares, answers 304 if the client has the current
state, opens a snapshot of the database, calls the endpoint, and adds an ETag to its response. FastAPI builds the
OpenAPI document from the same declarations, and its exception handlers send the errors.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import cached_property, partial
from itertools import chain, islice
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from anyio import to_thread
from fastapi import Depends, Header
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.errors import NotFound
from app.http.conditional import NOT_MODIFIED_HEADERS, list_etag, matches
from app.schemas.fields import LONGEST_CONDITION, utc_today
from app.search.name_index import NameIndex, read_name_index
from app.store.database import Database
from app.store.ledger import Head, read_head, read_head_at


class Snapshot:
    """What an endpoint reads from: a connection, the ledger's head in that snapshot, and the request."""

    def __init__(self, request: Request, connection: Connection, head: Head) -> None:
        self.request = request
        self.connection = connection
        self.head = head

    @cached_property
    def names(self) -> NameIndex:
        """The index of all names in the book."""
        return read_name_index(self.connection, self.head)

    def at(self, seq: int) -> None:
        """Set the head to the revision `seq`. The endpoint's only statement returned this number."""
        if seq != self.head.seq:
            self.head = read_head_at(self.connection, seq) or Head()


def _conditional(
    if_none_match: Annotated[
        str | None,
        Header(description="The ETag of an earlier response: 304 if it is still valid.", max_length=LONGEST_CONDITION),
    ] = None,
) -> None:
    """Declares the header for the OpenAPI document. The route itself reads it."""


Reading = Annotated[Snapshot, Depends(_conditional)]


class Stream(StreamingResponse):
    """A response that is sent while its parts are produced.

    The first parts are produced before it is sent, so that an early error is still sent as a problem.
    """

    def __init__(self, parts: Iterator[bytes], media_type: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(parts, media_type=media_type, headers=headers)
        self.parts = parts

    def begin(self) -> None:
        """Produce the first parts."""
        first = list(islice(self.parts, 2))
        self.body_iterator = iterate_in_threadpool(chain(first, self.parts))


_CACHING = {"cache-control": "no-cache", "vary": "Accept"}


class NoQuery(BaseModel):
    """The query model of an endpoint that declares none."""

    model_config = ConfigDict(extra="forbid")


class ReadRoute(APIRoute):
    """A route whose endpoint has a parameter of type `Reading`, and optionally path parameters and a query model."""

    etag_suffix: ClassVar[str] = ""  # what its responses depend on besides the request and the book

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The request handler of this route; overrides FastAPI's."""
        hints = get_type_hints(self.endpoint, include_extras=True)
        names = list(inspect.signature(self.endpoint).parameters)
        reading_name = next(name for name in names if hints[name] == Reading)
        query_name = next((name for name in names if _model_of(hints[name])), None)
        model = _model_of(hints[query_name]) if query_name else None

        async def handle(request: Request) -> Response:
            arguments = path_parameters(request)
            query = parse_query(model or NoQuery, request.scope["query_string"])
            if query_name:
                arguments[query_name] = query
            condition = _condition(request)
            has_etags = condition not in (None, "*")  # `*` matches any ETag, so the response must exist first
            is_one_statement = getattr(query, "is_one_statement", False)
            head: Head | None = None
            if has_etags or is_one_statement:
                head = request.scope.get("state", {}).get("head") or await request.app.state.heads.read()
            # The day is read before the rows: a response must not carry the ETag of a later day than its content.
            etag_of = partial(list_etag, day=utc_today(), target=self._target(request))
            if head is not None and has_etags and matches(etag := etag_of(head), condition):
                return _not_modified({"etag": etag, **_CACHING})

            def read(connection: Connection) -> tuple[Response, Head]:
                seen = head if head is not None and is_one_statement else read_head(connection)
                snapshot = Snapshot(request, connection, seen)
                response: Response = self.endpoint(**arguments, **{reading_name: snapshot})
                return response, snapshot.head

            database: Database = request.app.state.database
            response, seen = await database.read(read, is_snapshot=head is None or not is_one_statement)
            if isinstance(response, Stream):
                await to_thread.run_sync(response.begin)
            if response.status_code == 200:
                for name, value in {"etag": etag_of(seen), **_CACHING}.items():
                    response.headers.setdefault(name, value)
                if matches(response.headers["etag"], condition):
                    return _not_modified(response.headers)
            return response

        return handle

    def _target(self, request: Request) -> str:
        """Everything that a response depends on besides the book: path, query, `Accept` and the suffix of the route."""
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
        return f"{path}?{query}#{request.headers.get('accept', '*/*')}{self.etag_suffix}"


def _model_of(hint: Any) -> type[BaseModel] | None:
    """The model of a parameter `Annotated[Model, Query()]`; None for any other parameter."""
    first = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return first if isinstance(first, type) and issubclass(first, BaseModel) else None


def path_parameters(request: Request) -> dict[str, Any]:
    """The values of the path parameters by name. Raises NotFound for a null character, which PostgreSQL rejects."""
    if any("\0" in value for value in request.path_params.values()):
        raise NotFound("No record has this id.")
    return dict(request.path_params)


def _condition(request: Request) -> str | None:
    condition = request.headers.get("if-none-match")
    if condition is not None and len(condition) > LONGEST_CONDITION:
        error = {
            "type": "string_too_long",
            "loc": ("header", "if-none-match"),
            "ctx": {"max_length": LONGEST_CONDITION},
        }
        raise RequestValidationError([error])
    return condition


def _not_modified(headers: Mapping[str, str]) -> Response:
    """The 304 of a response with these headers, whose names are in lower case."""
    return Response(status_code=304, headers={name: headers[name] for name in NOT_MODIFIED_HEADERS if name in headers})


def repeated_parameter(name: str) -> dict[str, Any]:
    """The validation error for a query parameter that is repeated but accepts one value."""
    return {"type": "value_error", "loc": ("query", name), "ctx": {"error": "must be given once"}}


def parse_query(model: type[BaseModel], query_string: bytes) -> BaseModel:
    """The query string as an instance of `model`.

    Raises RequestValidationError for a value that the model rejects, for an unknown parameter where the model forbids
    it, and for a parameter that is repeated but accepts one value.
    """
    given: dict[str, list[str]] = {}
    for name, text in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        given.setdefault(name, []).append(text)
    values: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []
    for name, texts in given.items():
        field = model.model_fields.get(name)
        if field is None or get_origin(field.annotation) is tuple:
            values[name] = texts
        elif len(texts) > 1:
            errors.append(repeated_parameter(name))
        else:
            values[name] = texts[0]
    if errors:
        raise RequestValidationError(errors)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**item, "loc": ("query", *item["loc"])} for item in found]) from None
