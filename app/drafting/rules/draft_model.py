"""The shapes that drafting takes and gives: plain data, independent of any database.

The caller hands in a `Book` (what is known: topics with their cues, parties, instruments, persons, earlier pledges) and
`Hints` (what is known of this meeting), and gets a `Draft` back. Everything is frozen
and hashable: what is made of a book (its phrase tables) is made once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Act = Literal["commit", "agree", "reaffirm", "support", "condemn", "urge", "describe"]
Zone = Literal["body", "quote", "lede", "headline"]
DueKind = Literal["deadline", "deadline-event", "window", "recurring", "open", "event-relative"]
ConditionKind = Literal["trigger", "conditions-based", "contingency", "qualifier"]
Specificity = Literal["general", "named-action", "measurable"]

PLEDGES: frozenset[Act] = frozenset({"commit", "agree", "reaffirm"})
POSITIONS: frozenset[Act] = frozenset({"support", "condemn", "urge"})


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the book; its cues are words or phrases that tell of it (data, changed through the API)."""

    slug: str
    cues: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A state, organisation or group: `aliases` are all its names in any spelling ("ROK", "South Korea")."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    type: str = "state"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty, declaration, agreement, plan, body or exercise that pledges name."""

    slug: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to the book; `party` and `office` where they are known."""

    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    party: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierPledge:
    """A pledge of the book that a draft may renew;
    `words` are its summary and, if at hand, the words of its citation.
    """

    id: str
    held_on: date
    parties: tuple[str, ...]
    topics: tuple[str, ...]
    words: str
    pledgors: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All that drafting may know. An empty book works too: states and organisations of the lexicon are always known."""

    topics: tuple[Topic, ...] = ()
    parties: tuple[Party, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    persons: tuple[Person, ...] = ()
    pledges: tuple[EarlierPledge, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows of the meeting; what is empty is told from the text."""

    held_on: date | None = None
    parties: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of the text as given: offsets in code points, end exclusive."""

    zone: Zone
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Due:
    """By when (codebook 6). `text` is exact; `since` and `until` are `from` and `to` of the line."""

    kind: DueKind
    text: str
    since: date | None
    until: date | None
    inferred: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What the pledge hangs on (codebook 7)."""

    kind: ConditionKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Renewal:
    """An earlier pledge that a draft probably renews, with a score from 0 to 1."""

    pledge: str
    score: float


@dataclass(frozen=True, slots=True)
class DraftPledge:
    """One undertaking or position, numbered in the order of the text.

    `cue` names the words that made it, `confidence` (0 to 1) falls with each guess, `doubles` are the numbers of drafts
    of the same text that probably say the same, `renewals` the likeliest earlier pledges, best first.
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
    due: Due | None
    condition: Condition | None
    specificity: Specificity
    formula: tuple[str, ...]
    borderline: str | None
    citations: tuple[Citation, ...]
    confidence: float
    cue: str
    renewals: tuple[Renewal, ...] = ()
    doubles: tuple[int, ...] = ()

    @property
    def is_pledge(self) -> bool:
        """Positions are drafted too, but are no pledges."""
        return self.act in PLEDGES


@dataclass(frozen=True, slots=True)
class Attendance:
    """A person named with an office; `participant` is the slug of one known to the book, else None."""

    participant: str | None
    name: str
    party: str | None
    office: str | None


@dataclass(frozen=True, slots=True)
class DraftMeeting:
    """What the text tells of the meeting; what it does not is None or empty."""

    title: str | None
    type: str | None
    level: str | None
    ordinal: int | None
    held_on: date | None
    city: str | None
    parties: tuple[str, ...]
    participants: tuple[Attendance, ...]
    inferred: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer: a meeting, its drafts, and whether the text is a statement between parties at all."""

    meeting: DraftMeeting
    pledges: tuple[DraftPledge, ...]
    is_statement: bool
