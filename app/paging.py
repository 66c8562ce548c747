"""Keyset pages: a cursor says after which row the next page begins, and for which query it is good."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from app.errors import BadQuery, Fault
from app.wire import canonical_json

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` is sent back as `cursor=`; null on the last page."""

    items: list[T]
    next: str | None


def encode_cursor(query: str, position: Sequence[Any]) -> str:
    """The cursor after the row at `position` (its sort values) of the list that `query` names."""
    body = canonical_json(list(position)).encode()
    return base64.urlsafe_b64encode(_seal(query, body) + body).rstrip(b"=").decode()


def decode_cursor(query: str, cursor: str) -> list[Any]:
    """The position in a cursor; refused if it is not one that this list gave."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    seal, body = raw[:6], raw[6:]
    # The re-encoding refuses a cursor whose spare bits were changed: one position has one cursor.
    if not body or seal != _seal(query, body) or encode_cursor(query, json.loads(body)) != cursor:
        detail = "The cursor is not one that this list gave; begin again without it."
        raise BadQuery(detail, [Fault(("cursor",), "must be the `next` of the same query, unchanged")])
    position: list[Any] = json.loads(body)
    return position


def _seal(query: str, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=6, key=hashlib.sha256(query.encode()).digest()).digest()
