"""Schemas of undertakings and their threads: a pledge with all later pledges that continue it."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.fields import Day, PledgeId, Schema, Slug
from app.schemas.pages import Next
from app.schemas.pledges import PledgePublic

UndertakingId = Annotated[PledgeId, Field(description="The id of the undertaking, which is that of its first pledge.")]
FirstMade = Annotated[Day, Field(description="The day of the first pledge (YYYY-MM-DD).")]
LastRenewed = Annotated[Day, Field(description="The day of the latest pledge (YYYY-MM-DD).")]
SilentSince = Annotated[
    Day | None,
    Field(
        description="The day of the first later meeting of the same parties whose full text does not repeat the "
        "undertaking (YYYY-MM-DD); null if there is none."
    ),
]


class Drift(Schema):
    """A difference between a pledge and the earlier pledge that it continues, in one field."""

    pledge: Annotated[PledgeId, Field(description="The id of the later pledge.")]
    field: Annotated[
        str, Field(description="The field that differs: act, specificity, due, formula, pledgors or towards.")
    ]
    from_: Annotated[Any, Field(alias="from", description="The value of the field in the earlier pledge.")]
    to: Annotated[Any, Field(description="The value of the field in the later pledge.")]


class Thread(Schema):
    """The thread of an undertaking: its pledges in order of time, and the later meetings of the same parties."""

    id: UndertakingId
    first_made: FirstMade
    last_renewed: LastRenewed
    silent_since: SilentSince
    pledges: Annotated[list[PledgePublic], Field(description="The pledges, in order of time.")]
    silent_meetings: Annotated[
        list[Slug],
        Field(description="Ids of later meetings of the same parties whose full text does not repeat the undertaking."),
    ]
    unreported_meetings: Annotated[
        list[Slug],
        Field(
            description="Ids of later meetings of the same parties that are known from reports only, which do not "
            "mention the undertaking."
        ),
    ]
    drift: Annotated[list[Drift], Field(description="What the pledges changed; [] if nothing.")]


class Undertaking(Schema):
    """An undertaking in a list, with its latest pledge."""

    id: UndertakingId
    first_made: FirstMade
    last_renewed: LastRenewed
    mentions: Annotated[int, Field(description="The number of pledges in the undertaking.")]
    silent_since: SilentSince
    latest: Annotated[PledgePublic, Field(description="The latest pledge of the undertaking.")]


class UndertakingPage(Schema):
    """One page of undertakings."""

    items: Annotated[list[Undertaking], Field(description="The undertakings of this page.")]
    next: Next
