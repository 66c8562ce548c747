"""Undertakings over time: where each mark of the chart stands. Pure: pledges go in, places come out.

One line a thread, one mark a meeting. Places across are per cent of the width, so that the chart is drawn at any width
without its marks being scaled; places down are pixels in the thread's own strip. Meetings stand where their day is,
but never closer together than a finger needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, NamedTuple

from app.query.threads import Strand
from app.schemas.vocabulary import Fulfilment

_LEFT, _RIGHT = 4.0, 96.0  # per cent: room for half a mark at both ends
_APART = 7.5  # per cent, between two meetings: some 24 pixels of a narrow screen
_LABELS_APART = 17.0  # per cent, between two labels of the axis
_COLUMNS_IN_SIGHT = 1 + int((_RIGHT - _LEFT) / _APART)  # more than these need a wider chart
_MARK = 24  # pixels, the height that a mark takes

# What the colours tell apart. A colour is never the only sign: each mark's text says the word itself.
TONES: Mapping[str, tuple[Fulfilment, ...]] = {
    "kept": (Fulfilment.fulfilled, Fulfilment.upheld),
    "moving": (Fulfilment.in_progress, Fulfilment.partly_fulfilled),
    "resting": (Fulfilment.not_started, Fulfilment.stalled),
    "broken": (Fulfilment.not_fulfilled, Fulfilment.renounced),
    "moot": (Fulfilment.overtaken, Fulfilment.not_triggered, Fulfilment.not_assessable),
}
_TONE_OF = {word: tone for tone, words in TONES.items() for word in words}


class Column(NamedTuple):
    """A meeting on the axis; its label is to be shown only if there is room (`is_labelled`)."""

    meeting: Mapping[str, Any]
    held_on: date
    x: float
    is_labelled: bool
    anchor: str  # of the label: start, middle or end


@dataclass(frozen=True)
class Mark:
    """A meeting that said it (`pledge` is what it said), was silent on it, or is known by reports that do not."""

    kind: str  # the act, `silent` or `unreported`
    tone: str
    x: float
    y: float
    meeting: Mapping[str, Any]
    pledge: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """A thread: drawn from its first mark to its last renewal, then faintly to the last meeting that left it out."""

    id: str
    marks: list[Mark]
    said: list[Mapping[str, Any]]
    start: float
    end: float
    faint_end: float
    middle: float
    height: int

    @property
    def latest(self) -> Mapping[str, Any]:
        return self.said[-1]

    @property
    def silent(self) -> list[Mapping[str, Any]]:
        return [mark.meeting for mark in self.marks if mark.kind == "silent"]

    @property
    def unreported(self) -> list[Mapping[str, Any]]:
        return [mark.meeting for mark in self.marks if mark.kind == "unreported"]


@dataclass(frozen=True)
class Timeline:
    """The axis and the lines. `span` counts the widths of a narrow screen that the chart needs: 1, 2, 4 or 8."""

    columns: list[Column]
    lines: list[Line]
    span: int


def tone_of(fulfilment: Mapping[str, str]) -> str:
    """The colour of a pledge: `none` if nobody judged it, `mixed` if its parties stand differently."""
    tones = {_TONE_OF[Fulfilment(word)] for word in fulfilment.values()}
    return tones.pop() if len(tones) == 1 else "mixed" if tones else "none"


def meetings_of(strands: Iterable[Strand]) -> list[str]:
    """The ids of all the meetings that have a mark, for whoever reads their records."""
    return sorted({id for strand in strands for id in _meetings(strand)})


def draw_timeline(strands: Sequence[Strand], meetings: Mapping[str, Mapping[str, Any]]) -> Timeline:
    """The chart of some undertakings; `meetings` has the record of every one in `meetings_of`."""
    ids = sorted(meetings_of(strands), key=lambda meeting: (meetings[meeting]["held_on"], meeting))
    days = [date.fromisoformat(meetings[id]["held_on"]) for id in ids]
    places = place_across(days)
    across = dict(zip(ids, places, strict=True))
    named = labelled(places)
    columns = [
        Column(meetings[id], day, x, place in named, _anchor(x))
        for place, (id, day, x) in enumerate(zip(ids, days, places, strict=True))
    ]
    needed = ceil(len(ids) / _COLUMNS_IN_SIGHT)
    span = next((span for span in (1, 2, 4) if span >= needed), 8)
    return Timeline(columns, [_line(strand, meetings, across) for strand in strands], span)


def place_across(days: Sequence[date]) -> list[float]:
    """Where meetings of these days (in order) stand: by their day, yet apart from each other."""
    if not days:
        return []
    whole = (days[-1] - days[0]).days
    if not whole and len(days) == 1:
        return [round((_LEFT + _RIGHT) / 2, 2)]
    gap = min(_APART, (_RIGHT - _LEFT) / max(1, len(days) - 1))
    places: list[float] = []
    for day in days:
        due = _LEFT + (_RIGHT - _LEFT) * ((day - days[0]).days / whole if whole else 0.0)
        places.append(max(due, places[-1] + gap) if places else due)
    bound = _RIGHT
    for index in reversed(range(len(places))):  # what was pushed beyond the edge pushes back
        places[index] = min(places[index], bound)
        bound = places[index] - gap
    return [round(place, 2) for place in places]


def labelled(places: Sequence[float]) -> list[int]:
    """Which places the axis names: the first, the last, and those between that have room to both sides."""
    named: list[int] = []
    for index, x in enumerate(places):
        far = not named or x - places[named[-1]] >= _LABELS_APART
        room = index in (0, len(places) - 1) or places[-1] - x >= _LABELS_APART
        if far and room:
            named.append(index)
    return named


def _anchor(x: float) -> str:
    """How a label hangs on its place, so that it stays on the chart."""
    if x < _LEFT + _LABELS_APART / 2:
        return "start"
    return "end" if x > _RIGHT - _LABELS_APART / 2 else "middle"


def _meetings(strand: Strand) -> list[str]:
    return [*(pledge["meeting"] for pledge in strand.pledges), *strand.silent, *strand.unreported]


def _line(strand: Strand, meetings: Mapping[str, Mapping[str, Any]], across: Mapping[str, float]) -> Line:
    by_meeting: dict[str, list[dict[str, Any]]] = {}
    for pledge in strand.pledges:
        by_meeting.setdefault(pledge["meeting"], []).append(pledge)
    height = _MARK * max(len(pledges) for pledges in by_meeting.values())
    middle = height / 2
    marks = [
        Mark(pledge["act"], tone_of(pledge["fulfilment"]), across[id], middle + _MARK * (place - (len(said) - 1) / 2),
             meetings[id], pledge)
        for id, said in by_meeting.items()
        for place, pledge in enumerate(said)
    ]  # fmt: skip
    start, end = min(mark.x for mark in marks), max(mark.x for mark in marks)
    for kind, ids in (("silent", strand.silent), ("unreported", strand.unreported)):
        marks += [Mark(kind, "none", across[id], middle, meetings[id]) for id in ids]
    marks.sort(key=lambda mark: (mark.x, mark.y))
    faint_end = max(mark.x for mark in marks)
    return Line(strand.id, marks, list(strand.pledges), start, end, faint_end, middle, height)
