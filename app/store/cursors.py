"""Cursors for keyset pagination: encode and decode the sort values of the last row of a page.

A cursor also contains a checksum of its query, so that another query or a changed cursor is refused.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import BigInteger, ColumnElement, Date, Integer
from sqlalchemy.types import TypeEngine

from app.errors import BadQuery, Fault
from app.schemas.canonical_json import canonical_json

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. Send `next` as `cursor=` to get the next page; it is null on the last page."""

    items: list[T]
    next: str | None


def encode_cursor(query: str, position: Sequence[Any]) -> str:
    """The cursor for the rows after `position`, the sort values of a row. `query` is the fingerprint of the query."""
    body = canonical_json(list(position)).encode()
    return base64.urlsafe_b64encode(_checksum(query, body) + body).rstrip(b"=").decode()


def decode_cursor(query: str, cursor: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    """The sort values in a cursor, one for each of `columns`. Raises BadQuery if it is not a cursor of this query."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        checksum, body = raw[:6], raw[6:]
        values = json.loads(body)
        # Base64 has several texts for the same bytes. The second check accepts only the text of `encode_cursor`.
        if checksum != _checksum(query, body) or encode_cursor(query, values) != cursor:
            raise ValueError("not a cursor of this list")
        return [_checked_value(value, column.type) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, AttributeError):
        detail = "The cursor is not valid for this query. Read the first page again, without a cursor."
        fault = Fault(("cursor",), "must be the unchanged `next` of the same query")
        raise BadQuery(detail, [fault]) from None


def _checked_value(value: Any, kind: TypeEngine[Any]) -> Any:
    """The value for a column of this type. The checksum has no secret key, so a forged cursor can contain any value."""
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Integer):
        is_valid = type(value) is int and 0 <= value < (2**63 if isinstance(kind, BigInteger) else 2**31)
    else:
        is_valid = isinstance(value, str) and value.isprintable()
    if not is_valid:
        raise ValueError("not a value of this column")
    return value


def _checksum(query: str, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=6, key=_key(query)).digest()


@lru_cache(maxsize=200)
def _key(query: str) -> bytes:
    return hashlib.sha256(query.encode()).digest()
