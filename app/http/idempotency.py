"""Idempotency keys: the first response to a POST is stored in the transaction of its write, and sent to each retry."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from app.errors import Fault, Invalid
from app.schemas.fields import INSTANT
from app.store.insert import insert_rows
from app.store.models import Idempotency, columns

_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class RequestKey:
    """What identifies a request. A retry has the same value in every field."""

    actor: str
    key: str
    method: str
    target: str
    body_hash: str


@dataclass(frozen=True)
class StoredResponse:
    """The first response to a request with an idempotency key."""

    status: int
    body: str
    location: str | None
    etag: str | None


class Replayed(Exception):
    """Ends a retry before it writes: the stored response is sent instead."""

    def __init__(self, response: StoredResponse) -> None:
        super().__init__("replayed")
        self.response = response


def find_response(connection: Connection, key: RequestKey, now: str) -> StoredResponse | None:
    """The stored response to this request, or None. Raises Invalid if the key was used for another request."""
    table = columns(Idempotency)
    is_same_key = (table.c.actor == key.actor, table.c.key == key.key, table.c.at > _oldest(now))
    row = connection.execute(select(table).where(*is_same_key)).first()
    if row is None:
        return None
    if (row.method, row.target, row.body_hash) != (key.method, key.target, key.body_hash):
        detail = "This Idempotency-Key was used for another request in the last 24 hours."
        raise Invalid(detail, [Fault(("Idempotency-Key",), "must be new for a new request")])
    return StoredResponse(row.status, row.answer, row.location, row.etag)


def store_response(connection: Connection, key: RequestKey, response: StoredResponse, now: str) -> None:
    """Store a response for 24 hours, and delete those that are older."""
    table = columns(Idempotency)
    connection.execute(delete(table).where(table.c.at <= _oldest(now)))
    row = {
        **asdict(key),
        "status": response.status,
        "answer": response.body,
        "location": response.location,
        "etag": response.etag,
        "at": now,
    }
    insert_rows(connection, table, [row])


def _oldest(now: str) -> str:
    return (datetime.strptime(now, INSTANT).replace(tzinfo=UTC) - _LIFETIME).strftime(INSTANT)
