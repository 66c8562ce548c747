"""What can go wrong, as classes: one class, one status, one type. `problems.py` renders them; nothing else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was sent: where (`path`, from the root of body or query) and what would be right."""

    path: Path
    message: str

    def under(self, *prefix: str | int) -> "Fault":
        return Fault((*prefix, *self.path), self.message)


class PledgebookError(Exception):
    """Base of everything that is answered as a problem."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str, faults: Sequence[Fault] = (), **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)
        self.more = more


class BadQuery(PledgebookError):
    """A parameter is unknown, or its value is: nothing is ever left out of a question in silence.

    Read `errors`: each names the parameter, and the nearest ones that are known. Mend it and ask again.
    """

    status, type, title = 422, "bad-query", "The query cannot be answered"


class Invalid(PledgebookError):
    """What was sent can be read, but is not what the book takes. Nothing was written.

    Read `errors`: `path` leads to each place, `message` says what would be right there. Mend them and send it again.
    """

    status, type, title = 422, "invalid", "The document is not valid"


class NotFound(PledgebookError):
    """Nothing stands at this address: the id is not one of the book's, or there is no such route.

    Compare the id with those named as nearest, or find it in its list. A retracted record is still there to be read.
    """

    status, type, title = 404, "not-found", "There is no such record"


class Conflict(PledgebookError):
    """The book has a record that this one would repeat, or that stands in its way. Nothing was written.

    Look at `candidates`. If yours is the same, cite its source in the one that stands; if it is really another,
    say so with `?allow_similar=true`.
    """

    status, type, title = 409, "conflict", "The book already has something that stands against this"


class Unauthorised(PledgebookError):
    """Reading is open; writing needs a key, and none came or it does not stand. The body was not read.

    Send `Authorization: Bearer pb_…`. `pledgebook key create NAME` makes a key; on this page, put it into Authorize.
    """

    status, type, title = 401, "key-needed", "A key is needed to write"


class Forbidden(PledgebookError):
    """The key stands, but was made for another kind of writing. The body was not read.

    Use a key of the scope that `detail` names.
    """

    status, type, title = 403, "scope-needed", "This key may not do that"


class NotAcceptable(PledgebookError):
    """The `Accept` header asks for a form that this address does not have.

    Ask for `application/json`, or leave the header out.
    """

    status, type, title = 406, "not-acceptable", "There is no such rendering"


class TooLarge(PledgebookError):
    """The body is beyond the limit, which `detail` names. It was not read to its end, and nothing was written.

    Post one meeting at a time; load a whole book with `pledgebook load`.
    """

    status, type, title = 413, "too-large", "The body is too large"


class UnsupportedMedia(PledgebookError):
    """The body is not declared to be JSON. It was not read.

    Send `Content-Type: application/json`.
    """

    status, type, title = 415, "unsupported-media", "The body must be JSON"


class Stale(PledgebookError):
    """Somebody else has written the record since you read it. Nothing was written, so nothing of theirs is lost.

    Read it again, apply your change to what stands now, and send that with its new ETag in `If-Match`.
    """

    status, type, title = 412, "stale", "The record has changed since it was read"


class PreconditionNeeded(PledgebookError):
    """A change must say which version it was made for, so that two people cannot overwrite each other unseen.

    Read the record, and send its ETag in `If-Match`.
    """

    status, type, title = 428, "precondition-needed", "Say which version is meant"


class WrongMethod(PledgebookError):
    """There is something at this address, but it does not take that method.

    The `Allow` header names the methods it takes.
    """

    status, type, title = 405, "method", "This address does not take that method"


class Unreadable(PledgebookError):
    """The request broke off, or is not HTTP as it should be.

    Send it again, whole.
    """

    status, type, title = 400, "request", "The request cannot be read"


class Internal(PledgebookError):
    """A fault of the server, not of your request. It has been written to the log.

    If it comes again, report it with the `X-Request-Id` of the answer.
    """

    status, type, title = 500, "internal", "Something went wrong here"


class Unavailable(PledgebookError):
    """The database is busy or away. What you sent was not written.

    Wait for as long as `Retry-After` says, and send it again.
    """

    status, type, title = 503, "unavailable", "The book cannot be reached just now"


# Every class here is an anchor of the docs page: its first paragraph says what it means, its second what to do.
PROBLEMS: list[type[PledgebookError]] = [
    BadQuery, Invalid, NotFound, Conflict, Unauthorised, Forbidden, TooLarge, UnsupportedMedia, NotAcceptable,
    WrongMethod, Stale, PreconditionNeeded, Unreadable, Unavailable, Internal,
]  # fmt: skip
