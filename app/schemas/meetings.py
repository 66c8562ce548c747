"""Shapes of a meeting with its people, sources and pledges: a posted statement, and the last kind of book line."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.schemas.fields import Day, Misplaced, Name, Number, PartyCode, Prose, Shape, Slug, Unique
from app.schemas.pledges import ParticipantRef, PledgeCreate, SourceRef
from app.schemas.records import InstrumentLine, ParticipantLine, PartyLine, Retracted, SourceLine, TopicLine, Version
from app.schemas.vocabulary import AttendanceRole, Coverage, Level, MeetingType


class Attendance(Shape):
    """A person at a meeting: for which party, in which office on that day, in which role."""

    participant: ParticipantRef
    party: PartyCode
    office: Name
    role: AttendanceRole = AttendanceRole.principal


class PublicAttendance(Attendance):
    participant: Slug


MOST_PLEDGES = 2000
FieldName = Annotated[str, Field(pattern="^[a-z_]+$", max_length=40)]


class MeetingBody(Shape):
    """What is said of a meeting itself, without its id and its pledges."""

    title: Name
    type: MeetingType
    level: Level
    series: Annotated[Slug | None, Field(description="The row of meetings it belongs to, such as kor-usa-2plus2.")] = (
        None
    )
    ordinal: Annotated[Number | None, Field(description="Its number in the series, as stated.")] = None
    held_on: Day
    ended_on: Annotated[Day | None, Field(description="The last day, where it took more than one.")] = None
    city: Name | None = None
    venue: Name | None = None
    parties: Annotated[list[PartyCode], Unique, Field(min_length=1, max_length=200)]
    coverage: Annotated[Coverage, Field(description="full-text only if the statement's own text is among the sources.")]
    inferred: Annotated[
        dict[FieldName, Prose],
        Field(max_length=20, description="For each field the sources do not state outright, why it is so."),
    ] = {}
    sources: Annotated[list[SourceRef], Unique, Field(min_length=1, max_length=50)]
    participants: Annotated[list[Attendance], Field(max_length=500)] = []

    @model_validator(mode="after")
    def _in_order(self) -> "MeetingBody":
        if self.ended_on and self.ended_on < self.held_on:
            raise Misplaced("must not be before `held_on`", "ended_on")
        unknown = [field for field in self.inferred if field not in MeetingBody.model_fields]
        if unknown:
            raise Misplaced("must be keyed by fields of the meeting, such as held_on or ordinal", "inferred")
        return self


class MeetingCreate(MeetingBody):
    """A meeting with its pledges, whole. An id left out is made of day, parties and type."""

    kind: Annotated[Literal["meeting"], Field(description="What the line is; may be left out of a POST.")] = "meeting"
    id: Slug | None = None
    pledges: Annotated[list[PledgeCreate], Field(max_length=MOST_PLEDGES)] = []
    retracted: Retracted = None

    @model_validator(mode="after")
    def _numbered_once(self) -> "MeetingCreate":
        numbers: set[int] = set()
        for index, pledge in enumerate(self.pledges):
            if pledge.number in numbers:
                raise Misplaced("must be a number that no other pledge of the meeting has", "pledges", index, "number")
            if pledge.number is not None:
                numbers.add(pledge.number)
        return self


class MeetingLine(MeetingCreate):
    kind: Literal["meeting"]


class MeetingPublic(Shape):
    """A meeting as it is read; its pledges are records of their own."""

    id: Slug
    title: Name
    type: MeetingType
    level: Level
    series: Slug | None
    ordinal: Number | None
    held_on: Day
    ended_on: Day | None
    city: Name | None
    venue: Name | None
    parties: list[PartyCode]
    coverage: Coverage
    inferred: dict[FieldName, Prose]
    sources: list[Slug]
    participants: list[PublicAttendance]
    retracted: Retracted
    version: Version


Line = Annotated[
    PartyLine | TopicLine | InstrumentLine | ParticipantLine | SourceLine | MeetingLine, Field(discriminator="kind")
]
"""One line of a book."""
