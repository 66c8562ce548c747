"""Dates as statements write them, read at a place among words and normalised against the meeting's day (codebook 6).

`date_at` gives where the date's words end and its first and last day. Without a meeting day, only what names its own
year can be normalised; the words are found all the same.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from app.drafting.rules.lexicon import load
from app.drafting.rules.sentence_view import View

Span = tuple[date | None, date | None]
UNITS = {
    "year": "year",
    "years": "year",
    "month": "month",
    "months": "month",
    "week": "week",
    "weeks": "week",
    "day": "day",
    "days": "day",
    "decade": "decade",
    "decades": "decade",
    "quarter": "quarter",
}
DECADES = frozenset({"decade", "decades"})


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date's words end before `end`; `since` and `until` are its days; `inferred` says what was supplied."""

    end: int
    since: date | None
    until: date | None
    inferred: str | None = None


def month_span(year: int, first: int, last: int) -> Span:
    """From the first day of one month to the last of another; a season may run into the next year."""
    if not 1 < year < 9990:
        return None, None
    end_year = year + 1 if last < first else year
    return date(year, first, 1), date(end_year, last, calendar.monthrange(end_year, last)[1])


def _is_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and 1900 <= int(key) <= 2150


def _number(key: str) -> int | None:
    if key.isdigit() and len(key) < 4:
        return int(key)
    number = load("times")["numbers"].get(key)
    return number if isinstance(number, int) else None


def _day(key: str) -> int | None:
    digits = key[:-2] if key[-2:] in ("st", "nd", "rd", "th") else key
    return int(digits) if digits.isdigit() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def _later(day: date, count: int, unit: str) -> date | None:
    """`count` units after a day; None beyond the calendar."""
    try:
        if unit in ("day", "week"):
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        months = day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
        year = day.year + months // 12
        month = months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return None


def date_at(view: View, i: int, held_on: date | None) -> DateFound | None:
    """The date that begins at word `i`, or None."""
    start = i + 1 if view.key(i) == "the" else i
    for rule in (_part, _year_end, _month, _day_month, _season, _relative, _counted, _years):
        found = rule(view, start, held_on)
        if found:
            return found
    return None


def _years(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "2030", "2021-2027", "the 2020s", "fiscal year 2025";
    not "the 2030 Agenda", where the year is part of a name.
    """
    if view.key(i) == "fiscal" and view.key(i + 1) == "year":
        i += 2
    key = view.key(i)
    if len(key) == 5 and key[4] == "s" and _is_year(key[:4]):
        first = int(key[:4])
        return DateFound(i + 1, date(first, 1, 1), date(first + 9, 12, 31))
    if not _is_year(key):
        return None
    following = view.key(i + 1)
    if (_is_year(following) and view.words[i + 1].hyphened) or (following == "—" and _is_year(view.key(i + 2))):
        end = i + 2 if _is_year(following) else i + 3
        return DateFound(end, date(int(key), 1, 1), date(int(view.key(end - 1)), 12, 31))
    if following and view.words[i + 1].text[0].isupper() and view.words[i + 1].start - view.words[i].end == 1:
        return None
    return DateFound(i + 1, date(int(key), 1, 1), date(int(key), 12, 31))


def _year_after(view: View, i: int, held_on: date | None) -> tuple[int, int | None]:
    """The year said at `i` ("2024", "of 2024", "next year", "the year"), or that of the meeting; and where it ends."""
    j = i + 1 if view.key(i) in ("of", ",", "in") else i
    if _is_year(view.key(j)):
        return j + 1, int(view.key(j))
    k = j + 1 if view.key(j) == "the" else j
    if view.key(k) in ("this", "next", "coming", "following") and view.key(k + 1) == "year":
        return k + 2, held_on.year + (view.key(k) != "this") if held_on else None
    if view.key(k) == "year" and k > i:
        return k + 1, held_on.year if held_on else None
    return i, held_on.year if held_on else None


def _part(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "the first half of 2024", "the third quarter", "early 2025", "the end of next year", "end-2025", "mid-2022"."""
    times = load("times")
    two = f"{view.key(i)} {view.key(i + 1)}"
    months, end = times["quarters"].get(two), i + 2
    if months is None:
        months, end = times["quarters"].get(view.key(i)), i + 1
    if months is None and view.key(i) in ("early", "mid", "late"):
        months, end = times["parts"][view.key(i)], i + 1
    if months is None and view.key(i) in ("end", "close", "beginning", "start", "middle"):
        return _edge(view, i, held_on)
    if months is None:
        return None
    after, year = _year_after(view, end, held_on)
    if after == end and view.key(i) in ("early", "mid", "late"):
        return None
    since, until = month_span(year, months[0], months[1]) if year else (None, None)
    return DateFound(after, since, until, None if after > end else "year of the meeting")


def _edge(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "the end of the year", "end of March", "the beginning of 2026", "the end of the decade"."""
    edge = view.key(i)
    j = i + 2 if view.key(i + 1) == "of" else i + 1
    k = j + 1 if view.key(j) in ("the", "this") else j
    if view.key(k) in DECADES:
        until = date((held_on.year // 10) * 10 + 9, 12, 31) if held_on and held_on.year < 9990 else None
        return DateFound(k + 1, None, until, "decade of the meeting")
    inner = _month(view, j, held_on)
    if inner:
        return DateFound(inner.end, inner.since, inner.until, inner.inferred)
    after, year = _year_after(view, j, held_on)
    if after == j:
        return None
    first, last = {"end": (12, 12), "close": (12, 12), "middle": (5, 8)}.get(edge, (1, 3))
    since, until = month_span(year, first, last) if year else (None, None)
    return DateFound(after, since, until)


def _year_end(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "the year's end", "year-end", "this year's end"."""
    j = i + 1 if view.key(i) in ("this", "next") else i
    if view.key(j) != "year":
        return None
    k = j + 2 if view.key(j + 1) == "'s" else j + 1
    if view.key(k) != "end":
        return None
    year = held_on.year + (view.key(i) == "next") if held_on else None
    return DateFound(k + 1, None, date(year, 12, 31) if year else None, "year of the meeting")


def _month(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "February", "March 15", "May 2023", "September 1, 2021"."""
    month = load("times")["months"].get(view.key(i))
    if not month or not view.words[i].text[0].isupper():
        return None
    end = i + 2 if view.key(i + 1) == "." and len(view.key(i)) <= 4 and view.key(i) != "may" else i + 1
    day = _day(view.key(end)) if end < len(view) else None
    end = end + 1 if day else end
    return _dated(view, end, month, day, held_on)


def _day_month(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "11 February 2022", "the 26th of April"."""
    day = _day(view.key(i))
    j = i + 2 if view.key(i + 1) == "of" else i + 1
    month = load("times")["months"].get(view.key(j)) if day else None
    if not month or not view.words[j].text[0].isupper():
        return None
    return _dated(view, j + 1, month, day, held_on)


def _dated(view: View, end: int, month: int, day: int | None, held_on: date | None) -> DateFound:
    """A month or day with the year that follows, or else the next such month from the meeting on."""
    j = end + 1 if view.key(end) in (",", "of") else end
    year, inferred = None, None
    if _is_year(view.key(j)):
        year, end = int(view.key(j)), j + 1
    elif held_on:
        past = month < held_on.month or (month == held_on.month and day is not None and day < held_on.day)
        year, inferred = held_on.year + past, "next such date from the meeting on"
    if year is None or not 1 < year < 9990:
        return DateFound(end, None, None)
    if day is None:
        return DateFound(end, *month_span(year, month, month), inferred)
    exact = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    return DateFound(end, exact, exact, inferred)


def _season(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "next summer", "this fall", "summer 2024", "the spring of 2025"."""
    seasons = load("times")["seasons"]
    word = view.key(i)
    j = i + 1 if word in ("this", "next", "coming") else i
    months = seasons.get(view.key(j))
    if not months:
        return None
    end, year = _year_after(view, j + 1, held_on)
    if j == i and end == j + 1:
        return None
    if end == j + 1 and year and (word == "next" or (word == "coming" and held_on and months[0] < held_on.month)):
        year += word == "next"
    since, until = month_span(year, months[0], months[1]) if year else (None, None)
    return DateFound(end, since, until)


def _relative(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "this year", "next month", "the coming year", "later this year"."""
    which, unit = view.key(i), UNITS.get(view.key(i + 1))
    if view.key(i) == "later":
        return _relative(view, i + 1, held_on)
    if (
        which not in ("this", "next", "coming", "following", "upcoming")
        or unit not in ("year", "month", "week", "decade")
        or view.key(i + 1).endswith("s")
    ):
        return None
    end = i + 2
    if held_on is None:
        return DateFound(end, None, None)
    step = 0 if which == "this" else 1
    if unit == "year":
        year = held_on.year + step
        return DateFound(end, date(year, 1, 1), date(year, 12, 31)) if year < 9990 else None
    if unit == "month":
        first = _later(held_on.replace(day=1), step, "month")
        return DateFound(end, *month_span(first.year, first.month, first.month)) if first else None
    if unit == "decade" and step == 0 and 10 < held_on.year < 9980:
        return DateFound(end, date(held_on.year // 10 * 10, 1, 1), date(held_on.year // 10 * 10 + 9, 12, 31))
    return DateFound(end, held_on, _later(held_on, 1, unit))


def _counted(view: View, i: int, held_on: date | None) -> DateFound | None:
    """ "two years", "next five years", "coming 12 months", "next decade"."""
    j = i
    while view.key(j) in ("next", "coming", "following", "the", "a", "period", "of", "upcoming") and j < i + 4:
        j += 1
    count = _number(view.key(j)) if j < len(view) else None
    if view.key(j + 1) == "(" and view.key(j + 3) == ")":  # "two (2) years"
        unit = UNITS.get(view.key(j + 4))
        end = j + 5
    else:
        unit, end = UNITS.get(view.key(j + 1)), j + 2
    if count is None or unit is None:
        return None
    return DateFound(end, held_on, _later(held_on, count, unit) if held_on else None, "counted from the meeting")
