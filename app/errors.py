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
    status, type, title = 422, "bad-query", "The query cannot be answered"


class Invalid(PledgebookError):
    status, type, title = 422, "invalid", "The document is not valid"


class NotFound(PledgebookError):
    status, type, title = 404, "not-found", "There is no such record"


class Conflict(PledgebookError):
    status, type, title = 409, "conflict", "The book already has something that stands against this"


class Unauthorised(PledgebookError):
    status, type, title = 401, "key-needed", "A key is needed to write"


class Forbidden(PledgebookError):
    status, type, title = 403, "scope-needed", "This key may not do that"


class NotAcceptable(PledgebookError):
    status, type, title = 406, "not-acceptable", "There is no such rendering"


class TooLarge(PledgebookError):
    status, type, title = 413, "too-large", "The body is too large"


class UnsupportedMedia(PledgebookError):
    status, type, title = 415, "unsupported-media", "The body must be JSON"


class Stale(PledgebookError):
    status, type, title = 412, "stale", "The record has changed since it was read"


class PreconditionNeeded(PledgebookError):
    status, type, title = 428, "precondition-needed", "Say which version is meant"


class Unavailable(PledgebookError):
    status, type, title = 503, "unavailable", "The book cannot be reached just now"


PROBLEMS = [
    BadQuery, Invalid, NotFound, Conflict, Unauthorised, Forbidden, NotAcceptable, TooLarge, UnsupportedMedia,
    Stale, PreconditionNeeded, Unavailable,
]  # fmt: skip
