"""The one way of reading over HTTP: every GET of the API and the explorer is a `ReadRoute`.

It reads the query string into the model that the endpoint declares, answers 304 if the client has the state of the book
already, opens what the endpoint reads from, calls it, and sends its answer with an ETag. FastAPI makes the OpenAPI
document from the same declarations, and answers errors.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterator
from functools import cached_property
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
from app.schemas.fields import LONGEST_CONDITION
from app.search.name_index import NameIndex, read_name_index
from app.store.database import Database
from app.store.ledger import Head, read_head, read_head_at


class Snapshot:
    """What a read reads from: a connection, the head of the ledger that it sees, and the request."""

    def __init__(self, request: Request, connection: Connection, head: Head) -> None:
        self.request = request
        self.connection = connection
        self.head = head

    @cached_property
    def names(self) -> NameIndex:
        """All names of the book."""
        return read_name_index(self.connection, self.head)

    def at(self, seq: int) -> None:
        """Note the head's seq that a statement returned, where one statement is all that is read."""
        if seq != self.head.seq:
            self.head = read_head_at(self.connection, seq) or Head()


def _conditional(
    if_none_match: Annotated[
        str | None, Header(description="An ETag; answered 304 while it stands.", max_length=LONGEST_CONDITION)
    ] = None,
) -> None:
    """Declares the header that every read takes; the route reads it."""


Reading = Annotated[Snapshot, Depends(_conditional)]


class Stream(StreamingResponse):
    """An answer that is sent while it is made. Its first parts are made before, so that an error is still a problem."""

    def __init__(self, parts: Iterator[bytes], media_type: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(parts, media_type=media_type, headers=headers)
        self.parts = parts

    def begin(self) -> None:
        """Make the first parts."""
        first = list(islice(self.parts, 2))
        self.body_iterator = iterate_in_threadpool(chain(first, self.parts))


_CONDITIONAL_HEADERS = [(b"cache-control", b"no-cache"), (b"vary", b"Accept")]


class NoQuery(BaseModel):
    """A read that takes no parameters."""

    model_config = ConfigDict(extra="forbid")


class ReadRoute(APIRoute):
    """A route whose endpoint takes a `Reading`, and perhaps path parameters and a query model."""

    etag_suffix: ClassVar[str] = ""  # what else than the book its answers depend on

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's hook for what handles a request of this route."""
        hints = get_type_hints(self.endpoint, include_extras=True)
        names = [name for name in inspect.signature(self.endpoint).parameters]
        reading_name = next(name for name in names if hints[name] == Reading)
        query_name = next((name for name in names if _model_of(hints[name])), None)
        model = _model_of(hints[query_name]) if query_name else None

        async def handle(request: Request) -> Response:
            arguments: dict[str, Any] = _path_parameters(request)
            query = parse_query(model or NoQuery, request.scope["query_string"])
            if query_name:
                arguments[query_name] = query
            condition = _condition(request)
            database: Database = request.app.state.database
            head: Head | None = request.scope.get("state", {}).get("head") or await request.app.state.heads.read()
            if head is not None and condition not in (None, "*") and matches(self._etag(request, head), condition):
                return _not_modified({"ETag": self._etag(request, head)})
            is_one_statement = head is not None and getattr(query, "is_one_statement", False)

            def read(connection: Connection) -> tuple[Response, Head]:
                seen = head if head is not None and is_one_statement else read_head(connection)
                snapshot = Snapshot(request, connection, seen)
                answer: Response = self.endpoint(**arguments, **{reading_name: snapshot})
                return answer, snapshot.head

            response, seen = await database.read(read, is_snapshot=not is_one_statement)
            if isinstance(response, Stream):
                await to_thread.run_sync(response.begin)
            if response.status_code == 200:
                etag = response.headers.get("etag") or self._add_etag(response, self._etag(request, seen))
                response.raw_headers += _CONDITIONAL_HEADERS
                if condition and matches(etag, condition):
                    return _not_modified(response.headers)
            return response

        return handle

    @staticmethod
    def _add_etag(response: Response, etag: str) -> str:
        response.raw_headers.append((b"etag", etag.encode()))
        return etag

    def _etag(self, request: Request, head: Head) -> str:
        scope = request.scope
        accept = request.headers.get("accept", "*/*")
        return list_etag(head, f"{scope['path']}?{scope['query_string'].decode('latin-1')}#{accept}{self.etag_suffix}")


def _model_of(hint: Any) -> type[BaseModel] | None:
    """The query model of a parameter `Annotated[Model, Query()]`; None if it is none."""
    first = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return first if isinstance(first, type) and issubclass(first, BaseModel) else None


def _path_parameters(request: Request) -> dict[str, Any]:
    if any("\0" in value for value in request.path_params.values()):
        raise NotFound("No record has this id.")  # PostgreSQL refuses the character
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


def _not_modified(headers: Any) -> Response:
    kept = {name: headers[name] for name in NOT_MODIFIED_HEADERS if name in headers}
    return Response(status_code=304, headers={"Cache-Control": "no-cache", "Vary": "Accept", **kept})


def parse_query(model: type[BaseModel], query_string: bytes) -> BaseModel:
    """The query string as the model that an endpoint declares.

    Raises RequestValidationError for what the model refuses, an unknown parameter among it, and for a parameter given
    twice that takes one value.
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
            errors.append({"type": "value_error", "loc": ("query", name), "ctx": {"error": "must be given once"}})
        else:
            values[name] = texts[0]
    if errors:
        raise RequestValidationError(errors)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**item, "loc": ("query", *item["loc"])} for item in found]) from None
