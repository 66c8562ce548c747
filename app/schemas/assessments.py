"""Shapes of assessments: what came of a pledge on one party's side, as somebody judged it, with evidence."""

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Day, Name, Number, PartyCode, PledgeId, Prose, Shape, Url
from app.schemas.records import Retracted, Version
from app.schemas.vocabulary import EvidenceType, Fulfilment


class Evidence(Shape):
    """What a judgement rests on. The address is stored, never fetched."""

    title: Name
    publisher: Name | None = None
    url: Url | None = None
    published_on: Day | None = None
    type: EvidenceType


class AssessmentBody(Shape):
    """A judgement without its number."""

    party: Annotated[PartyCode, Field(description="Whose side is judged: one of the pledgors.")]
    fulfilment: Fulfilment
    effective_on: Annotated[
        Day, Field(description="From which day it is so; not before the pledge, not in the future.")
    ]
    evidence: Annotated[list[Evidence], Field(min_length=1, max_length=50)]
    assessor: Name
    note: Prose | None = None
    disputes: Annotated[Number | None, Field(description="The number of the assessment it contradicts.")] = None


class AssessmentPost(AssessmentBody):
    """A judgement as it is posted; its number is the next free one."""


class AssessmentCreate(AssessmentBody):
    """A judgement as it stands in a book line."""

    number: Number


class AssessmentPublic(Shape):
    """An assessment as it is read."""

    id: str
    pledge: PledgeId
    number: Number
    party: PartyCode
    fulfilment: Fulfilment
    effective_on: Day
    evidence: list[Evidence]
    assessor: Name
    note: Prose | None
    disputes: Number | None
    retracted: Retracted
    version: Version


class Standing(Shape):
    """Where one party stands with a pledge, by its latest assessment."""

    party: PartyCode
    fulfilment: Fulfilment
    score: Annotated[int | None, Field(description="+1 kept, 0 under way, −1 broken; null where there is no score.")]
    is_late: Annotated[bool | None, Field(description="Against the last day it was due; null without such a day.")]
    days_late: int | None


class AssessmentPage(Shape):
    items: list[AssessmentPublic]
    next: None
    standing: list[Standing]
