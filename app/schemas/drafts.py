"""Schemas of drafting: the text of a statement in, a meeting line with draft pledges out."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.fields import Day, Name, Number, PartyCode, PledgeId, Schema


class DraftHints(Schema):
    """What is known of the meeting. Absent fields are taken from the text where possible."""

    held_on: Annotated[
        Day | None, Field(description="The day of the meeting (YYYY-MM-DD); null to take it from the text.")
    ] = None
    parties: Annotated[
        list[PartyCode], Field(max_length=50, description="Codes of the parties; [] to take them from the text.")
    ] = []
    title: Annotated[Name | None, Field(description="The title; null to take it from the text.")] = None


class DraftRequest(Schema):
    """The text to draft from."""

    text: Annotated[str, Field(min_length=1, max_length=4_000_000, description="The text of the statement or report.")]
    media_type: Annotated[
        Literal["text/plain", "text/html"],
        Field(description="The media type of `text`; HTML is converted to plain text, which the response contains."),
    ] = "text/plain"
    meeting: Annotated[DraftHints | None, Field(description="What is known of the meeting; null if nothing.")] = None


class DraftRenewal(Schema):
    """An earlier pledge of the book that a draft may renew."""

    pledge: Annotated[PledgeId, Field(description="The id of the earlier pledge.")]
    score: Annotated[float, Field(ge=0, le=1, description="The similarity of the draft to it, from 0 to 1.")]


class DraftNote(Schema):
    """A note on one draft: why it was made, how certain the rules are, and what it may renew or repeat."""

    number: Annotated[Number, Field(description="The number of the draft in `document.pledges`.")]
    confidence: Annotated[float, Field(ge=0, le=1, description="How certain the rules are, from 0 to 1.")]
    cue: Annotated[str, Field(description="The words of the text that caused the draft.")]
    renewals: Annotated[
        list[DraftRenewal], Field(description="Earlier pledges of the book that the draft may renew; [] if none.")
    ]
    doubles: Annotated[
        list[Number],
        Field(description="Numbers of other drafts of the same text that may be duplicates of it; [] if none."),
    ]


class DraftAnswer(Schema):
    """A draft of a meeting, to be corrected and then posted or loaded. Nothing is stored."""

    document: Annotated[
        dict[str, Any],
        Field(
            description="The draft as a meeting line; what could not be found is null or [], and the source is a new "
            "one with the id `draft`."
        ),
    ]
    notes: Annotated[list[DraftNote], Field(description="One note for each draft pledge.")]
    text: Annotated[str, Field(description="The plain text in which the offsets of the citations count.")]
