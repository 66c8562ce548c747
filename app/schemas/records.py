"""Schemas of the registers: parties, topics, instruments, participants and sources.

Each record has three models: Create (the body of a POST), Line (a document line, with `kind`) and Public (the
document that is read, with `version`).
"""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.fields import (
    Day,
    Language,
    Name,
    Names,
    Offset,
    PartyCode,
    Prose,
    Schema,
    Sha256,
    Slug,
    Unique,
    Url,
)
from app.schemas.vocabulary import AttendanceRole, InstrumentType, PartyType, SourceType

Aliases = Annotated[list[Name], Unique, Field(max_length=100, description="Other names and abbreviations in use.")]
Retracted = Annotated[
    Prose | None,
    Field(description="Why the record was retracted; null if it is not retracted."),
]
VersionNumber = Annotated[int, Field(ge=1, description="The number of this version of the record, counted from 1.")]
OwnSlug = Annotated[Slug, Field(description="The id of the record: a slug that never changes.")]
MeetingId = Annotated[Slug, Field(description="The id of the meeting.")]
HeldOn = Annotated[Day, Field(description="The day of the meeting (YYYY-MM-DD), the first one if it lasted longer.")]
OfficeName = Annotated[Name, Field(description="The office that the person held on the day of the meeting.")]
Role = Annotated[AttendanceRole, Field(description="The person's role at the meeting.")]
RepresentedParty = Annotated[PartyCode, Field(description="The code of the party that the person represented.")]
PublishedOn = Annotated[Day | None, Field(description="The day of publication (YYYY-MM-DD); null if not known.")]
WebAddress = Annotated[
    Url | None, Field(description="The web address (http or https), which is never requested; null if there is none.")
]
KIND = Field(description="The kind of record on this line.")


class PartyCreate(Schema):
    """A party: a state, an organisation, or a named group of states."""

    code: Annotated[PartyCode, Field(description="The id of the party; for a state its ISO 3166-1 alpha-3 code.")]
    type: Annotated[PartyType, Field(description="Whether the party is a state, an organisation or a group.")]
    name: Annotated[Name, Field(description="The usual name in English.")]
    names: Names = {}
    aliases: Aliases = []
    retracted: Retracted = None


class PartyLine(PartyCreate):
    """A party as a document line."""

    kind: Annotated[Literal["party"], KIND]


class PartyPublic(PartyCreate):
    """A party as it is read."""

    version: VersionNumber


class TopicCreate(Schema):
    """A topic of pledges. Topics have two levels, and a query for a parent topic includes its children."""

    slug: OwnSlug
    parent: Annotated[Slug | None, Field(description="The slug of the parent topic; null for a top-level topic.")] = (
        None
    )
    name: Annotated[Name, Field(description="The name in English.")]
    names: Names = {}
    definition: Annotated[Prose, Field(description="What the topic covers.")]
    cues: Annotated[
        list[Name], Unique, Field(max_length=200, description="Words in a text that indicate the topic, for drafting.")
    ] = []
    retracted: Retracted = None


class TopicLine(TopicCreate):
    """A topic as a document line."""

    kind: Annotated[Literal["topic"], KIND]


class TopicPublic(TopicCreate):
    """A topic as it is read."""

    version: VersionNumber


class InstrumentCreate(Schema):
    """An instrument: a named treaty, declaration, plan, body or exercise, with one slug for all its spellings."""

    slug: OwnSlug
    type: Annotated[InstrumentType, Field(description="The type of the instrument.")]
    name: Annotated[Name, Field(description="The full name in English.")]
    aliases: Aliases = []
    retracted: Retracted = None


class InstrumentLine(InstrumentCreate):
    """An instrument as a document line."""

    kind: Annotated[Literal["instrument"], KIND]


class InstrumentPublic(InstrumentCreate):
    """An instrument as it is read."""

    version: VersionNumber


class Spelling(Schema):
    """A spelling of a person's name that occurs in a source."""

    name: Annotated[Name, Field(description="The name in this spelling.")]
    is_error: Annotated[bool, Field(strict=True, description="True if the spelling is a mistake of the source.")] = (
        False
    )


class ParticipantCreate(Schema):
    """A participant: a person at meetings. Offices belong to meetings, because a person's office changes."""

    slug: OwnSlug
    name: Annotated[Name, Field(description="The person's name in Latin script.")]
    names: Names = {}
    aliases: Annotated[
        list[Spelling], Unique, Field(max_length=100, description="Other spellings of the name in sources.")
    ] = []
    retracted: Retracted = None


class ParticipantLine(ParticipantCreate):
    """A participant as a document line."""

    kind: Annotated[Literal["participant"], KIND]


class Office(Schema):
    """The office that a person held on the day of a meeting."""

    meeting: MeetingId
    held_on: HeldOn
    party: RepresentedParty
    office: OfficeName
    role: Role


class ParticipantPublic(ParticipantCreate):
    """A participant as it is read."""

    version: VersionNumber
    offices: Annotated[
        list[Office] | None,
        Field(description="The person's offices, newest first; only with `include=offices`."),
    ] = None


class SourceCreate(Schema):
    """A source: a text that pledges cite. The SHA-256 hash and the length identify the text."""

    id: OwnSlug
    type: Annotated[SourceType, Field(description="The kind of source.")]
    issued_by: Annotated[
        list[PartyCode],
        Unique,
        Field(
            max_length=50,
            description="Codes of the parties that published the text or whose announcement it reports; [] for none.",
        ),
    ] = []
    publisher: Annotated[Name | None, Field(description="The publisher, such as a newspaper; null if not known.")] = (
        None
    )
    title: Annotated[Name, Field(description="The title of the text.")]
    language: Annotated[Language, Field(description="The language tag of the text, such as en, ko or zh-Hant.")]
    published_on: PublishedOn = None
    url: WebAddress = None
    sha256: Sha256
    length: Annotated[Offset, Field(ge=1, description="The length of the text in Unicode code points.")]
    retracted: Retracted = None


class SourceLine(SourceCreate):
    """A source as a document line."""

    kind: Annotated[Literal["source"], KIND]


class SourcePublic(SourceCreate):
    """A source as it is read."""

    version: VersionNumber
