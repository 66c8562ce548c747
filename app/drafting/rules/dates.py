"""Dates: read a date among words and normalise it against the day of the meeting (codebook 6).

`date_at` returns where the words of the date end, and its first and last day. Without a day of the meeting, only a date
that names its year gets days.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from app.drafting.rules.lexicon_files import month_ranges, numbers, word_list, word_map, word_set
from app.drafting.rules.sentence_view import SentenceView

DaySpan = tuple[date | None, date | None]

MONTHS = numbers("times", "months")
SEASONS = month_ranges("times", "seasons")
QUARTERS = month_ranges("times", "quarters")
PARTS = month_ranges("times", "parts")
COUNTS = numbers("times", "numbers")
UNITS = word_map("dates", "units")
DECADES = word_set("dates", "decades")
MONTHS_IN_UNIT = numbers("dates", "months_in_unit")
DAYS_IN_UNIT = numbers("dates", "days_in_unit")
ORDINAL_SUFFIXES = word_list("dates", "ordinal_suffixes")
YEAR_JOINERS = word_set("dates", "year_joiners")
DATED_JOINERS = word_set("dates", "dated_joiners")
YEAR_DETERMINERS = word_set("dates", "year_determiners")
UNIT_DETERMINERS = word_set("dates", "unit_determiners")
SEASON_DETERMINERS = word_set("dates", "season_determiners")
YEAR_END_DETERMINERS = word_set("dates", "year_end_determiners")
DECADE_DETERMINERS = word_set("dates", "decade_determiners")
RELATIVE_UNITS = word_set("dates", "relative_units")
COUNT_OPENERS = word_set("dates", "count_openers")
YEAR_PARTS = word_set("dates", "year_parts")
YEAR_EDGES = word_set("dates", "year_edges")
EDGE_MONTHS = month_ranges("dates", "edge_months")
FIRST_EDGE = (1, 3)
LAST_YEAR = 9989  # the next few years can still be computed
LONGEST_ABBREVIATION = 4


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date whose words end before `end`. `since` and `until` are its days; `inferred` says what was supplied."""

    end: int
    since: date | None
    until: date | None
    inferred: str | None = None


def month_span(year: int, first: int, last: int) -> DaySpan:
    """The first day of one month and the last day of another. A season may end in the next year."""
    if not 1 < year <= LAST_YEAR:
        return None, None
    end_year = year + 1 if last < first else year
    return date(year, first, 1), date(end_year, last, calendar.monthrange(end_year, last)[1])


def _is_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and 1900 <= int(key) <= 2150


def _count(key: str) -> int | None:
    return int(key) if key.isdigit() and len(key) < 4 else COUNTS.get(key)


def _day(key: str) -> int | None:
    digits = key[:-2] if key.endswith(ORDINAL_SUFFIXES) else key
    return int(digits) if digits.isdigit() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def _later(day: date, count: int, unit: str) -> date | None:
    """The day `count` units after a day, or None beyond the calendar."""
    try:
        if unit in DAYS_IN_UNIT:
            return day + timedelta(days=count * DAYS_IN_UNIT[unit])
        months = day.month - 1 + count * MONTHS_IN_UNIT[unit]
        year = day.year + months // 12
        month = months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return None


def date_at(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """The date that begins at word `i`, or None."""
    start = i + 1 if view.key(i) == "the" else i
    for rule in (_year_part, _year_end, _month, _day_month, _season, _relative, _counted, _years):
        found = rule(view, start, held_on)
        if found:
            return found
    return None


def _years(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "2030", "2021-2027", "the 2020s", "fiscal year 2025"; not "the 2030 Agenda", which is a name."""
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
    if following and view.is_upper(i + 1) and view.words[i + 1].start - view.words[i].end == 1:
        return None
    return DateFound(i + 1, date(int(key), 1, 1), date(int(key), 12, 31))


def _year_after(view: SentenceView, i: int, held_on: date | None) -> tuple[int, int | None]:
    """Where a year at `i` ends ("2024", "of 2024", "next year"), and that year, else the year of the meeting."""
    j = i + 1 if view.key(i) in YEAR_JOINERS else i
    if _is_year(view.key(j)):
        return j + 1, int(view.key(j))
    k = j + 1 if view.key(j) == "the" else j
    if view.key(k) in YEAR_DETERMINERS and view.key(k + 1) == "year":
        return k + 2, held_on.year + (view.key(k) != "this") if held_on else None
    if view.key(k) == "year" and k > i:
        return k + 1, held_on.year if held_on else None
    return i, held_on.year if held_on else None


def _year_part(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "the first half of 2024", "the third quarter", "early 2025", "the end of next year", "end-2025", "mid-2022"."""
    key = view.key(i)
    months, end = QUARTERS.get(f"{key} {view.key(i + 1)}"), i + 2
    if months is None:
        months, end = QUARTERS.get(key), i + 1
    if months is None and key in YEAR_PARTS:
        months = PARTS[key]
    if months is None:
        return _year_edge(view, i, held_on) if key in YEAR_EDGES else None
    after, year = _year_after(view, end, held_on)
    if after == end and key in YEAR_PARTS:
        return None
    since, until = month_span(year, *months) if year else (None, None)
    return DateFound(after, since, until, None if after > end else "year of the meeting")


def _year_edge(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "the end of the year", "end of March", "the beginning of 2026", "the end of the decade"."""
    j = i + 2 if view.key(i + 1) == "of" else i + 1
    k = j + 1 if view.key(j) in DECADE_DETERMINERS else j
    if view.key(k) in DECADES:
        until = date(_decade(held_on) + 9, 12, 31) if held_on and held_on.year <= LAST_YEAR else None
        return DateFound(k + 1, None, until, "decade of the meeting")
    inner = _month(view, j, held_on)
    if inner:
        return inner
    after, year = _year_after(view, j, held_on)
    if after == j:
        return None
    months = EDGE_MONTHS.get(view.key(i), FIRST_EDGE)
    return DateFound(after, *(month_span(year, *months) if year else (None, None)))


def _decade(day: date) -> int:
    return day.year // 10 * 10


def _year_end(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "the year's end", "year-end", "this year's end"."""
    j = i + 1 if view.key(i) in YEAR_END_DETERMINERS else i
    if view.key(j) != "year":
        return None
    k = j + 2 if view.key(j + 1) == "'s" else j + 1
    if view.key(k) != "end":
        return None
    year = held_on.year + (view.key(i) == "next") if held_on else None
    return DateFound(k + 1, None, date(year, 12, 31) if year else None, "year of the meeting")


def _month(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "February", "March 15", "May 2023", "September 1, 2021"."""
    key = view.key(i)
    month = MONTHS.get(key)
    if not month or not view.is_upper(i):
        return None
    is_abbreviated = view.key(i + 1) == "." and len(key) <= LONGEST_ABBREVIATION and key != "may"
    end = i + 2 if is_abbreviated else i + 1
    day = _day(view.key(end))
    return _dated(view, end + 1 if day else end, month, day, held_on)


def _day_month(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "11 February 2022", "the 26th of April"."""
    day = _day(view.key(i))
    j = i + 2 if view.key(i + 1) == "of" else i + 1
    month = MONTHS.get(view.key(j)) if day else None
    if not month or not view.is_upper(j):
        return None
    return _dated(view, j + 1, month, day, held_on)


def _dated(view: SentenceView, end: int, month: int, day: int | None, held_on: date | None) -> DateFound:
    """A month or day with the year that follows, else the next such date from the meeting on."""
    j = end + 1 if view.key(end) in DATED_JOINERS else end
    year, inferred = None, None
    if _is_year(view.key(j)):
        year, end = int(view.key(j)), j + 1
    elif held_on:
        past = month < held_on.month or (month == held_on.month and day is not None and day < held_on.day)
        year, inferred = held_on.year + past, "next such date from the meeting on"
    if year is None or not 1 < year <= LAST_YEAR:
        return DateFound(end, None, None)
    if day is None:
        return DateFound(end, *month_span(year, month, month), inferred)
    exact = date(year, month, min(day, calendar.monthrange(year, month)[1]))
    return DateFound(end, exact, exact, inferred)


def _season(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "next summer", "this fall", "summer 2024", "the spring of 2025"."""
    word = view.key(i)
    j = i + 1 if word in SEASON_DETERMINERS else i
    months = SEASONS.get(view.key(j))
    if not months:
        return None
    end, year = _year_after(view, j + 1, held_on)
    if j == i and end == j + 1:
        return None
    if end == j + 1 and year and word == "next":
        year += 1
    return DateFound(end, *(month_span(year, *months) if year else (None, None)))


def _relative(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "this year", "next month", "the coming year", "later this year"."""
    while view.key(i) == "later":
        i += 1
    which, unit = view.key(i), view.key(i + 1)
    if which not in UNIT_DETERMINERS or unit not in RELATIVE_UNITS:
        return None
    end = i + 2
    if held_on is None:
        return DateFound(end, None, None)
    step = 0 if which == "this" else 1
    if unit == "year":
        year = held_on.year + step
        return DateFound(end, date(year, 1, 1), date(year, 12, 31)) if year <= LAST_YEAR else None
    if unit == "month":
        first = _later(held_on.replace(day=1), step, "month")
        return DateFound(end, *month_span(first.year, first.month, first.month)) if first else None
    if unit == "decade" and step == 0 and 10 < held_on.year < 9980:
        return DateFound(end, date(_decade(held_on), 1, 1), date(_decade(held_on) + 9, 12, 31))
    return DateFound(end, held_on, _later(held_on, 1, unit))


def _counted(view: SentenceView, i: int, held_on: date | None) -> DateFound | None:
    """ "two years", "next five years", "coming 12 months", "next decade"."""
    j = i
    while view.key(j) in COUNT_OPENERS and j < i + 4:
        j += 1
    count = _count(view.key(j))
    in_brackets = view.key(j + 1) == "(" and view.key(j + 3) == ")"  # "two (2) years"
    at = j + 4 if in_brackets else j + 1
    unit = UNITS.get(view.key(at))
    if count is None or unit is None:
        return None
    until = _later(held_on, count, unit) if held_on else None
    return DateFound(at + 1, held_on, until, "counted from the meeting")
