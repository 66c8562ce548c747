"""Idempotency keys: the first answer to a writing POST, kept with the write itself, and given again to a retry."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from app.errors import Fault, Invalid
from app.schemas.fields import INSTANT
from app.store.insert import insert_rows
from app.store.models import Idempotency, columns

KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class RequestKey:
    """What a retry must have in common with the first request: all of it."""

    actor: str
    key: str
    method: str
    target: str
    body_hash: str


@dataclass(frozen=True)
class Answer:
    """An answer as it was first given."""

    status: int
    body: str
    location: str | None
    etag: str | None


class Replayed(Exception):
    """Ends a retry: the first answer is the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("replayed")
        self.answer = answer


def find_answer(connection: Connection, key: RequestKey, now: str) -> Answer | None:
    """The answer kept under a key for the same request; Invalid if the key was used for another one."""
    table = columns(Idempotency)
    own = (table.c.actor == key.actor, table.c.key == key.key, table.c.at > _oldest(now))
    kept = connection.execute(select(table).where(*own)).first()
    if kept is None:
        return None
    if (kept.method, kept.target, kept.body_hash) != (key.method, key.target, key.body_hash):
        detail = "This Idempotency-Key was used for another request within 24 hours."
        raise Invalid(detail, [Fault(("Idempotency-Key",), "must be new for a new request")])
    return Answer(kept.status, kept.answer, kept.location, kept.etag)


def keep_answer(connection: Connection, key: RequestKey, answer: Answer, now: str) -> None:
    """Keep the answer for 24 hours, and let go of those that are older."""
    table = columns(Idempotency)
    connection.execute(delete(table).where(table.c.at <= _oldest(now)))
    row = {
        "actor": key.actor,
        "key": key.key,
        "method": key.method,
        "target": key.target,
        "body_hash": key.body_hash,
        "status": answer.status,
        "answer": answer.body,
        "location": answer.location,
        "etag": answer.etag,
        "at": now,
    }
    insert_rows(connection, table, [row])


def _oldest(now: str) -> str:
    return (datetime.strptime(now, INSTANT).replace(tzinfo=UTC) - KEPT).strftime(INSTANT)
