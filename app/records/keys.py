"""Keys: who may write. A key is shown once, when it is made; the book keeps its SHA-256, its name and its scope."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.errors import Conflict, Fault, Invalid, NotFound
from app.http.masking import PREFIX
from app.records.upsert import LOADER
from app.schemas.fields import INSTANT
from app.schemas.vocabulary import Scope
from app.store.models import ApiKey, columns

_BY_HASH = select(columns(ApiKey)).where(columns(ApiKey).c.hash == bindparam("hash"))


def _digest(key: str) -> str:
    """A key has 256 random bits, so a plain hash is enough to keep it secret."""
    return hashlib.sha256(key.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).strftime(INSTANT)


def create_key(connection: Connection, name: str, scope: Scope = Scope.write, expires_on: date | None = None) -> str:
    """Make a key and give it: the one time it can be seen. Its name is the actor of what is written with it."""
    if not name.strip() or len(name) > 100 or name == LOADER or not name.isprintable():
        raise Invalid(
            "The key's name cannot be taken.", [Fault(("name",), f"must be 1 to 100 characters, not {LOADER}")]
        )
    if _stands(connection, name):
        raise Conflict("There is a key of this name; names stand in the ledger and are not used again.")
    key = PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "hash": _digest(key), "scope": scope, "created_at": _now(), "expires_on": expires_on}
    connection.execute(insert(columns(ApiKey)).values(row))
    return key


def list_keys(connection: Connection) -> Sequence[Row[Any]]:
    """All keys by name, revoked ones too: rows of the table `api_key`."""
    return connection.execute(select(columns(ApiKey)).order_by(columns(ApiKey).c.name)).all()


def _stands(connection: Connection, name: str) -> bool:
    key = columns(ApiKey)
    return connection.execute(select(key.c.name).where(key.c.name == name)).first() is not None


def revoke_key(connection: Connection, name: str) -> None:
    """Take a key out of use from now on. What was written with it stands."""
    key = columns(ApiKey)
    if not _stands(connection, name):
        raise NotFound("There is no key of this name.")
    connection.execute(update(key).where(key.c.name == name, key.c.revoked_at.is_(None)).values(revoked_at=_now()))


def find_key(connection: Connection, key: str) -> Row[Any] | None:
    """The key's row of the table `api_key` if it may be used today, else None."""
    if not key.startswith(PREFIX) or len(key) > 100:
        return None
    found = connection.execute(_BY_HASH, {"hash": _digest(key)}).first()
    if found is None or found.revoked_at is not None:
        return None
    if found.expires_on is not None and found.expires_on <= datetime.now(UTC).date():
        return None
    return found
