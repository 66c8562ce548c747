"""Draft model: the data that the drafting rules take and return, independent of any database.

The caller passes a `KnownBook` and `Hints` and gets a `Draft`. Every class is frozen and hashable, so that what is
built from a book, such as its phrase tables, can be cached.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.schemas.vocabulary import PLEDGE_ACTS, Act, ConditionKind, DueKind, Level, MeetingType, Specificity, Zone

# What a verb reads as: an act of the book, or a mere description, which makes no record.
Description = Literal["describe"]
DESCRIBE: Final[Description] = "describe"
SpeechAct = Act | Description


@dataclass(frozen=True, slots=True)
class KnownTopic:
    """A topic of the book with its cues: words or phrases that point to it."""

    slug: str
    cues: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class KnownParty:
    """A state, organisation or group of the book. `aliases` are its other names and spellings."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    type: str = "state"


@dataclass(frozen=True, slots=True)
class KnownInstrument:
    """A treaty, declaration, agreement, plan, body or exercise of the book."""

    slug: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the book. `party` and `office` are those of the last meeting, if known."""

    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    party: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierPledge:
    """A pledge of the book that a draft may renew.

    `words` are its summary and, if available, the words of its citation.
    """

    id: str
    held_on: date
    parties: tuple[str, ...]
    topics: tuple[str, ...]
    words: str
    pledgors: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownBook:
    """What the book knows. It may be empty: the states and organisations of the lexicon are always known."""

    topics: tuple[KnownTopic, ...] = ()
    parties: tuple[KnownParty, ...] = ()
    instruments: tuple[KnownInstrument, ...] = ()
    persons: tuple[KnownPerson, ...] = ()
    pledges: tuple[EarlierPledge, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows of the meeting. The rules read an empty field from the text."""

    held_on: date | None = None
    parties: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class DraftCitation:
    """A span of the text, in code points; `end` is exclusive."""

    zone: Zone
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftDue:
    """When a pledge is due (codebook 6). `since` and `until` are `from` and `to` of the document."""

    kind: DueKind
    text: str
    since: date | None
    until: date | None
    inferred: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftCondition:
    """The condition of a pledge (codebook 7), in its exact words."""

    kind: ConditionKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Renewal:
    """The id of an earlier pledge that a draft may renew, with a score from 0 to 1."""

    pledge: str
    score: float


@dataclass(frozen=True, slots=True)
class DraftPledge:
    """One pledge or position, numbered in the order of the text.

    `cue` is the words by which the rules found it. `confidence` is 0 to 1; each guess lowers it. `doubles` are the
    numbers of drafts of the same text that may be duplicates. `renewals` are the most likely earlier pledges, the best
    first.
    """

    number: int
    summary: str
    act: Act
    pledgors: tuple[str, ...]
    speakers: tuple[str, ...]
    towards: tuple[str, ...]
    about: tuple[str, ...]
    topics: tuple[str, ...]
    instruments: tuple[str, ...]
    due: DraftDue | None
    condition: DraftCondition | None
    specificity: Specificity
    formula: tuple[str, ...]
    borderline: str | None
    citations: tuple[DraftCitation, ...]
    confidence: float
    cue: str
    renewals: tuple[Renewal, ...] = ()
    doubles: tuple[int, ...] = ()

    @property
    def is_pledge(self) -> bool:
        """True for a pledge, false for a position."""
        return self.act in PLEDGE_ACTS


@dataclass(frozen=True, slots=True)
class DraftAttendance:
    """A person named with an office. `participant` is the slug of a person of the book, else None."""

    participant: str | None
    name: str
    party: str | None
    office: str | None


@dataclass(frozen=True, slots=True)
class DraftMeeting:
    """What the text says about the meeting. What it does not say is None or empty."""

    title: str | None
    type: MeetingType | None
    level: Level | None
    ordinal: int | None
    held_on: date | None
    city: str | None
    parties: tuple[str, ...]
    participants: tuple[DraftAttendance, ...]
    inferred: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The result: the meeting, its drafts, and whether the text is a statement between parties."""

    meeting: DraftMeeting
    pledges: tuple[DraftPledge, ...]
    is_statement: bool
