"""Schemas of assessments: statements on how far one party has fulfilled a pledge, with evidence."""

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Day, Name, Number, PartyCode, PledgeId, Prose, Schema
from app.schemas.records import PublishedOn, Retracted, VersionNumber, WebAddress
from app.schemas.vocabulary import EvidenceType, Fulfilment

AssessedParty = Annotated[PartyCode, Field(description="The code of the party assessed: one of the pledgors.")]
Fulfilled = Annotated[Fulfilment, Field(description="How far the party has fulfilled the pledge.")]
EffectiveOn = Annotated[
    Day,
    Field(
        description="The day from which the assessment applies (YYYY-MM-DD); not before the pledge and not in the "
        "future."
    ),
]
Assessor = Annotated[Name, Field(description="The person or organisation that made the assessment.")]
AssessmentNote = Annotated[Prose | None, Field(description="A comment of the assessor; null if there is none.")]
Disputes = Annotated[
    Number | None,
    Field(description="The number of an earlier assessment of the pledge that this one contradicts; null if none."),
]
AssessmentNumber = Annotated[
    Number, Field(description="The number of the assessment among those of the pledge; never used again.")
]


class Evidence(Schema):
    """A document that supports an assessment."""

    title: Annotated[Name, Field(description="The title of the document.")]
    publisher: Annotated[Name | None, Field(description="The publisher of the document; null if not known.")] = None
    url: WebAddress = None
    published_on: PublishedOn = None
    type: Annotated[
        EvidenceType,
        Field(description="The kind of evidence; announcements alone cannot show progress."),
    ]


EvidenceList = Annotated[list[Evidence], Field(description="The evidence for the assessment.")]


class AssessmentBody(Schema):
    """The fields of an assessment that a person writes, without its number."""

    party: AssessedParty
    fulfilment: Fulfilled
    effective_on: EffectiveOn
    evidence: Annotated[EvidenceList, Field(min_length=1, max_length=50)]
    assessor: Assessor
    note: AssessmentNote = None
    disputes: Disputes = None


class AssessmentPost(AssessmentBody):
    """An assessment as it is posted. It receives the next free number."""


class AssessmentCreate(AssessmentBody):
    """An assessment in a document line."""

    number: AssessmentNumber


class AssessmentPublic(Schema):
    """An assessment as it is read."""

    id: Annotated[str, Field(description="The id of the assessment: the pledge's id, `-a` and the number.")]
    pledge: Annotated[PledgeId, Field(description="The id of the pledge assessed.")]
    number: AssessmentNumber
    party: AssessedParty
    fulfilment: Fulfilled
    effective_on: EffectiveOn
    evidence: EvidenceList
    assessor: Assessor
    note: AssessmentNote
    disputes: Disputes
    retracted: Retracted
    version: VersionNumber


class Standing(Schema):
    """The latest assessment of one party, with its score and its delay."""

    party: AssessedParty
    fulfilment: Fulfilled
    score: Annotated[
        int | None,
        Field(
            description="1 for fulfilled or upheld, 0 for not started, in progress, stalled or partly fulfilled, −1 "
            "for not fulfilled or renounced; null for the others."
        ),
    ]
    is_late: Annotated[bool | None, Field(description="True if `days_late` is above 0; null if `days_late` is null.")]
    days_late: Annotated[
        int | None,
        Field(
            description="Days from the last day it was due to its fulfilment, or to today if it is not fulfilled; "
            "null without such a day or where lateness does not apply."
        ),
    ]


class AssessmentPage(Schema):
    """All assessments of a pledge, in order of their numbers."""

    items: Annotated[list[AssessmentPublic], Field(description="The assessments.")]
    next: Annotated[None, Field(description="Always null: all assessments are on one page.")]
    standing: Annotated[
        list[Standing], Field(description="The latest assessment of each party assessed, in order of party code.")
    ]
