"""ETags of what is composed of many records: they name the state of the book that an answer is right for."""

import hashlib
from datetime import UTC, datetime

from app import __version__


def rendering_of(target: str) -> str:
    """What tells apart the answers of one state; `target` is path, query and form."""
    return hashlib.blake2b(target.encode(), digest_size=6).hexdigest()


def list_etag_at(seq: int, hash: str, rendering: str) -> str:
    """The ETag of a list at a head that is known."""
    return f'W/"{seq}-{hash[:8]}-{__version__}-{datetime.now(UTC).date()}-{rendering}"'
