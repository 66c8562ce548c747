"""Keyset pages: a cursor says after which row the next page begins, and for which query it is good."""

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
    """One page of a list. `next` is sent back as `cursor=`; null on the last page."""

    items: list[T]
    next: str | None


def encode_cursor(query: str, position: Sequence[Any]) -> str:
    """The cursor after the row at `position` (its sort values) of the list that `query` names."""
    body = canonical_json(list(position)).encode()
    return base64.urlsafe_b64encode(_seal(query, body) + body).rstrip(b"=").decode()


def decode_cursor(query: str, cursor: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    """The position in a cursor, a value for each of `columns`; refused if it is not one that this list gave."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, body = raw[:6], raw[6:]
        values = json.loads(body)
        # The re-encoding refuses a cursor whose spare bits were changed: one position has one cursor.
        if seal != _seal(query, body) or encode_cursor(query, values) != cursor:
            raise ValueError("not a cursor of this list")
        return [_value(value, column.type) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, AttributeError):
        detail = "The cursor is not one that this list gave; begin again without it."
        fault = Fault(("cursor",), "must be the `next` of the same query, unchanged")
        raise BadQuery(detail, [fault]) from None


def _value(value: Any, kind: TypeEngine[Any]) -> Any:
    """A value as the database takes it: the seal keeps no secret, so what it seals may still be anything."""
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Integer):
        is_fit = type(value) is int and 0 <= value < (2**63 if isinstance(kind, BigInteger) else 2**31)
    else:
        is_fit = isinstance(value, str) and value.isprintable()
    if not is_fit:
        raise ValueError("not a value of this column")
    return value


def _seal(query: str, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=6, key=_key(query)).digest()


@lru_cache(maxsize=200)
def _key(query: str) -> bytes:
    return hashlib.sha256(query.encode()).digest()
