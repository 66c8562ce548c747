"""API keys: create, list, revoke and check them.

A key is shown once, when it is created. The book stores its SHA-256, its name and its scope.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.errors import Conflict, Fault, Invalid, NotFound
from app.records.upsert import LOADER
from app.schemas.fields import INSTANT, utc_today
from app.schemas.vocabulary import Scope
from app.store.models import ApiKey, columns

KEY_PREFIX = "pb_"
_BY_HASH = select(columns(ApiKey)).where(columns(ApiKey).c.hash == bindparam("hash"))


def _digest(key: str) -> str:
    # A key has 256 random bits, so a hash without salt is enough.
    return hashlib.sha256(key.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).strftime(INSTANT)


def create_key(connection: Connection, name: str, scope: Scope = Scope.write, expires_on: date | None = None) -> str:
    """Create a key and return it. Its name becomes the actor of the revisions written with it.

    Raises `Invalid` if the name is not valid, and `Conflict` if a key has it, even a revoked one.
    """
    if not name.strip() or len(name) > 100 or name == LOADER or not name.isprintable():
        fault = Fault(("name",), f"must be 1 to 100 printable characters, and not {LOADER}")
        raise Invalid("The key's name is not valid.", [fault])
    if _exists(connection, name):
        raise Conflict("A key has this name already. Names are in the ledger and cannot be used again.")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "hash": _digest(key), "scope": scope, "created_at": _now(), "expires_on": expires_on}
    connection.execute(insert(columns(ApiKey)).values(row))
    return key


def list_keys(connection: Connection) -> Sequence[Row[Any]]:
    """Return the rows of all keys, revoked ones included, in the order of their names."""
    return connection.execute(select(columns(ApiKey)).order_by(columns(ApiKey).c.name)).all()


def _exists(connection: Connection, name: str) -> bool:
    key = columns(ApiKey)
    return connection.execute(select(key.c.name).where(key.c.name == name)).first() is not None


def revoke_key(connection: Connection, name: str) -> None:
    """Revoke the key with this name. What was written with it stays. Raises `NotFound` if no key has the name."""
    key = columns(ApiKey)
    if not _exists(connection, name):
        raise NotFound("No key has this name.")
    connection.execute(update(key).where(key.c.name == name, key.c.revoked_at.is_(None)).values(revoked_at=_now()))


def find_key(connection: Connection, key: str) -> Row[Any] | None:
    """Return the row of a key, or None if the key is unknown, revoked or expired."""
    if not key.startswith(KEY_PREFIX) or len(key) > 100:
        return None
    found = connection.execute(_BY_HASH, {"hash": _digest(key)}).first()
    if found is None or found.revoked_at is not None:
        return None
    if found.expires_on is not None and found.expires_on <= utc_today():
        return None
    return found
