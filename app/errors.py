"""Business errors: one class for each problem type, with its HTTP status and title.

`app.http.problems` sends them as `application/problem+json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One invalid field or parameter: its path from the root of the body or query, and what is accepted there."""

    path: Path
    message: str

    def under(self, *prefix: str | int) -> "Fault":
        """The same fault with `prefix` in front of its path."""
        return Fault((*prefix, *self.path), self.message)


class PledgebookError(Exception):
    """Base class of the errors that are sent as problems.

    `detail` describes this case; `faults` name the invalid fields; `more` has further members, such as `candidates`
    and the response's `headers`.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "There is a problem with the server"

    def __init__(self, detail: str, faults: Sequence[Fault] = (), **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)
        self.more = more


class BadQuery(PledgebookError):
    """A parameter is unknown or has an invalid value. No part of a query is ever ignored.

    Read `errors`: each item names a parameter, what it accepts, and the nearest known names. Correct the query and
    send it again.
    """

    status, type, title = 422, "bad-query", "There is a problem with the query"


class Invalid(PledgebookError):
    """The request body is readable, but its data is not valid. Nothing was written.

    Read `errors`: `path` is the place of each fault, and `message` says what is accepted there. Correct the data and
    send it again.
    """

    status, type, title = 422, "invalid", "There is a problem with the data"


class NotFound(PledgebookError):
    """No record has this id, or no route has this address.

    Compare the id with the nearest ids in `detail`, or search the list for the record. A retracted record can still
    be read.
    """

    status, type, title = 404, "not-found", "There is no such record"


class Conflict(PledgebookError):
    """The record is a duplicate of one in the book, or another record depends on it. Nothing was written.

    Read the records in `candidates`. If yours is the same as one of them, add your source to that record. If it is a
    different one, send it again with `?allow_similar=true`.
    """

    status, type, title = 409, "conflict", "There is a conflict with another record"


class Unauthorised(PledgebookError):
    """The request has no key, or its key is unknown, expired or revoked. The body was not read.

    Send `Authorization: Bearer pb_…`. Create a key with `pledgebook key create NAME`. On this page, enter it under
    Authorize.
    """

    status, type, title = 401, "key-needed", "A key is required"


class Forbidden(PledgebookError):
    """The key is valid, but its scope does not include this request. The body was not read.

    Use a key with the scope that `detail` names.
    """

    status, type, title = 403, "scope-needed", "The key does not have the required scope"


class NotAcceptable(PledgebookError):
    """This address does not have the format that the `Accept` header asks for.

    Ask for `application/json`, or omit the header.
    """

    status, type, title = 406, "not-acceptable", "The format is not available"


class TooLarge(PledgebookError):
    """The request body is larger than the limit that `detail` names. Nothing was written.

    Post one meeting in each request. Load a whole book with `pledgebook load`.
    """

    status, type, title = 413, "too-large", "The request body is too large"


class UnsupportedMedia(PledgebookError):
    """The `Content-Type` header is not that of JSON. The body was not read.

    Send `Content-Type: application/json`.
    """

    status, type, title = 415, "unsupported-media", "The request body must be JSON"


class Stale(PledgebookError):
    """The record was written after you read it, so your version is stale. Nothing was written.

    Read the record again, apply your change to the new version, and send its ETag in `If-Match`.
    """

    status, type, title = 412, "stale", "The record has changed since you read it"


class PreconditionNeeded(PledgebookError):
    """A change must name the version it applies to, so that nobody overwrites a change that they have not seen.

    Read the record, and send its ETag in `If-Match`.
    """

    status, type, title = 428, "precondition-needed", "The If-Match header is required"


class WrongMethod(PledgebookError):
    """This address exists, but it does not support the method.

    Use one of the methods in the `Allow` header.
    """

    status, type, title = 405, "method", "The method is not allowed"


class Unreadable(PledgebookError):
    """The request is incomplete, or it is not valid HTTP.

    Send the whole request again.
    """

    status, type, title = 400, "request", "The request cannot be read"


class Internal(PledgebookError):
    """The server failed; your request is not the cause. The error is in the server's log.

    If it happens again, report it with the `X-Request-Id` of the response.
    """

    status, type, title = 500, "internal", "There is a problem with the server"


class Unavailable(PledgebookError):
    """The database is busy or cannot be reached.

    Wait for the number of seconds in `Retry-After`, and send the request again. With the same `Idempotency-Key`,
    nothing is written twice.
    """

    status, type, title = 503, "unavailable", "The book is temporarily unavailable"


# The docs page has an anchor for each class: its first paragraph is the meaning, its second says what to do.
PROBLEMS: list[type[PledgebookError]] = [
    BadQuery, Invalid, NotFound, Conflict, Unauthorised, Forbidden, TooLarge, UnsupportedMedia, NotAcceptable,
    WrongMethod, Stale, PreconditionNeeded, Unreadable, Unavailable, Internal,
]  # fmt: skip
