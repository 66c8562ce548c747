"""Due times: find when a pledge is due (codebook 6).

A clause has one time, in its exact words. Past times and times of other things do not count.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from app.drafting.rules.dates import DateFound, date_at
from app.drafting.rules.draft_model import DraftDue
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import numbers, word_list, word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.tokenizer import folds
from app.schemas.vocabulary import DueKind

DEADLINE_OPENERS = phrases("times", "deadline_openers")
WINDOW_OPENERS = phrases("times", "window_openers")
EVENTS = folded_words("times", "events")
PAST_SIGNS = folded_words("times", "past_signs")
WEEKDAYS = numbers("times", "weekdays")
OPENER_LISTS = ("deadline_openers", "window_openers", "recurring", "open", "event_relative")
FURTHER_STARTERS = word_set("dates", "further_starters")
BARE_WINDOW_OPENERS = word_set("dates", "bare_window_openers")
AFTER_WINDOW_THE = word_set("dates", "after_window_the")
OPEN_WINDOWS = word_set("dates", "open_windows")
YEAR_END_DETERMINERS = word_set("dates", "year_end_determiners")
BEFORE = word_set("dates", "before")
AT_EVENT = word_set("dates", "at_event")
BY_EVENT = word_set("dates", "by_event")
COMING = word_set("dates", "coming")
COMING_BY = word_set("dates", "coming_by")
EVENT_BREAKS = word_set("dates", "event_breaks")
AFTER_EVENT = word_set("dates", "after_event")
NOT_AFTER_EVENT = word_set("dates", "not_after_event")
FUTURE_SIGNS = word_set("dates", "future_signs")
# The lists of phrases that are a time as a whole.
PHRASE_LISTS: tuple[tuple[str, DueKind], ...] = (
    ("recurring", DueKind.recurring),
    ("open", DueKind.open),
    ("event_relative", DueKind.event_relative),
)
# Of several times in a clause, the firmest one counts.
FIRMNESS = (
    DueKind.deadline,
    DueKind.deadline_event,
    DueKind.window,
    DueKind.event_relative,
    DueKind.recurring,
    DueKind.open,
)
EVENT_REACH = 8
PHRASE_REACH = 20


@dataclass(frozen=True, slots=True)
class _Time:
    kind: DueKind
    start: int
    end: int
    since: date | None = None
    until: date | None = None
    inferred: str | None = None


@cache
def _starters() -> frozenset[str]:
    """The words that a time phrase can begin with."""
    first = {folds(phrase)[0] for name in OPENER_LISTS for phrase in word_list("times", name)}
    return FURTHER_STARTERS | first


def due_in(view: SentenceView, text: str, start: int, end: int, held_on: date | None) -> DraftDue | None:
    """The firmest time in `words[start:end]`, the first among equals, or None."""
    found: list[_Time] = []
    i = start
    while i < end:
        starts = view.keys[i] in _starters() and not view.hidden[i]
        time = _time_at(view, i, end, held_on) if starts else None
        if time and time.end <= end and not _is_past(view, time, start, held_on):
            found.append(time)
        i = time.end if time else i + 1
    if not found:
        return None
    best = min(found, key=lambda time: FIRMNESS.index(time.kind))
    a, b = view.words[best.start].start, view.words[best.end - 1].end
    return DraftDue(best.kind, text[a:b], best.since, best.until, best.inferred, a, b)


def _time_at(view: SentenceView, i: int, end: int, held_on: date | None) -> _Time | None:
    for rule in (_deadline, _phrase, _window, _year_of_noun):
        time = rule(view, i, end, held_on)
        if time:
            return time
    return None


def _deadline(view: SentenceView, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "by 2030", "no later than September 1", "within two years", "before this year's SCM"."""
    hit = DEADLINE_OPENERS.at(view.keys, i)
    if hit:
        at = i + hit[0]
        day = date_at(view, at, held_on) if at < end else None
        if day and view.key(day.end) != "'s":
            return _Time(DueKind.deadline, i, day.end, None, _last_day(view, i, day), day.inferred)
        return _event(view, i, at, end, held_on)
    if view.key(i) == "within":
        day = date_at(view, i + 1, held_on)
        if day:
            return _Time(DueKind.deadline, i, day.end, None, day.until, day.inferred)
    return _event(view, i, i + 1, end, held_on) if view.key(i) in AT_EVENT else None


def _last_day(view: SentenceView, i: int, day: DateFound) -> date | None:
    """The last day: "before 2025" ends with the year before, "before the end of 2025" with that year."""
    is_span = day.since is not None and day.until is not None and day.since != day.until
    if not is_span or view.key(i) not in BEFORE or "end" in view.keys[i : day.end]:
        return day.until
    since = day.since
    if since is None or since.month > 1:
        return since
    return since.replace(month=12, day=31, year=since.year - 1) if since.year > 1 else None


def _event(view: SentenceView, i: int, at: int, end: int, held_on: date | None) -> _Time | None:
    """ "ahead of the next summit", "before this year's SCM"; not a past event, not events in general."""
    is_coming = False
    year: int | None = None
    for j in range(at, min(end, at + EVENT_REACH)):
        key = view.key(j)
        if key in YEAR_END_DETERMINERS and view.key(j + 1) == "year":
            is_coming, year = True, held_on.year + (key == "next") if held_on else None
        elif key in COMING:
            is_coming = True
        elif key.isdigit() and len(key) == 4 and held_on and int(key) >= held_on.year:
            is_coming, year = True, int(key)
        if _is_event(view, j):
            return _event_time(view, i, at, j, year, is_coming=is_coming)
        if key in EVENT_BREAKS:
            return None
    return None


def _is_event(view: SentenceView, j: int) -> bool:
    """True for the last noun of an event: "summit", "SCM", "COP30"."""
    return (view.key(j) in EVENTS or _is_numbered_cop(view.key(j))) and view.key(j + 1) not in EVENTS


def _is_numbered_cop(key: str) -> bool:
    return key.startswith("cop") and key[3:].isdigit()


def _event_time(view: SentenceView, i: int, at: int, j: int, year: int | None, *, is_coming: bool) -> _Time | None:
    """The time before or at the event whose noun is at `j`; `i` is its opener, `at` the word after the opener."""
    if view.key(i) == "by" and COMING_BY.isdisjoint(view.keys[at:j]):
        return None
    if not is_coming and view.key(i) in BY_EVENT and not view.key(j).startswith("cop"):
        return None
    until = date(year, 12, 31) if year and year < 9999 else None
    inferred = "the event's day is not said" if until else None
    return _Time(DueKind.deadline_event, i, j + 1, None, until, inferred)


def _phrase(view: SentenceView, i: int, end: int, held_on: date | None) -> _Time | None:
    """Fixed phrases: "annually", "at the earliest opportunity", "as soon as possible", "once X is done"."""
    best: tuple[int, DueKind] | None = None
    for name, kind in PHRASE_LISTS:
        hit = phrases("times", name).at(view.keys, i)
        if hit and (best is None or hit[0] > best[0]):
            best = hit[0], kind
    if best is None:
        return None
    n, kind = best
    if kind is not DueKind.event_relative:
        return _Time(kind, i, i + n)
    if n == 1 and view.key(i) in AFTER_EVENT and view.key(i + 1) in NOT_AFTER_EVENT:
        return None
    stop = i + n
    while stop < end and view.key(stop) not in (",", ";", ".") and stop < i + PHRASE_REACH:
        stop += 1
    return _Time(kind, i, stop)


def _window(view: SentenceView, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "in February", "over the next five years", "in the 2020s"; without an opener: "next summer", "this year"."""
    hit = WINDOW_OPENERS.at(view.keys, i)
    if hit and i + hit[0] < end:
        at = i + hit[0]
        day = date_at(view, at, held_on)
        if day and view.key(day.end) != "'s":
            start = at if view.key(i) == "for" else i
            until = None if view.key(i) in OPEN_WINDOWS else day.until  # "beginning in 2025" has no end
            return _Time(DueKind.window, start, day.end, day.since, until, day.inferred)
    if view.key(i) in BARE_WINDOW_OPENERS and (view.key(i) != "the" or view.key(i + 1) in AFTER_WINDOW_THE):
        day = date_at(view, i, held_on)
        if day and view.key(day.end) != "'s":
            return _Time(DueKind.window, i, day.end, day.since, day.until, day.inferred)
    return None


def _year_of_noun(view: SentenceView, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "this year's exercises": the time qualifies the noun, so the window is inferred."""
    is_year = view.key(i) in YEAR_END_DETERMINERS and view.key(i + 1) == "year" and view.key(i + 2) == "'s"
    day = date_at(view, i, held_on) if is_year and view.key(i + 3) != "end" else None
    if day is None:
        return None
    return _Time(DueKind.window, i, i + 3, day.since, day.until, "the time qualifies the noun")


def _is_past(view: SentenceView, time: _Time, low: int, held_on: date | None) -> bool:
    """True for a time before the meeting, and for the time of what was held, made or agreed."""
    if held_on and time.until and time.until < held_on:
        return True
    if time.kind not in (DueKind.window, DueKind.deadline_event):
        return False
    if held_on and time.since and time.until is None and time.since < held_on and time.kind is DueKind.window:
        return True
    back = view.keys[max(low, time.start - 3) : time.start]
    return not PAST_SIGNS.isdisjoint(back[-2:]) and FUTURE_SIGNS.isdisjoint(back)


def weekday_number(key: str) -> int | None:
    """0 for Monday to 6 for Sunday, or None."""
    return WEEKDAYS.get(key)
