"""Shapes of drafting: a statement's text in, a meeting line to be corrected out."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.fields import Day, Name, Number, PartyCode, PledgeId, Shape


class DraftHints(Shape):
    """What the sender knows of the meeting; what is left out is told from the text where that can be done."""

    held_on: Day | None = None
    parties: Annotated[list[PartyCode], Field(max_length=50)] = []
    title: Name | None = None


class DraftRequest(Shape):
    text: Annotated[str, Field(min_length=1, max_length=4_000_000, description="The statement, as people have it.")]
    media_type: Annotated[
        Literal["text/plain", "text/html"],
        Field(description="HTML is stripped; offsets count in the plain `text` given back."),
    ] = "text/plain"
    meeting: DraftHints | None = None


class DraftRenewal(Shape):
    pledge: PledgeId
    score: Annotated[float, Field(ge=0, le=1)]


class DraftNote(Shape):
    """Why a draft was made, how sure the rules are, and what it may renew or repeat."""

    number: Number
    confidence: Annotated[float, Field(ge=0, le=1)]
    cue: str
    renewals: Annotated[list[DraftRenewal], Field(description="Earlier pledges of the book that it may renew.")]
    doubles: Annotated[list[Number], Field(description="Drafts of the same text that may say the same.")]


class DraftAnswer(Shape):
    """A meeting line with what could be told; what could not is null or []. Correct it, then post or load it."""

    document: Annotated[dict[str, Any], Field(description="A meeting line. Its source stands whole, as id `draft`.")]
    notes: list[DraftNote]
    text: Annotated[str, Field(description="The plain text that all offsets count in.")]
