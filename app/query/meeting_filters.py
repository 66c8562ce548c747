"""The filters of meetings: which ones, and what that is as SQL."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Connection, exists

from app.query.filters import Names, attendance, has, meeting, pledge
from app.schemas.fields import Day
from app.schemas.vocabulary import Coverage, Entity, Level, MeetingType
from app.search.conditions import HOW_SEARCHED, said_at_meeting
from app.search.names import Resolver
from app.store import models
from app.store.models import columns


class MeetingFilters(BaseModel):
    """Which meetings. A repeated parameter is OR, different ones are AND."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: Names = Field([], description="Of this party. Any name works: `KOR`, `ROK`, `South Korea`.")
    type: Annotated[list[MeetingType], Field(max_length=50)] = Field([], description="Of this type.")
    level: Annotated[list[Level], Field(max_length=50)] = Field([], description="At this level.")
    series: Names = Field([], description="In this series: `kor-usa-2plus2`.")
    participant: Names = Field([], description="Attended by this person, under any spelling.")
    topic: Names = Field([], description="With a pledge or position on this topic, or for a parent on its children.")
    coverage: Annotated[list[Coverage], Field(max_length=50)] = Field([], description="Known in this way.")
    held_on__gte: Day | None = Field(None, description="Held on this day or later.")
    held_on__lt: Day | None = Field(None, description="Held before this day.")
    q: str | None = Field(
        None,
        description='Words, "phrases", -not and prefix*: each must be met by the title, place, parties, persons or '
        "type of the meeting, or by one of its pledges or positions." + HOW_SEARCHED,
        json_schema_extra={"example": "Washington OPCON"},
    )


def meeting_conditions(connection: Connection, query: MeetingFilters) -> list[ColumnElement[bool]]:
    """Every condition of a question for meetings."""
    names = Resolver(connection)
    conditions: list[ColumnElement[bool]] = [meeting.c.retracted.is_(None)]
    if query.party:
        members = columns(models.MeetingParty)
        parties = names.named("party", Entity.party, query.party)
        conditions.append(exists().where(members.c.meeting == meeting.c.id, members.c.party.in_(parties)))
    if query.participant:
        people = names.named("participant", Entity.participant, query.participant)
        conditions.append(exists().where(attendance.c.meeting == meeting.c.id, attendance.c.participant.in_(people)))
    if query.topic:
        on_topic = has(models.PledgeTopic, "topic", names.exact("topic", Entity.topic, query.topic))
        conditions.append(exists().where(pledge.c.meeting == meeting.c.id, pledge.c.retracted.is_(None), on_topic))
    for column, values in (
        (meeting.c.series, names.series(query.series)),
        (meeting.c.type, query.type),
        (meeting.c.level, query.level),
        (meeting.c.coverage, query.coverage),
    ):
        if values:
            conditions.append(column.in_(values))
    if query.held_on__gte:
        conditions.append(meeting.c.held_on >= query.held_on__gte)
    if query.held_on__lt:
        conditions.append(meeting.c.held_on < query.held_on__lt)
    names.refuse()
    if query.q is not None and query.q.strip():
        conditions += said_at_meeting(connection, query.q)
    return conditions
