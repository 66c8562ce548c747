"""Shapes of an undertaking: one promise through all the meetings that repeat it."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.fields import Day, PledgeId, Shape, Slug
from app.schemas.pages import Next
from app.schemas.pledges import PledgePublic


class Drift(Shape):
    """How a renewal differs from what it renews, in one field: act, specificity, due, formula, pledgors or towards."""

    pledge: Annotated[PledgeId, Field(description="The renewal.")]
    field: str
    from_: Annotated[Any, Field(alias="from", description="As the pledge had it that this one continues.")]
    to: Any


class Thread(Shape):
    """An undertaking whole. Its id is that of its first pledge."""

    id: PledgeId
    first_made: Day
    last_renewed: Day
    silent_since: Annotated[Day | None, Field(description="The day of the first silent meeting, if there is one.")]
    pledges: list[PledgePublic]
    silent_meetings: Annotated[list[Slug], Field(description="Later full texts of the same parties, silent on it.")]
    unreported_meetings: Annotated[list[Slug], Field(description="Later ones known by reports only.")]
    drift: list[Drift]


class Undertaking(Shape):
    """An undertaking in a list, with its latest wording."""

    id: PledgeId
    first_made: Day
    last_renewed: Day
    mentions: Annotated[int, Field(description="Pledges that make it up.")]
    silent_since: Day | None
    latest: PledgePublic


class UndertakingPage(Shape):
    items: list[Undertaking]
    next: Next
