"""Shapes of the ledger as it is read: a record's history, the feed of changes, the head."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.fields import Shape
from app.schemas.pages import Next
from app.schemas.vocabulary import Entity, Operation

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Instant = Annotated[str, Field(description="UTC, with six decimals.", examples=["2026-01-31T12:00:00.000000Z"])]
Document = Annotated[dict[str, Any], Field(description="The public record as it stood from then on.")]


class Version(Shape):
    """One version of a record: who wrote it, when, what it changed."""

    version: int
    seq: int
    at: Instant
    actor: str
    operation: Operation
    changed: Annotated[list[str], Field(description="The fields that differ from the version before.")]
    hash: Hash
    document: Document


class History(Shape):
    items: list[Version]
    next: Next


class Change(Shape):
    """One revision of the ledger. `hash` is SHA-256 of previous_hash, the facts as JSON, and the document, by lines."""

    seq: int
    at: Instant
    actor: str
    entity: Entity
    id: str
    version: int
    operation: Operation
    document: Document
    previous_hash: Hash
    hash: Hash


class ChangePage(Shape):
    items: list[Change]
    next: Next


class LedgerHead(Shape):
    """The last revision. Kept by somebody outside, it shows later whether the ledger was cut short or rewritten."""

    seq: int
    at: str
    hash: Hash
