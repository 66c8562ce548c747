"""Shapes of lists and composed answers: stored documents, and what stands beside them."""

from typing import Annotated

from pydantic import Field

from app.schemas.assessments import AssessmentPublic
from app.schemas.facets import FacetName, FacetValue, TopicBranch
from app.schemas.fields import Shape
from app.schemas.meetings import MeetingPublic
from app.schemas.pledges import PledgePublic
from app.schemas.records import InstrumentPublic, ParticipantPublic, PartyPublic, SourcePublic, TopicPublic

Highlights = Annotated[
    dict[str, str] | None,
    Field(
        description="With `highlight=true`: by id, the record's words as HTML, those that meet `q` in `<mark>`.",
        examples=[{"2024-10-31-kor-usa-2plus2-10": "Make U.S. <mark>strategic assets</mark> more visible"}],
    ),
]
Next = Annotated[str | None, Field(description="Send it back as `cursor=`; null on the last page.")]


class Included(Shape):
    """The records that a page refers to, on request."""

    meetings: list[MeetingPublic] = []
    sources: list[SourcePublic] = []
    participants: list[ParticipantPublic] = []
    assessments: list[AssessmentPublic] = []


class PledgePage(Shape):
    items: list[PledgePublic]
    next: Next
    included: Included | None = None
    highlights: Highlights = None
    facets: dict[FacetName, list[FacetValue]] | None = None


class MeetingPage(Shape):
    items: list[MeetingPublic]
    next: Next
    highlights: Highlights = None


class PartyPage(Shape):
    items: list[PartyPublic]
    next: Next


class TopicPage(Shape):
    items: list[TopicBranch | TopicPublic]
    next: Next


class InstrumentPage(Shape):
    items: list[InstrumentPublic]
    next: Next


class ParticipantPage(Shape):
    items: list[ParticipantPublic]
    next: Next


class SourcePage(Shape):
    items: list[SourcePublic]
    next: Next


class PledgesPosted(Shape):
    """The pledges as they were written, in the order they were sent."""

    items: list[PledgePublic]


class MeetingPosted(MeetingPublic):
    """A meeting as it was written, with its pledges."""

    pledges: list[PledgePublic]
