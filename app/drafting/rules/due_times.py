"""By when a pledge is due (codebook 6): one time for a clause, its words exact, past times and other people's
left out.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.drafting.rules.dates import DateFound, date_at
from app.drafting.rules.draft_model import Due, DueKind
from app.drafting.rules.lexicon import load, phrases, words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.tokenizer import folds

EVENT_REACH = 8


@dataclass(frozen=True, slots=True)
class _Time:
    kind: DueKind
    start: int
    end: int
    since: date | None = None
    until: date | None = None
    inferred: str | None = None


# A clause may hold several times; the firmest is the pledge's.
RANK = {"deadline": 0, "deadline-event": 1, "window": 2, "event-relative": 3, "recurring": 4, "open": 5}


@lru_cache
def _starters() -> frozenset[str]:
    """The words that a time phrase can begin with."""
    times = load("times")
    lists = ("deadline_openers", "window_openers", "recurring", "open", "event_relative")
    first = {folds(p)[0] for name in lists for p in times[name]}
    return frozenset(
        first | {"within", "at", "during", "this", "next", "later", "early", "mid", "late", "the", "first", "second"}
    )


def due_in(view: View, text: str, start: int, end: int, held_on: date | None) -> Due | None:
    """The time of the clause `words[start:end]`: its firmest, the first among equals."""
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
    best = min(found, key=lambda t: RANK[t.kind])
    a, b = view.words[best.start].start, view.words[best.end - 1].end
    return Due(best.kind, text[a:b], best.since, best.until, best.inferred, a, b)


def _time_at(view: View, i: int, end: int, held_on: date | None) -> _Time | None:
    for rule in (_deadline, _whole, _window, _named_year):
        time = rule(view, i, end, held_on)
        if time:
            return time
    return None


def _deadline(view: View, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "by 2030", "no later than September 1", "before the year's end", "within two years";
    "before this year's SCM".
    """
    hit = phrases("times", "deadline_openers").at(view.keys, i)
    if hit:
        at = i + hit[0]
        day = date_at(view, at, held_on) if at < end else None
        if day and view.key(day.end) != "'s":
            return _Time("deadline", i, day.end, None, _limit(view, i, day), day.inferred)
        return _event(view, i, at, end, held_on)
    if view.key(i) == "within":
        day = date_at(view, i + 1, held_on)
        if day:
            return _Time("deadline", i, day.end, None, day.until, day.inferred)
    if view.key(i) == "at" or view.key(i) == "during":
        return _event(view, i, i + 1, end, held_on)
    return None


def _limit(view: View, i: int, day: DateFound) -> date | None:
    """The last day: "before 2025" ends with the year before, "before the end of 2025" with that year."""
    if (
        view.key(i) in ("before", "prior")
        and day.since
        and day.until
        and day.since != day.until
        and "end" not in view.keys[i : day.end]
    ):
        try:
            return day.since.replace(month=12, day=31, year=day.since.year - 1) if day.since.month == 1 else day.since
        except ValueError:
            return None
    return day.until


def _event(view: View, i: int, at: int, end: int, held_on: date | None) -> _Time | None:
    """Before or at a coming event: "ahead of the next summit", "before this year's SCM";
    a past or general one is none.
    """
    coming = False
    year: int | None = None
    for j in range(at, min(end, at + EVENT_REACH)):
        key = view.key(j)
        if key in ("next", "upcoming", "forthcoming", "coming", "following"):
            coming = True
        if key in ("this", "next") and view.key(j + 1) == "year":
            coming = True
            year = held_on.year + (key == "next") if held_on else None
        if key.isdigit() and len(key) == 4 and held_on and int(key) >= held_on.year:
            coming, year = True, int(key)
        if (key in words("times", "events") or (key.startswith("cop") and key[3:].isdigit())) and view.key(
            j + 1
        ) not in words("times", "events"):
            if view.key(i) == "by" and not any(k in ("next", "time") for k in view.keys[at:j]):
                return None
            if key.startswith("cop") or coming or view.key(i) not in ("at", "during", "by"):
                until = date(year, 12, 31) if year and year < 9999 else None
                return _Time("deadline-event", i, j + 1, None, until, "the event's day is not said" if until else None)
            return None
        if key in (",", "and", "to", "of", ";"):
            return None
    return None


def _whole(view: View, i: int, end: int, held_on: date | None) -> _Time | None:
    """Set phrases: "annually", "at the earliest opportunity", "as soon as possible", "once X is done"."""
    kinds: tuple[tuple[str, DueKind], ...] = (
        ("recurring", "recurring"),
        ("open", "open"),
        ("event_relative", "event-relative"),
    )
    best: tuple[int, DueKind] | None = None
    for name, kind in kinds:
        hit = phrases("times", name).at(view.keys, i)
        if hit and (best is None or hit[0] > best[0]):
            best = hit[0], kind
    if best is None:
        return None
    n, kind = best
    if kind != "event-relative":
        return _Time(kind, i, i + n)
    if (
        view.key(i) in ("once", "upon")
        and n == 1
        and view.key(i + 1) in ("again", "more", "a", "all", "any", "which", "every")
    ):
        return None
    stop = i + n
    while stop < end and view.key(stop) not in (",", ";", ".") and stop < i + 20:
        stop += 1
    return _Time(kind, i, stop)


def _window(view: View, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "in February", "over the next five years", "in the 2020s"; without an opener: "next summer", "this year"."""
    hit = phrases("times", "window_openers").at(view.keys, i)
    if hit:
        at = i + hit[0]
        if (at < end and view.key(at) in ("early", "late", "mid")) or at < end:
            day = date_at(view, at, held_on)
            if day and view.key(day.end) != "'s":
                begun = i if view.key(i) != "for" else at
                return _Time("window", begun, day.end, day.since, _open_end(view, i, day), day.inferred)
    if view.key(i) in ("this", "next", "later", "early", "mid", "late", "the", "first", "second"):
        day = date_at(view, i, held_on)
        if (
            day
            and view.key(day.end) != "'s"
            and (
                view.key(i) != "the"
                or view.key(i + 1) in ("first", "second", "latter", "third", "fourth", "coming", "next")
            )
        ):
            return _Time("window", i, day.end, day.since, day.until, day.inferred)
    return None


def _open_end(view: View, i: int, day: DateFound) -> date | None:
    """ "beginning in 2025" has no end."""
    return None if view.key(i) in ("starting", "beginning", "commencing", "from") else day.until


def _named_year(view: View, i: int, end: int, held_on: date | None) -> _Time | None:
    """ "this year's exercises": the time qualifies the noun, so the window is inferred."""
    if (
        view.key(i) in ("this", "next")
        and view.key(i + 1) == "year"
        and view.key(i + 2) == "'s"
        and view.key(i + 3) != "end"
    ):
        day = date_at(view, i, held_on)
        if day:
            return _Time("window", i, i + 3, day.since, day.until, "the time qualifies the noun")
    return None


def _is_past(view: View, time: _Time, low: int, held_on: date | None) -> bool:
    """Times before the meeting, and times of what was held, made or agreed, bind nobody."""
    if held_on and time.until and time.until < held_on:
        return True
    if time.kind in ("open", "recurring", "event-relative", "deadline"):
        return False
    if held_on and time.since and time.until is None and time.since < held_on and time.kind == "window":
        return True
    back = view.keys[max(low, time.start - 3) : time.start]
    return any(k in words("times", "past_signs") for k in back[-2:]) and not any(k in ("be", "will") for k in back)


def weekday_number(key: str) -> int | None:
    """0 for Monday to 6 for Sunday."""
    number = load("times")["weekdays"].get(key)
    return number if isinstance(number, int) else None
