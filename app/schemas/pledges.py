"""Shapes of a pledge or position: one undertaking, in which words of which source, and what came of it."""

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from app.schemas.assessments import AssessmentCreate
from app.schemas.fields import Day, Misplaced, Name, Number, Offset, PartyCode, PledgeId, Prose, Shape, Slug, Unique
from app.schemas.records import InstrumentCreate, ParticipantCreate, Retracted, SourceCreate, Version
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


def _reference_form(value: Any) -> str:
    return "id" if isinstance(value, str) else "new"


# A meeting may name a known record by its id, or give the whole new one in its place.
InstrumentRef = Annotated[
    Annotated[Slug, Tag("id")] | Annotated[InstrumentCreate, Tag("new")], Discriminator(_reference_form)
]
ParticipantRef = Annotated[
    Annotated[Slug, Tag("id")] | Annotated[ParticipantCreate, Tag("new")], Discriminator(_reference_form)
]
SourceRef = Annotated[Annotated[Slug, Tag("id")] | Annotated[SourceCreate, Tag("new")], Discriminator(_reference_form)]

_WORDS = "|".join(word.value for word in TowardsWord)
Addressee = Annotated[str, Field(pattern=f"^([A-Z][A-Z0-9]*(-[A-Z0-9]+)*|{_WORDS})$", max_length=40, examples=["USA"])]
Towards = Annotated[
    list[Addressee],
    Unique,
    Field(
        max_length=50,
        description="To whom it is owed: parties, or one word alone (each-other, international-community, "
        "unspecified); empty for positions.",
    ),
]


class Due(Shape):
    """By when, normalised against the day of the meeting."""

    kind: DueKind
    text: Annotated[Name, Field(description="The words of the source that say so.")]
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    inferred: Annotated[Prose | None, Field(description="Why these days, where the text does not name them.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Due":
        if self.from_ and self.to and self.from_ > self.to:
            raise Misplaced("must not be after `to`", "from")
        return self


class Condition(Shape):
    kind: ConditionKind
    text: Annotated[Name, Field(description="The words of the source that say so.")]


class Citation(Shape):
    """Where the words stand: a span of Unicode code points in a source's text, end exclusive."""

    source: SourceRef
    zone: Zone
    start: Offset
    end: Offset

    @model_validator(mode="after")
    def _not_empty(self) -> "Citation":
        if self.start >= self.end:
            raise Misplaced("must be after `start`", "end")
        return self


def source_id(source: str | SourceCreate) -> str:
    """The id of a source that is named, or given whole."""
    return source if isinstance(source, str) else source.id


class Link(Shape):
    """To an earlier pledge of the book (`target`), or to an undertaking outside it (`external`)."""

    type: LinkType
    target: PledgeId | None = None
    external: Name | None = None
    partial: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_end(self) -> "Link":
        if (self.target is None) == (self.external is None):
            raise ValueError("must have either `target` or `external`")
        return self


def _six_words(text: str) -> str:
    if len(text.split()) > 6:
        raise ValueError("must be at most six words")
    return text


Formula = Annotated[
    list[Annotated[Name, Field(max_length=120), AfterValidator(_six_words)]],
    Field(max_length=3, description="Fragments the field watches, as said, at most six words each."),
]


class PledgeBody(Shape):
    """What is said of a pledge, without its number. `summary` is in the coder's own words, never the source's."""

    summary: Prose
    act: Annotated[
        Act, Field(description="commit, agree and reaffirm are pledges; support, condemn and urge positions.")
    ]
    pledgors: Annotated[list[PartyCode], Unique, Field(min_length=1, max_length=50, description="Who is bound.")]
    speakers: Annotated[
        list[ParticipantRef], Unique, Field(max_length=50, description="Persons who voiced it for themselves.")
    ] = []
    towards: Towards
    about: Annotated[
        list[PartyCode], Unique, Field(max_length=50, description="Whom it concerns without owing them anything.")
    ] = []
    topics: Annotated[list[Slug], Unique, Field(min_length=1, max_length=6, description="The primary topic first.")]
    instruments: Annotated[list[InstrumentRef], Unique, Field(max_length=50)] = []
    due: Due | None = None
    condition: Condition | None = None
    specificity: Specificity
    formula: Formula = []
    borderline: Annotated[Prose | None, Field(description="Why the coding is arguable, where it is.")] = None
    note: Prose | None = None
    citations: Annotated[
        list[Citation],
        Unique,
        Field(
            min_length=1,
            max_length=50,
            description="The canonical one first: primary text, body, quote, lede, headline.",
        ),
    ]
    links: Annotated[list[Link], Unique, Field(max_length=50)] = []
    retracted: Retracted = None

    @model_validator(mode="before")
    @classmethod
    def _default_addressee(cls, data: Any) -> Any:
        """Absent, `towards` is `unspecified` for a pledge and empty for a position."""
        if isinstance(data, dict) and "towards" not in data:
            data = {**data, "towards": [TowardsWord.unspecified] if data.get("act") in list(PLEDGE_ACTS) else []}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> "PledgeBody":
        words = [item for item in self.towards if item in TOWARDS_WORDS]
        if self.act not in PLEDGE_ACTS:
            if self.towards:
                raise Misplaced("must be []: a position (support, condemn, urge) owes nothing", "towards")
            if self.links:
                raise Misplaced("must be []: only pledges link, positions do not", "links")
        elif not self.towards:
            raise Misplaced("must name parties, each-other, international-community or unspecified", "towards")
        if words and len(self.towards) > 1:
            raise Misplaced("must hold parties, or one word and nothing else", "towards")
        if TowardsWord.each_other in words and len(self.pledgors) < 2:
            raise Misplaced("must not be each-other: that needs two pledgors", "towards")
        if sum(link.type in CONTINUATIONS and link.target is not None for link in self.links) > 1:
            raise Misplaced("must continue at most one pledge of the book (the nearest earlier one)", "links")
        return self


class PledgeCreate(PledgeBody):
    """A pledge of a book's meeting line. A number left out is the next free one."""

    number: Annotated[Number | None, Field(description="Stands at the end of the pledge's id; never reused.")] = None
    assessments: list[AssessmentCreate] = []


class Repeat(Shape):
    """A second report's citations for a pledge that the meeting has already."""

    repeats: Annotated[Number, Field(description="The number of the pledge that is repeated.")]
    citations: Annotated[list[Citation], Unique, Field(min_length=1, max_length=50)]


def _sent_form(value: Any) -> str:
    is_repeat = "repeats" in value if isinstance(value, dict) else isinstance(value, Repeat)
    return "repeat" if is_repeat else "pledge"


# What may be added to a meeting that stands.
Added = Annotated[Annotated[PledgeCreate, Tag("pledge")] | Annotated[Repeat, Tag("repeat")], Discriminator(_sent_form)]


class PublicCitation(Shape):
    source: Slug
    zone: Zone
    start: Offset
    end: Offset


class PledgePublic(Shape):
    """A pledge as it is read, kept in the ledger and chained: these very bytes."""

    id: PledgeId
    meeting: Slug
    held_on: Day
    summary: Prose
    act: Act
    pledgors: list[PartyCode]
    speakers: list[Slug]
    towards: Towards
    about: list[PartyCode]
    topics: list[Slug]
    instruments: list[Slug]
    due: Due | None
    condition: Condition | None
    specificity: Specificity
    formula: Formula
    borderline: Prose | None
    note: Prose | None
    citations: list[PublicCitation]
    links: list[Link]
    retracted: Retracted
    attested: Attested
    fulfilment: Annotated[
        dict[PartyCode, Fulfilment], Field(description="The latest assessment of each party; {} = none.")
    ]
    disputed: bool
    version: Version
