"""Timeline: the layout of undertakings over time, one line for each thread and one mark for each meeting. Pure.

Horizontal positions are per cent of the width, so that the marks keep their size at any width. Vertical positions are
pixels within the strip of a thread. A meeting is placed by its date, but meetings keep a minimum distance, so that each
mark can be tapped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, NamedTuple

from app.query.threads import Strand
from app.schemas.vocabulary import Fulfilment

_LEFT, _RIGHT = 5.5, 94.5  # per cent; at both ends there is room for half a label
_APART = 7.4  # per cent between two meetings: 24 pixels on a narrow screen
_MOST_COLUMNS = 1 + int((_RIGHT - _LEFT) / _APART)  # more meetings need a wider chart
# Per cent between two labels of the axis, 34 pixels: by `span` on a narrow screen, and on a wide one.
_LABELS_APART = {1: 10.4, 2: 5.3, 4: 2.7, 8: 1.4}
_LABELS_APART_WIDE = {1: 4.0, 2: 4.0, 4: 2.7, 8: 1.4}
_MARK = 24  # pixels, the height of a mark

# The colours, each for several values. The text of each mark gives the exact value.
TONES: Mapping[str, tuple[Fulfilment, ...]] = {
    "kept": (Fulfilment.fulfilled, Fulfilment.upheld),
    "moving": (Fulfilment.in_progress, Fulfilment.partly_fulfilled),
    "resting": (Fulfilment.not_started, Fulfilment.stalled),
    "broken": (Fulfilment.not_fulfilled, Fulfilment.renounced),
    "moot": (Fulfilment.overtaken, Fulfilment.not_triggered, Fulfilment.not_assessable),
}
_TONE_OF = {word: tone for tone, words in TONES.items() for word in words}


class TimelineColumn(NamedTuple):
    """A meeting on the axis."""

    meeting: Mapping[str, Any]
    held_on: date
    x: float


class AxisLabel(NamedTuple):
    """The month of one or several adjacent meetings. Only labels with `is_narrow` fit on a narrow screen."""

    month: str
    year: str
    x: float
    is_narrow: bool


@dataclass(frozen=True)
class Mark:
    """A meeting on a line: `pledge` is what it promised; None if it did not repeat the pledge or that is unknown."""

    kind: str  # the act, `silent` or `unreported`
    tone: str
    x: float
    y: float
    meeting: Mapping[str, Any]
    pledge: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """A thread: a line from the first pledge to the last, then a dotted line to the last meeting without it."""

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
    """The axis and the lines. `span` is the minimum width of the chart in narrow screens: 1, 2, 4 or 8."""

    columns: list[TimelineColumn]
    labels: list[AxisLabel]
    lines: list[Line]
    span: int


def tone_of(fulfilment: Mapping[str, str]) -> str:
    """The colour of a pledge: `none` if it is not assessed, `mixed` if the status differs by party."""
    tones = {_TONE_OF[Fulfilment(word)] for word in fulfilment.values()}
    return tones.pop() if len(tones) == 1 else "mixed" if tones else "none"


def meetings_of(strands: Iterable[Strand]) -> list[str]:
    """The ids of all meetings that have a mark, sorted."""
    return sorted({id for strand in strands for id in _meetings(strand)})


def draw_timeline(strands: Sequence[Strand], meetings: Mapping[str, Mapping[str, Any]]) -> Timeline:
    """The chart of some undertakings; `meetings` must have the document of each id in `meetings_of`."""
    ids = sorted(meetings_of(strands), key=lambda meeting: (meetings[meeting]["held_on"], meeting))
    days = [date.fromisoformat(meetings[id]["held_on"]) for id in ids]
    places = place_across(days)
    across = dict(zip(ids, places, strict=True))
    columns = [TimelineColumn(meetings[id], day, x) for id, day, x in zip(ids, days, places, strict=True)]
    needed = ceil(len(ids) / _MOST_COLUMNS)
    span = next((span for span in (1, 2, 4) if span >= needed), 8)
    lines = [_line(strand, meetings, across) for strand in strands]
    return Timeline(columns, axis_labels(days, places, span), lines, span)


def place_across(days: Sequence[date]) -> list[float]:
    """The positions of meetings with these dates, which must be in order: by date, with a minimum distance."""
    if not days:
        return []
    whole = (days[-1] - days[0]).days
    if not whole and len(days) == 1:
        return [round((_LEFT + _RIGHT) / 2, 2)]
    gap = min(_APART, (_RIGHT - _LEFT) / max(1, len(days) - 1))
    places: list[float] = []
    for day in days:
        exact = _LEFT + (_RIGHT - _LEFT) * ((day - days[0]).days / whole if whole else 0.0)
        places.append(max(exact, places[-1] + gap) if places else exact)
    bound = _RIGHT
    for index in reversed(range(len(places))):  # move back what is beyond the right end
        places[index] = min(places[index], bound)
        bound = places[index] - gap
    return [round(place, 2) for place in places]


def axis_labels(days: Sequence[date], places: Sequence[float], span: int) -> list[AxisLabel]:
    """The labels of the axis that fit without touching: one for all meetings of a month, between the first and last."""
    months: dict[date, list[float]] = {}
    for day, place in zip(days, places, strict=True):
        months.setdefault(day.replace(day=1), []).append(place)
    labels = [(month, round((xs[0] + xs[-1]) / 2, 2)) for month, xs in months.items()]
    labels = [labels[index] for index in spaced([x for _, x in labels], _LABELS_APART_WIDE[span])]
    narrow = spaced([x for _, x in labels], _LABELS_APART[span])
    return [
        AxisLabel(f"{month:%b}", str(month.year), x, is_narrow=index in narrow)
        for index, (month, x) in enumerate(labels)
    ]


def spaced(places: Sequence[float], apart: float) -> list[int]:
    """The indexes of places that keep a distance: the first, the last, and as many as possible between them."""
    kept: list[int] = []
    for index, x in enumerate(places):
        if index in (0, len(places) - 1):
            fits = not kept or x - places[kept[-1]] >= apart
        else:
            fits = x - places[kept[-1]] >= apart and places[-1] - x >= apart
        if fits:
            kept.append(index)
    return kept


def _meetings(strand: Strand) -> list[str]:
    return [*(pledge["meeting"] for pledge in strand.pledges), *strand.silent, *strand.unreported]


def _line(strand: Strand, meetings: Mapping[str, Mapping[str, Any]], across: Mapping[str, float]) -> Line:
    by_meeting: dict[str, list[dict[str, Any]]] = {}
    for pledge in strand.pledges:
        by_meeting.setdefault(pledge["meeting"], []).append(pledge)
    height = _MARK * max(len(pledges) for pledges in by_meeting.values())
    middle = height / 2
    marks = [
        Mark(pledge["act"], tone_of(pledge["fulfilment"]), across[id],
             middle + _MARK * (place - (len(pledges) - 1) / 2), meetings[id], pledge)
        for id, pledges in by_meeting.items()
        for place, pledge in enumerate(pledges)
    ]  # fmt: skip
    start, end = min(mark.x for mark in marks), max(mark.x for mark in marks)
    for kind, ids in (("silent", strand.silent), ("unreported", strand.unreported)):
        marks += [Mark(kind, "none", across[id], middle, meetings[id]) for id in ids]
    marks.sort(key=lambda mark: (mark.x, mark.y))
    faint_end = max(mark.x for mark in marks)
    return Line(strand.id, marks, list(strand.pledges), start, end, faint_end, middle, height)
