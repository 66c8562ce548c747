"""Schemas of the ledger: the history of a record, the feed of changes, and the head."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.fields import Schema
from app.schemas.pages import Next
from app.schemas.vocabulary import Entity, Operation

SequenceNumber = Annotated[int, Field(description="The sequence number of the revision in the ledger, from 1.")]
RecordVersion = Annotated[int, Field(description="The number of the record's version after this revision.")]
Instant = Annotated[
    str,
    Field(description="The time of the revision, in UTC with six decimals.", examples=["2026-01-31T12:00:00.000000Z"]),
]
Actor = Annotated[str, Field(description="The name of the key that made the revision; `load` for a seed import.")]
RevisionOperation = Annotated[Operation, Field(description="What the revision did.")]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
RevisionHash = Annotated[
    Hash,
    Field(
        description="The SHA-256 hash of the previous hash, the JSON list [seq, at, actor, entity, id, version, "
        "operation] and the document, joined by line feeds; in hexadecimal digits."
    ),
]
Document = Annotated[dict[str, Any], Field(description="The record's public document after this revision.")]


class Version(Schema):
    """One version of a record: who wrote it, when, and which fields it changed."""

    version: RecordVersion
    seq: SequenceNumber
    at: Instant
    actor: Actor
    operation: RevisionOperation
    changed: Annotated[
        list[str],
        Field(description="The names of the fields that differ from the previous version; [] for the first version."),
    ]
    hash: RevisionHash
    document: Document


class History(Schema):
    """One page of the versions of a record."""

    items: Annotated[list[Version], Field(description="The versions, oldest first.")]
    next: Next


class Change(Schema):
    """One revision of the ledger."""

    seq: SequenceNumber
    at: Instant
    actor: Actor
    entity: Annotated[Entity, Field(description="The kind of record.")]
    id: Annotated[str, Field(description="The id of the record.")]
    version: RecordVersion
    operation: RevisionOperation
    document: Document
    previous_hash: Annotated[
        Hash, Field(description="The hash of the previous revision; 64 zeros for the first revision.")
    ]
    hash: RevisionHash


class ChangePage(Schema):
    """One page of the feed of changes."""

    items: Annotated[list[Change], Field(description="The revisions, in order of their sequence numbers.")]
    next: Next


class LedgerHead(Schema):
    """The newest revision. A copy of it kept elsewhere shows later whether the ledger was truncated or rewritten."""

    seq: Annotated[int, Field(description="The sequence number of the newest revision; 0 if the ledger is empty.")]
    at: Annotated[
        str,
        Field(description="The time of the newest revision, in UTC with six decimals; empty if the ledger is empty."),
    ]
    hash: Annotated[Hash, Field(description="The hash of the newest revision, in hexadecimal digits.")]
