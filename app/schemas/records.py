"""Shapes of what pledges refer to: parties, topics, instruments, participants and sources.

Each comes as Create (what a person writes), Line (with `kind`, a line of a book) and Public (with `version`, as read).
"""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.fields import Day, Language, Name, Names, Offset, PartyCode, Prose, Sha256, Shape, Slug, Unique, Url
from app.schemas.vocabulary import AttendanceRole, InstrumentType, PartyType, SourceType

Aliases = Annotated[list[Name], Unique, Field(max_length=100, description="Other names and abbreviations in use.")]
Retracted = Annotated[
    Prose | None, Field(description="Why the record was withdrawn as coded in error; null while it stands.")
]
Version = Annotated[int, Field(ge=1, description="Counts the accepted writes of this record, from 1.")]


class PartyCreate(Shape):
    """A state (ISO 3166-1 alpha-3), an organisation, or a named group of states."""

    code: PartyCode
    type: PartyType
    name: Name
    names: Names = {}
    aliases: Aliases = []
    retracted: Retracted = None


class PartyLine(PartyCreate):
    kind: Literal["party"]


class PartyPublic(PartyCreate):
    version: Version


class TopicCreate(Shape):
    """What pledges are about, in two levels. A query for a parent includes its children."""

    slug: Slug
    parent: Slug | None = None
    name: Name
    names: Names = {}
    definition: Prose
    cues: Annotated[list[Name], Unique, Field(max_length=200, description="Words that point to the topic.")] = []
    retracted: Retracted = None


class TopicLine(TopicCreate):
    kind: Literal["topic"]


class TopicPublic(TopicCreate):
    version: Version


class InstrumentCreate(Shape):
    """A named treaty, declaration, plan, body or exercise, under one slug whatever its spelling."""

    slug: Slug
    type: InstrumentType
    name: Name
    aliases: Aliases = []
    retracted: Retracted = None


class InstrumentLine(InstrumentCreate):
    kind: Literal["instrument"]


class InstrumentPublic(InstrumentCreate):
    version: Version


class Spelling(Shape):
    """A spelling under which a person is met; `is_error` marks a slip of the source."""

    name: Name
    is_error: Annotated[bool, Field(strict=True)] = False


class ParticipantCreate(Shape):
    """A person. Offices belong to meetings: the same person holds different ones on different days."""

    slug: Slug
    name: Name
    names: Names = {}
    aliases: Annotated[list[Spelling], Unique, Field(max_length=100, description="Every spelling met.")] = []
    retracted: Retracted = None


class ParticipantLine(ParticipantCreate):
    kind: Literal["participant"]


class Office(Shape):
    """The office a person held on the day of a meeting."""

    meeting: Slug
    held_on: Day
    party: PartyCode
    office: Name
    role: AttendanceRole


class ParticipantPublic(ParticipantCreate):
    version: Version
    offices: Annotated[list[Office] | None, Field(description="On request (`include=offices`), the newest first.")] = (
        None
    )


class SourceCreate(Shape):
    """A text that pledges are cited from. The text itself is not kept: its SHA-256 and its length identify it."""

    id: Slug
    type: SourceType
    issued_by: Annotated[
        list[PartyCode],
        Unique,
        Field(max_length=50, description="Whose organ published it, or whose announcement it is."),
    ] = []
    publisher: Name | None = None
    title: Name
    language: Language
    published_on: Day | None = None
    url: Url | None = None
    sha256: Sha256
    length: Annotated[Offset, Field(ge=1, description="Unicode code points of the text.")]
    retracted: Retracted = None


class SourceLine(SourceCreate):
    kind: Literal["source"]


class SourcePublic(SourceCreate):
    version: Version
