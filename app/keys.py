"""Keys: who may write. A key is shown once, when it is made; the book keeps its SHA-256, its name and its scope."""

import hashlib
import secrets
from datetime import UTC, date, datetime
from typing import cast

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.book import LOADER
from app.errors import Conflict, Fault, Invalid, NotFound
from app.masking import PREFIX
from app.models import ApiKey, columns
from app.types import INSTANT
from app.vocabulary import Scope

_BY_HASH = select(columns(ApiKey)).where(columns(ApiKey).c.hash == bindparam("hash"))


def _digest(key: str) -> str:
    """A key has 256 random bits, so a plain hash is enough to keep it secret."""
    return hashlib.sha256(key.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).strftime(INSTANT)


def create_key(session: Session, name: str, scope: Scope = Scope.write, expires_on: date | None = None) -> str:
    """Make a key and give it: the one time it can be seen. Its name is the actor of what is written with it."""
    if not name.strip() or len(name) > 100 or name == LOADER or not name.isprintable():
        raise Invalid(
            "The key's name cannot be taken.", [Fault(("name",), f"must be 1 to 100 characters, not {LOADER}")]
        )
    if session.get(ApiKey, name):
        raise Conflict("There is a key of this name; names stand in the ledger and are not used again.")
    key = PREFIX + secrets.token_urlsafe(32)
    session.add(ApiKey(name=name, hash=_digest(key), scope=scope, created_at=_now(), expires_on=expires_on))
    session.flush()
    return key


def list_keys(session: Session) -> list[ApiKey]:
    return list(session.execute(select(ApiKey).order_by(columns(ApiKey).c.name)).scalars())


def revoke_key(session: Session, name: str) -> None:
    """Take a key out of use from now on. What was written with it stands."""
    key = columns(ApiKey)
    if not session.get(ApiKey, name):
        raise NotFound("There is no key of this name.")
    session.execute(update(key).where(key.c.name == name, key.c.revoked_at.is_(None)).values(revoked_at=_now()))


def find_key(session: Session, key: str) -> ApiKey | None:
    """The key's record if it may be used today."""
    if not key.startswith(PREFIX) or len(key) > 100:
        return None
    # A row has the columns for attributes too, and costs less than an object of the session.
    found = cast("ApiKey | None", session.execute(_BY_HASH, {"hash": _digest(key)}).first())
    if found is None or found.revoked_at is not None:
        return None
    if found.expires_on is not None and found.expires_on <= datetime.now(UTC).date():
        return None
    return found
