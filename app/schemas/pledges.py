"""Schemas of pledges and positions: what a party undertakes, the citations for it, and its links to earlier pledges."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from app.schemas.assessments import AssessmentCreate
from app.schemas.fields import Day, FieldError, Name, Number, Offset, PartyCode, PledgeId, Prose, Schema, Slug, Unique
from app.schemas.records import (
    HeldOn,
    InstrumentCreate,
    MeetingId,
    ParticipantCreate,
    Retracted,
    SourceCreate,
    VersionNumber,
)
from app.schemas.vocabulary import (
    CONTINUATIONS,
    PLEDGE_ACTS,
    TOWARDS_WORDS,
    Act,
    Attested,
    ConditionKind,
    DueKind,
    Fulfilment,
    LinkType,
    Specificity,
    TowardsWord,
    Zone,
)

# References -----------------------------------------------------------------------------------------------------------


def _reference_form(value: Any) -> str:
    return "id" if isinstance(value, str) else "new"


# A meeting refers to a known record by its id, or contains the whole new record in place of the id.
InstrumentRef = Annotated[
    Annotated[Slug, Tag("id")] | Annotated[InstrumentCreate, Tag("new")], Discriminator(_reference_form)
]
ParticipantRef = Annotated[
    Annotated[Slug, Tag("id")] | Annotated[ParticipantCreate, Tag("new")], Discriminator(_reference_form)
]
SourceRef = Annotated[Annotated[Slug, Tag("id")] | Annotated[SourceCreate, Tag("new")], Discriminator(_reference_form)]


def source_id(source: str | SourceCreate) -> str:
    """The id of a source that is given by id or as a whole record."""
    return source if isinstance(source, str) else source.id


# Parts of a pledge ----------------------------------------------------------------------------------------------------


class Due(Schema):
    """When a pledge is due: the words of the source, and the days they mean, counted from the day of the meeting."""

    kind: Annotated[DueKind, Field(description="How the source states the time.")]
    text: Annotated[Name, Field(description="The words of the source that state the time.")]
    from_: Annotated[
        Day | None, Field(alias="from", description="The first day (YYYY-MM-DD); null if there is none.")
    ] = None
    to: Annotated[
        Day | None, Field(description="The last day, which is the deadline (YYYY-MM-DD); null if there is none.")
    ] = None
    inferred: Annotated[
        Prose | None, Field(description="Why these days, if the source does not name them; null if it does.")
    ] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Due":
        if self.from_ and self.to and self.from_ > self.to:
            raise FieldError("must not be after `to`", "from")
        return self


class Condition(Schema):
    """A condition on which a pledge depends."""

    kind: Annotated[ConditionKind, Field(description="The kind of condition.")]
    text: Annotated[Name, Field(description="The words of the source that state the condition.")]


CitationZone = Annotated[Zone, Field(description="The part of the source that the span is in.")]
SpanStart = Annotated[Offset, Field(description="The offset of the span's first character, in Unicode code points.")]
SpanEnd = Annotated[
    Offset, Field(description="The offset after the span's last character, in Unicode code points; above `start`.")
]


class Citation(Schema):
    """A citation: a span of a source's text."""

    source: Annotated[SourceRef, Field(description="The id of the source, or the whole new source.")]
    zone: CitationZone
    start: SpanStart
    end: SpanEnd

    @model_validator(mode="after")
    def _not_empty(self) -> "Citation":
        if self.start >= self.end:
            raise FieldError("must be after `start`", "end")
        return self


class PublicCitation(Schema):
    """A citation as it is read."""

    source: Annotated[Slug, Field(description="The id of the source.")]
    zone: CitationZone
    start: SpanStart
    end: SpanEnd


class Link(Schema):
    """A link to an earlier pledge of the book (`target`), or to an undertaking that is not in the book (`external`)."""

    type: Annotated[LinkType, Field(description="How this pledge relates to the earlier one.")]
    target: Annotated[
        PledgeId | None,
        Field(description="The id of the earlier pledge, of a meeting on an earlier day; null if `external` is given."),
    ] = None
    external: Annotated[
        Name | None, Field(description="The name of the undertaking outside the book; null if `target` is given.")
    ] = None
    partial: Annotated[
        bool, Field(strict=True, description="True if the link applies to a part of the pledge only.")
    ] = False

    @model_validator(mode="after")
    def _one_end(self) -> "Link":
        if (self.target is None) == (self.external is None):
            raise ValueError("must have either `target` or `external`")
        return self


def _six_words(text: str) -> str:
    if len(text.split()) > 6:
        raise ValueError("must be at most six words")
    return text


# Fields of a pledge ---------------------------------------------------------------------------------------------------

_WORDS = "|".join(word.value for word in TowardsWord)
Addressee = Annotated[str, Field(pattern=f"^([A-Z][A-Z0-9]*(-[A-Z0-9]+)*|{_WORDS})$", max_length=40, examples=["USA"])]

Summary = Annotated[
    Prose, Field(description="What the parties undertake or support, in the coder's own words, not the source's.")
]
SpeechAct = Annotated[
    Act, Field(description="The speech act. commit, agree, reaffirm: a pledge; support, condemn, urge: a position.")
]
Pledgors = Annotated[
    list[PartyCode], Field(description="Codes of the parties that the pledge binds, or that take the position.")
]
Speakers = Annotated[
    list[ParticipantRef],
    Field(description="Persons who said it on their own behalf: their slugs, or whole new participants."),
]
Towards = Annotated[
    list[Addressee],
    Unique,
    Field(
        max_length=50,
        description="To whom the pledge is owed: party codes, or one word alone (each-other, international-community, "
        "unspecified); [] for a position.",
    ),
]
About = Annotated[
    list[PartyCode], Field(description="Codes of the parties that it concerns and to which nothing is owed.")
]
Topics = Annotated[list[Slug], Field(description="Slugs of the topics, the primary topic first.")]
Instruments = Annotated[
    list[InstrumentRef],
    Field(description="Instruments that it names: their slugs, or whole new instruments."),
]
DueOrNone = Annotated[Due | None, Field(description="When the pledge is due; null if no time is stated.")]
ConditionOrNone = Annotated[
    Condition | None, Field(description="The condition on which it depends; null if there is none.")
]
HowSpecific = Annotated[Specificity, Field(description="How specific it is.")]
Formula = Annotated[
    list[Annotated[Name, Field(max_length=120), AfterValidator(_six_words)]],
    Field(max_length=3, description="Key wording: up to three fragments of the source of at most six words each."),
]
Borderline = Annotated[Prose | None, Field(description="Why the coding is open to argument; null if it is not.")]
Note = Annotated[Prose | None, Field(description="A note of the coder; null if there is none.")]
Citations = Annotated[
    list[Citation],
    Field(
        description="The citations, the most authoritative first: primary text, body, quote, lede, headline.",
    ),
]
Links = Annotated[
    list[Link],
    Field(description="Links to earlier pledges; at most one continues a pledge of the book; [] for a position."),
]


# Input ----------------------------------------------------------------------------------------------------------------


class PledgeBody(Schema):
    """The fields of a pledge or position that a person writes, without its number."""

    summary: Summary
    act: SpeechAct
    pledgors: Annotated[Pledgors, Unique, Field(min_length=1, max_length=50)]
    speakers: Annotated[Speakers, Unique, Field(max_length=50)] = []
    towards: Towards
    about: Annotated[About, Unique, Field(max_length=50)] = []
    topics: Annotated[Topics, Unique, Field(min_length=1, max_length=6)]
    instruments: Annotated[Instruments, Unique, Field(max_length=50)] = []
    due: DueOrNone = None
    condition: ConditionOrNone = None
    specificity: HowSpecific
    formula: Formula = []
    borderline: Borderline = None
    note: Note = None
    citations: Annotated[Citations, Unique, Field(min_length=1, max_length=50)]
    links: Annotated[Links, Unique, Field(max_length=50)] = []
    retracted: Retracted = None

    @model_validator(mode="before")
    @classmethod
    def _default_addressee(cls, data: Any) -> Any:
        """If `towards` is absent, it is `unspecified` for a pledge and empty for a position."""
        if isinstance(data, dict) and "towards" not in data:
            data = {**data, "towards": [TowardsWord.unspecified] if data.get("act") in list(PLEDGE_ACTS) else []}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> "PledgeBody":
        words = [item for item in self.towards if item in TOWARDS_WORDS]
        if self.act not in PLEDGE_ACTS:
            if self.towards:
                raise FieldError("must be []: a position (support, condemn, urge) is owed to nobody", "towards")
            if self.links:
                raise FieldError("must be []: only pledges have links, positions do not", "links")
        elif not self.towards:
            raise FieldError("must name parties, each-other, international-community or unspecified", "towards")
        if words and len(self.towards) > 1:
            raise FieldError("must contain party codes only, or one word only", "towards")
        if TowardsWord.each_other in words and len(self.pledgors) < 2:
            raise FieldError("must not be each-other unless there are two pledgors", "towards")
        if sum(link.type in CONTINUATIONS and link.target is not None for link in self.links) > 1:
            raise FieldError("must continue at most one pledge of the book (the nearest earlier one)", "links")
        return self


class PledgeCreate(PledgeBody):
    """A pledge or position of a meeting, as it is posted or as part of a document line."""

    number: Annotated[
        Number | None,
        Field(
            description="The number of the pledge in its meeting, which ends its id and is never used again; null for "
            "the next free number."
        ),
    ] = None
    assessments: Annotated[list[AssessmentCreate], Field(description="The assessments of the pledge.")] = []


class Repeat(Schema):
    """Citations of another source for a pledge that the meeting already has."""

    repeats: Annotated[Number, Field(description="The number of the pledge that the source repeats.")]
    citations: Annotated[
        list[Citation], Unique, Field(min_length=1, max_length=50, description="The citations to add.")
    ]


def _sent_form(value: Any) -> str:
    is_repeat = "repeats" in value if isinstance(value, dict) else isinstance(value, Repeat)
    return "repeat" if is_repeat else "pledge"


# An item of POST /v1/meetings/{id}/pledges.
PledgeOrRepeat = Annotated[
    Annotated[PledgeCreate, Tag("pledge")] | Annotated[Repeat, Tag("repeat")], Discriminator(_sent_form)
]


# Output ---------------------------------------------------------------------------------------------------------------


class PledgePublic(Schema):
    """A pledge or position as it is read: exactly the document that the ledger stores and hashes."""

    id: Annotated[PledgeId, Field(description="The id of the pledge: the meeting's id, a hyphen and the number.")]
    meeting: MeetingId
    held_on: HeldOn
    summary: Summary
    act: SpeechAct
    pledgors: Pledgors
    speakers: Annotated[list[Slug], Field(description="Slugs of the persons who said it on their own behalf.")]
    towards: Towards
    about: About
    topics: Topics
    instruments: Annotated[list[Slug], Field(description="Slugs of the instruments that it names.")]
    due: DueOrNone
    condition: ConditionOrNone
    specificity: HowSpecific
    formula: Formula
    borderline: Borderline
    note: Note
    citations: Annotated[list[PublicCitation], Field(description="The citations, the most authoritative first.")]
    links: Links
    retracted: Retracted
    attested: Annotated[Attested, Field(description="Whose sources support it, derived from the citations.")]
    fulfilment: Annotated[
        dict[PartyCode, Fulfilment],
        Field(description="The latest assessment of each party assessed, by party code; {} if there is none."),
    ]
    disputed: Annotated[bool, Field(description="True if one assessment disputes another.")]
    version: VersionNumber


def is_new(pledge: Mapping[str, Any]) -> bool:
    """True if the pledge of a document continues no other pledge and is not a reaffirmation.

    A continuation of an undertaking outside the book counts too.
    """
    return pledge["act"] != Act.reaffirm and not any(link["type"] in CONTINUATIONS for link in pledge["links"])
