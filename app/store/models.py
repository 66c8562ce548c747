"""Every table of the book. The schema itself comes from `migrations/`; `alembic check` holds the two together.

Reading order: what pledges refer to, meetings, pledges with their parts, what came of them, the ledger, the door.
Each record of the book carries `version` and `revision` (the ledger's `seq` of the document that stands). Days are
copied (`held_on`) into the tables that pledges are listed by, so that one index gives a page in order. Nothing
cascades: whoever replaces the parts of a record says so.
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
    """What has a table. Rows are not checked as they are made, so what would check them need not stand at the start."""

    model_config = {"defer_build": True}


class Recorded(Row):
    """What every record of the book carries: why it was withdrawn if it was, and where the ledger has it."""

    retracted: str | None = Field(default=None, sa_type=Text)
    version: int
    revision: int = Field(foreign_key="revision.seq")


class Named(Recorded):
    """A record that people find by any of its names; `folded` is the name as searched for."""

    name: str = Field(sa_type=ShortName)
    folded: str = Field(sa_type=ShortName, index=True)


class Alias(Row):
    """A further name: in another language (`language` set), an alias, or a topic's cue."""

    language: str | None = Field(default=None, max_length=12)
    name: str = Field(sa_type=ShortName)
    folded: str = Field(sa_type=ShortName, index=True)


# What pledges refer to ------------------------------------------------------------------------------------------------


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
    # The parties' codes, sorted and joined: meetings of exactly the same parties share it.
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
    """A person at a meeting, in that day's office."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting", "participant"),)
    meeting: str = Field(sa_type=Id, foreign_key="meeting.id", primary_key=True)
    position: int = Field(primary_key=True)
    participant: str = Field(sa_type=Id, foreign_key="participant.slug", index=True)
    party: str = Field(sa_type=Id, foreign_key="party.code", index=True)
    office: str = Field(sa_type=ShortName)
    role: words.AttendanceRole = Field(sa_type=word(words.AttendanceRole))


# Pledges and their parts ----------------------------------------------------------------------------------------------


class Pledge(Recorded, table=True):
    """A pledge or a position. `key` rises in order of entry; `undertaking` is the key of its thread's first pledge;
    `is_new` tells what the document's act and links say."""

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


# A pledge's parts are found newest first: one index scan gives a page in order. Their primary keys begin with the
# pledge and what the part names, so that "has this party" is one lookup for each pledge.
_NEWEST = (text("held_on DESC"), "pledge")


class PledgeParty(Row, table=True):
    """Who is bound, to whom, about whom. Under `each-other` every pledgor is owed too, in a row marked derived."""

    __tablename__ = "pledge_party"
    __table_args__ = (Index("ix_pledge_party_newest", "party", "role", *_NEWEST),)
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    party: str = Field(sa_type=Id, foreign_key="party.code", primary_key=True)
    role: words.PartyRole = Field(sa_type=word(words.PartyRole), primary_key=True)
    position: int
    held_on: date
    is_derived: bool = False


class PledgeTopic(Row, table=True):
    """A pledge's topics by rank, and a row without rank for each parent, so that a parent is one index walk."""

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
    """To an earlier pledge, or to an undertaking outside the book. The unique index makes undertakings trees."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("(target IS NULL) <> (external IS NULL)", name="one_end"),
        CheckConstraint("target <> pledge", name="not_itself"),
        # PostgreSQL's is the same; to say so here would load its dialect at every start.
        Index("uq_link_continuation", "pledge", unique=True, sqlite_where=text(_CONTINUES)),
    )
    pledge: int = Field(foreign_key="pledge.key", primary_key=True)
    position: int = Field(primary_key=True)
    type: words.LinkType = Field(sa_type=word(words.LinkType))
    target: int | None = Field(default=None, foreign_key="pledge.key", index=True)
    external: str | None = Field(default=None, sa_type=ShortName)
    partial: bool = False


# What came of them ----------------------------------------------------------------------------------------------------


class Assessment(Recorded, table=True):
    """A judgement on one party's side of a pledge. Never changed; `is_current` marks the latest of each party."""

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


# The ledger and the door ----------------------------------------------------------------------------------------------


class Revision(Row, table=True):
    """One accepted write of one record: the document it had from then on, chained by hash and kept by triggers."""

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
    """Who may write. Only the SHA-256 of a key is kept; its name is the actor in the ledger."""

    __tablename__ = "api_key"
    name: str = Field(max_length=100, primary_key=True)
    hash: str = Field(max_length=64, unique=True)
    scope: words.Scope = Field(sa_type=word(words.Scope))
    created_at: str = Field(max_length=27)
    expires_on: date | None = None
    revoked_at: str | None = Field(default=None, max_length=27)


class Idempotency(Row, table=True):
    """The first answer to a writing POST under a key the client chose, kept for replays."""

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
    """The Core table behind a model, for statements that write many rows at once."""
    return table.__table__  # type: ignore[attr-defined]
