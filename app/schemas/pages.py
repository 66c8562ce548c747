"""Schemas of lists and of responses made of several records."""

from typing import Annotated

from pydantic import Field

from app.schemas.assessments import AssessmentPublic
from app.schemas.facets import FacetName, FacetValue, TopicBranch
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingPublic
from app.schemas.pledges import PledgePublic
from app.schemas.records import InstrumentPublic, ParticipantPublic, PartyPublic, SourcePublic, TopicPublic

Highlights = Annotated[
    dict[str, str] | None,
    Field(
        description="With `highlight=true`: the text of each record as HTML, keyed by id, with the words that match "
        "`q` in `<mark>`.",
        examples=[{"2024-10-31-kor-usa-2plus2-10": "Make U.S. <mark>strategic assets</mark> more visible"}],
    ),
]
Next = Annotated[
    str | None, Field(description="The cursor of the next page, to send as `cursor=`; null on the last page.")
]
ITEMS = Field(description="The records of this page.")


class Included(Schema):
    """The records that a page of pledges refers to, for each kind named in `include=`."""

    meetings: Annotated[list[MeetingPublic], Field(description="The meetings, with `include=meetings`.")] = []
    sources: Annotated[list[SourcePublic], Field(description="The sources cited, with `include=sources`.")] = []
    participants: Annotated[
        list[ParticipantPublic],
        Field(description="The participants of the meetings and the speakers, with `include=participants`."),
    ] = []
    assessments: Annotated[
        list[AssessmentPublic], Field(description="The assessments of the pledges, with `include=assessments`.")
    ] = []


class PledgePage(Schema):
    """One page of pledges and positions."""

    items: Annotated[list[PledgePublic], ITEMS]
    next: Next
    included: Annotated[Included | None, Field(description="With `include=`: the records that the page refers to.")] = (
        None
    )
    highlights: Highlights = None
    facets: Annotated[
        dict[FacetName, list[FacetValue]] | None,
        Field(description="With `facets=`: the values of each facet, counted over all pages."),
    ] = None


class MeetingPage(Schema):
    """One page of meetings."""

    items: Annotated[list[MeetingPublic], ITEMS]
    next: Next
    highlights: Highlights = None


class PartyPage(Schema):
    """One page of parties."""

    items: Annotated[list[PartyPublic], ITEMS]
    next: Next


class TopicPage(Schema):
    """One page of topics."""

    items: Annotated[list[TopicBranch | TopicPublic], ITEMS]
    next: Next


class InstrumentPage(Schema):
    """One page of instruments."""

    items: Annotated[list[InstrumentPublic], ITEMS]
    next: Next


class ParticipantPage(Schema):
    """One page of participants."""

    items: Annotated[list[ParticipantPublic], ITEMS]
    next: Next


class SourcePage(Schema):
    """One page of sources."""

    items: Annotated[list[SourcePublic], ITEMS]
    next: Next


class PledgesPosted(Schema):
    """The pledges of a POST as they were written."""

    items: Annotated[list[PledgePublic], Field(description="The pledges, in the order in which they were sent.")]


class MeetingPosted(MeetingPublic):
    """A meeting as it was written, with its pledges."""

    pledges: Annotated[
        list[PledgePublic], Field(description="The pledges and positions of the meeting, in order of their numbers.")
    ]
