"""Tables: the SQLModel class of each table of the database.

`migrations/` creates the schema, and `alembic check` finds differences from these classes. Each record has a `version`
and a `revision`: the ledger's `seq` of its current document. The child tables by which pledges are listed contain a
copy of `held_on`, so that one index gives a page in order. There are no cascades: the code that replaces the child rows
of a record deletes them explicitly.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy import Enum as EnumType
from sqlmodel import Field, SQLModel

from app.schemas import vocabulary as words

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata

# Ids and slugs sort by code point on both engines.
Id = String(140).with_variant(String(140, collation="C"), "postgresql")
ShortName = String(300)


def word(vocabulary: type[StrEnum]) -> EnumType:
    """A column type that holds the values of a vocabulary, checked by the database."""
    return EnumType(
        vocabulary,
        name=vocabulary.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Row(SQLModel):
    """The base class of all tables."""

    # SQLModel does not validate rows of tables, so Pydantic need not build the validators at startup.
    model_config = {"defer_build": True}


class Recorded(Row):
    """The base class of records. `retracted` is the reason of a retraction, or null."""

    retracted: str | None = Field(default=None, sa_type=Text)
    version: int
    revision: int = Field(foreign_key="revision.seq")


class Named(Recorded):
    """A record with names. `folded` is the name in the form that lookups compare: without case and accents."""

    name: str = Field(sa_type=ShortName)
    folded: str = Field(sa_type=ShortName, index=True)


class Alias(Row):
    """Another name of a record: an alias, a name in another language (then with `language`), or a cue of a topic."""

    language: str | None = Field(default=None, max_length=12)
    name: str = Field(sa_type=ShortName)
    folded: str = Field(sa_type=ShortName, index=True)


# Registers ------------------------------------------------------------------------------------------------------------


class Party(Named, table=True):
    code: str = Field(sa_type=Id, primary_key=True)
    type: words.PartyType = Field(sa_type=word(words.PartyType))


class PartyAlias(Alias, table=True):
    __tablename__ = "party_alias"
    party: str = Field(sa_type=Id, foreign_key="party.code", primary_key=True)
    position: int = Field(primary_key=True)


class Topic(Named, table=True):
    slug: str = Field(sa_type=Id, primary_key=True)
    parent: str | None = Field(default=None, sa_type=Id, foreign_key="topic.slug", index=True)
    definition: str = Field(sa_type=Text)


class TopicAlias(Alias, table=True):
    __tablename__ = "topic_alias"
    topic: str = Field(sa_type=Id, foreign_key="topic.slug", primary_key=True)
    position: int = Field(primary_key=True)


class Instrument(Named, table=True):
    slug: str = Field(sa_type=Id, primary_key=True)
    type: words.InstrumentType = Field(sa_type=word(words.InstrumentType))


class InstrumentAlias(Alias, table=True):
    __tablename__ = "instrument_alias"
    instrument: str = Field(sa_type=Id, foreign_key="instrument.slug", primary_key=True)
    position: int = Field(primary_key=True)


class Participant(Named, table=True):
    """A person."""

    slug: str = Field(sa_type=Id, primary_key=True)


class ParticipantAlias(Alias, table=True):
    __tablename__ = "participant_alias"
    participant: str = Field(sa_type=Id, foreign_key="participant.slug", primary_key=True)
    position: int = Field(primary_key=True)
    is_error: bool = False


class Source(Recorded, table=True):
    __table_args__ = (CheckConstraint("length > 0", name="length"),)
    id: str = Field(sa_type=Id, primary_key=True)
    type: words.SourceType = Field(sa_type=word(words.SourceType))
    publisher: str | None = Field(default=None, sa_type=ShortName)
    title: str = Field(sa_type=ShortName)
    language: str = Field(max_length=12)
    published_on: date | None = None
    url: str | None = Field(default=None, sa_type=Text)
    sha256: str = Field(max_length=64, index=True)
    length: int


class SourceIssuer(Row, table=True):
    __tablename__ = "source_issuer"
    source: str = Field(sa_type=Id, foreign_key="source.id", primary_key=True)
    position: int = Field(primary_key=True)
    party: str = Field(sa_type=Id, foreign_key="party.code", index=True)


# Meetings -------------------------------------------------------------------------------------------------------------


class Meeting(Recorded, table=True):
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= held_on", name="ended_on"),
        Index("ix_meeting_newest", text("held_on DESC"), "id"),
        Index("ix_meeting_circle", "circle", "held_on"),
    )
    id: str = Field(sa_type=Id, primary_key=True)
    title: str = Field(sa_type=ShortName)
    type: words.MeetingType = Field(sa_type=word(words.MeetingType))
    level: words.Level = Field(sa_type=word(words.Level))
    series: str | None = Field(default=None, sa_type=Id, index=True)
    ordinal: int | None = None
    held_on: date
    ended_on: date | None = None
    city: str | None = Field(default=None, sa_type=ShortName)
    venue: str | None = Field(default=None, sa_type=ShortName)
    coverage: words.Coverage = Field(sa_type=word(words.Coverage))
    inferred: dict[str, str] = Field(sa_type=JSON)
    # The sorted codes of the parties in one text, so that meetings of exactly the same parties have the same value.
    circle: str = Field(sa_type=Text)


class MeetingParty(Row, table=True):
    __tablename__ = "meeting_party"
    __table_args__ = (
        UniqueConstraint("meeting", "party"),
        Index("ix_meeting_party_newest", "party", text("held_on DESC"), "meeting"),
    )
    meeting: str = Field(sa_type=Id, foreign_key="meeting.id", primary_key=True)
    position: int = Field(primary_key=True)
    party: str = Field(sa_type=Id, foreign_key="party.code")
    held_on: date


class MeetingSource(Row, table=True):
    __tablename__ = "meeting_source"
    __table_args__ = (UniqueConstraint("meeting", "source"),)
    meeting: str = Field(sa_type=Id, foreign_key="meeting.id", primary_key=True)
    position: int = Field(primary_key=True)
    source: str = Field(sa_type=Id, foreign_key="source.id", index=True)


class MeetingParticipant(Row, table=True):
    """A person at a meeting, with the office that the person held then."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting", "participant"),)
    meeting: str = Field(sa_type=Id, foreign_key="meeting.id", primary_key=True)
    position: int = Field(primary_key=True)
    participant: str = Field(sa_type=Id, foreign_key="participant.slug", index=True)
    party: str = Field(sa_type=Id, foreign_key="party.code", index=True)
    office: str = Field(sa_type=ShortName)
    role: words.AttendanceRole = Field(sa_type=word(words.AttendanceRole))


# Pledges and their child rows -----------------------------------------------------------------------------------------


class Pledge(Recorded, table=True):
    """A pledge or a position.

    `key` increases in order of entry. `undertaking` is the key of the first pledge of its thread. `is_new` is derived
    from the act and the links: True if the pledge continues no other pledge and is not a reaffirmation.
    """

    __table_args__ = (
        UniqueConstraint("meeting", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("due_from IS NULL OR due_to IS NULL OR due_from <= due_to", name="due_in_order"),
        CheckConstraint("(due_kind IS NULL) = (due_text IS NULL)", name="due_whole"),
        CheckConstraint("(condition_kind IS NULL) = (condition_text IS NULL)", name="condition_whole"),
        CheckConstraint("towards IS NULL OR act IN ('commit', 'agree', 'reaffirm')", name="position_owes_nothing"),
        Index("ix_pledge_newest", text("held_on DESC"), "key"),
        Index("ix_pledge_due", "due_to", "key"),
        Index("ix_pledge_updated", "revision"),
    )
    key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    id: str = Field(sa_type=Id, unique=True)
    meeting: str = Field(sa_type=Id, foreign_key="meeting.id")
    number: int
    held_on: date
    summary: str = Field(sa_type=Text)
    act: words.Act = Field(sa_type=word(words.Act))
    towards: words.TowardsWord | None = Field(default=None, sa_type=word(words.TowardsWord))
    due_kind: words.DueKind | None = Field(default=None, sa_type=word(words.DueKind))
    due_text: str | None = Field(default=None, sa_type=ShortName)
    due_from: date | None = None
    due_to: date | None = None
    due_inferred: str | None = Field(default=None, sa_type=Text)
    condition_kind: words.ConditionKind | None = Field(default=None, sa_type=word(words.ConditionKind))
    condition_text: str | None = Field(default=None, sa_type=ShortName)
    specificity: words.Specificity = Field(sa_type=word(words.Specificity))
    formula: list[str] = Field(sa_type=JSON)
    borderline: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    attested: words.Attested = Field(sa_type=word(words.Attested))
    disputed: bool = False
    undertaking: int = Field(foreign_key="pledge.key", index=True)
    is_new: bool


# These indexes return the pledges of a party, topic, … newest first, so that one index scan gives a page in order. The
# primary keys of the child tables begin with the pledge and the named record, so that a filter such as "has this party"
# is one lookup for each pledge.
_NEWEST = (text("held_on DESC"), "pledge")


class PledgeParty(Row, table=True):
    """The parties of a pledge by role. For `each-other`, each pledgor also has a derived row with role `towards`."""

    __tablename__ = "pledge_party"
    __table_args__ = (Index("ix_pledge_party_newest", "party", "role", *_NEWEST),)
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    party: str = Field(sa_type=Id, foreign_key="party.code", primary_key=True)
    role: words.PartyRole = Field(sa_type=word(words.PartyRole), primary_key=True)
    position: int
    held_on: date
    is_derived: bool = False


class PledgeTopic(Row, table=True):
    """The topics of a pledge by rank. Parent topics have rows without a rank, so that one index scan finds them too."""

    __tablename__ = "pledge_topic"
    __table_args__ = (Index("ix_pledge_topic_newest", "topic", *_NEWEST),)
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    topic: str = Field(sa_type=Id, foreign_key="topic.slug", primary_key=True)
    rank: int | None = None
    held_on: date


class PledgeInstrument(Row, table=True):
    __tablename__ = "pledge_instrument"
    __table_args__ = (Index("ix_pledge_instrument_newest", "instrument", *_NEWEST),)
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    instrument: str = Field(sa_type=Id, foreign_key="instrument.slug", primary_key=True)
    position: int
    held_on: date


class PledgeSpeaker(Row, table=True):
    __tablename__ = "pledge_speaker"
    __table_args__ = (Index("ix_pledge_speaker_newest", "participant", *_NEWEST),)
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    participant: str = Field(sa_type=Id, foreign_key="participant.slug", primary_key=True)
    position: int
    held_on: date


class PledgeCitation(Row, table=True):
    __tablename__ = "citation"
    __table_args__ = (
        CheckConstraint('start >= 0 AND start < "end"', name="span"),
        Index("ix_citation_source_pledge", "source", "pledge"),
    )
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    position: int = Field(primary_key=True)
    source: str = Field(sa_type=Id, foreign_key="source.id")
    zone: words.Zone = Field(sa_type=word(words.Zone))
    start: int
    end: int


_CONTINUES = "target IS NOT NULL AND type IN ('renews', 'strengthens', 'weakens', 'extends', 'supersedes')"


class PledgeLink(Row, table=True):
    """A link to an earlier pledge, or to an undertaking that is not in the book.

    The unique index ensures that a pledge continues at most one other pledge, so that an undertaking is a tree.
    """

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("(target IS NULL) <> (external IS NULL)", name="one_end"),
        CheckConstraint("target <> pledge", name="not_itself"),
        # The migration creates the same index on PostgreSQL. `postgresql_where` would load that dialect at each start.
        Index("uq_link_continuation", "pledge", unique=True, sqlite_where=text(_CONTINUES)),
    )
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    position: int = Field(primary_key=True)
    type: words.LinkType = Field(sa_type=word(words.LinkType))
    target: int | None = Field(default=None, foreign_key="pledge.key", index=True)
    external: str | None = Field(default=None, sa_type=ShortName)
    partial: bool = False


# Assessments ----------------------------------------------------------------------------------------------------------


class Assessment(Recorded, table=True):
    """A statement on how far a party fulfilled a pledge. Only `is_current` changes: it marks the latest of a party."""

    __table_args__ = (UniqueConstraint("pledge", "number"), CheckConstraint("number > 0", name="number"))
    id: str = Field(sa_type=Id, primary_key=True)
    pledge: int = Field(foreign_key="pledge.key")
    number: int
    party: str = Field(sa_type=Id, foreign_key="party.code", index=True)
    fulfilment: words.Fulfilment = Field(sa_type=word(words.Fulfilment))
    effective_on: date
    assessor: str = Field(sa_type=ShortName)
    note: str | None = Field(default=None, sa_type=Text)
    disputes: int | None = None
    is_current: bool


class AssessmentEvidence(Row, table=True):
    __tablename__ = "evidence"
    assessment: str = Field(sa_type=Id, foreign_key="assessment.id", primary_key=True)
    position: int = Field(primary_key=True)
    title: str = Field(sa_type=ShortName)
    publisher: str | None = Field(default=None, sa_type=ShortName)
    url: str | None = Field(default=None, sa_type=Text)
    published_on: date | None = None
    type: words.EvidenceType = Field(sa_type=word(words.EvidenceType))


# Ledger and keys ------------------------------------------------------------------------------------------------------


class Revision(Row, table=True):
    """One write of one record, with its new document and its hash. Triggers prevent changes and deletions."""

    __table_args__ = (UniqueConstraint("entity", "id", "version"),)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str = Field(max_length=27)
    actor: str = Field(max_length=100)
    entity: words.Entity = Field(sa_type=word(words.Entity))
    id: str = Field(sa_type=Id)
    version: int
    operation: words.Operation = Field(sa_type=word(words.Operation))
    document: str = Field(sa_type=Text)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


class ApiKey(Row, table=True):
    """An API key. Only its SHA-256 hash is stored. Its name is the `actor` in the ledger."""

    __tablename__ = "api_key"
    name: str = Field(max_length=100, primary_key=True)
    hash: str = Field(max_length=64, unique=True)
    scope: words.Scope = Field(sa_type=word(words.Scope))
    created_at: str = Field(max_length=27)
    expires_on: date | None = None
    revoked_at: str | None = Field(default=None, max_length=27)


class Idempotency(Row, table=True):
    """The stored response to a POST with an `Idempotency-Key`, which is sent again if the request is repeated."""

    actor: str = Field(max_length=100, primary_key=True)
    key: str = Field(max_length=200, primary_key=True)
    method: str = Field(max_length=10)
    target: str = Field(sa_type=Text)
    body_hash: str = Field(max_length=64)
    status: int
    answer: str = Field(sa_type=Text)
    location: str | None = Field(default=None, sa_type=Text)
    etag: str | None = Field(default=None, max_length=100)
    at: str = Field(max_length=27, index=True)


def columns(table: type[SQLModel]) -> Any:
    """The SQLAlchemy Core table of a model."""
    return table.__table__  # type: ignore[attr-defined]
