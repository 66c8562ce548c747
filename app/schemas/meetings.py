"""Schemas of meetings, with their participants, sources and pledges; and `Line`, the union of all document lines."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.schemas.fields import Day, FieldError, Name, Number, PartyCode, Prose, Schema, Slug, Unique
from app.schemas.pledges import ParticipantRef, PledgeCreate, SourceRef
from app.schemas.records import (
    KIND,
    HeldOn,
    InstrumentLine,
    OfficeName,
    ParticipantLine,
    PartyLine,
    RepresentedParty,
    Retracted,
    Role,
    SourceLine,
    TopicLine,
    VersionNumber,
)
from app.schemas.vocabulary import AttendanceRole, Coverage, Level, MeetingType


class Attendance(Schema):
    """A person at a meeting: the party represented, the office on that day, and the role."""

    participant: Annotated[
        ParticipantRef, Field(description="The slug of the participant, or the whole new participant.")
    ]
    party: RepresentedParty
    office: OfficeName
    role: Role = AttendanceRole.principal


class PublicAttendance(Attendance):
    """A person at a meeting, as it is read."""

    participant: Annotated[Slug, Field(description="The slug of the participant.")]


MOST_PLEDGES = 2000
FieldName = Annotated[str, Field(pattern="^[a-z_]+$", max_length=40)]

Title = Annotated[Name, Field(description="The title of the meeting, in English.")]
TypeOfMeeting = Annotated[MeetingType, Field(description="The kind of meeting.")]
LevelOfMeeting = Annotated[Level, Field(description="The rank of the persons who represented the parties.")]
Series = Annotated[
    Slug | None,
    Field(description="The slug of the series of meetings it belongs to, such as kor-usa-2plus2; null if none."),
]
Ordinal = Annotated[
    Number | None, Field(description="The number of the meeting in its series; null if the sources do not state it.")
]
EndedOn = Annotated[
    Day | None, Field(description="The last day (YYYY-MM-DD) of a meeting of several days; null for one day.")
]
City = Annotated[Name | None, Field(description="The city, in English; null if not known or not in one place.")]
Venue = Annotated[Name | None, Field(description="The building or place in the city; null if not known.")]
Parties = Annotated[list[PartyCode], Field(description="Codes of the parties that met or made the statement.")]
MeetingCoverage = Annotated[
    Coverage, Field(description="Whether the sources include the statement's own text or only reports.")
]
Inferred = Annotated[
    dict[FieldName, Prose],
    Field(description="The reason for each field that the sources do not state, keyed by field name; {} if none."),
]


class MeetingBody(Schema):
    """The fields of a meeting that a person writes, without its id and its pledges."""

    title: Title
    type: TypeOfMeeting
    level: LevelOfMeeting
    series: Series = None
    ordinal: Ordinal = None
    held_on: HeldOn
    ended_on: EndedOn = None
    city: City = None
    venue: Venue = None
    parties: Annotated[Parties, Unique, Field(min_length=1, max_length=200)]
    coverage: MeetingCoverage
    inferred: Annotated[Inferred, Field(max_length=20)] = {}
    sources: Annotated[
        list[SourceRef],
        Unique,
        Field(min_length=1, max_length=50, description="The sources: their ids, or whole new sources."),
    ]
    participants: Annotated[
        list[Attendance], Field(max_length=500, description="The persons who attended, with their offices.")
    ] = []

    @model_validator(mode="after")
    def _in_order(self) -> "MeetingBody":
        if self.ended_on and self.ended_on < self.held_on:
            raise FieldError("must not be before `held_on`", "ended_on")
        unknown = [field for field in self.inferred if field not in MeetingBody.model_fields]
        if unknown:
            raise FieldError("must have fields of the meeting as its keys, such as held_on or ordinal", "inferred")
        return self


class MeetingCreate(MeetingBody):
    """A meeting with all its pledges."""

    kind: Annotated[Literal["meeting"], Field(description="The kind of record; optional in a POST.")] = "meeting"
    id: Annotated[
        Slug | None,
        Field(description="The id of the meeting; null to generate it from the day, the parties and the type."),
    ] = None
    pledges: Annotated[
        list[PledgeCreate], Field(max_length=MOST_PLEDGES, description="The pledges and positions of the meeting.")
    ] = []
    retracted: Retracted = None

    @model_validator(mode="after")
    def _numbered_once(self) -> "MeetingCreate":
        numbers: set[int] = set()
        for index, pledge in enumerate(self.pledges):
            if pledge.number in numbers:
                raise FieldError("must be a number that no other pledge of the meeting has", "pledges", index, "number")
            if pledge.number is not None:
                numbers.add(pledge.number)
        return self


class MeetingLine(MeetingCreate):
    """A meeting with all its pledges, as a document line."""

    kind: Annotated[Literal["meeting"], KIND]


class MeetingPublic(Schema):
    """A meeting as it is read. Its pledges are separate records."""

    id: Annotated[Slug, Field(description="The id of the meeting: a slug that never changes.")]
    title: Title
    type: TypeOfMeeting
    level: LevelOfMeeting
    series: Series
    ordinal: Ordinal
    held_on: HeldOn
    ended_on: EndedOn
    city: City
    venue: Venue
    parties: Parties
    coverage: MeetingCoverage
    inferred: Inferred
    sources: Annotated[list[Slug], Field(description="The ids of the sources.")]
    participants: Annotated[list[PublicAttendance], Field(description="The persons who attended, with their offices.")]
    retracted: Retracted
    version: VersionNumber


Line = Annotated[
    PartyLine | TopicLine | InstrumentLine | ParticipantLine | SourceLine | MeetingLine, Field(discriminator="kind")
]
"""A document line of a seed file or export."""
