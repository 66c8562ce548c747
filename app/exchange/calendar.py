"""Calendars: the deadlines of pledges as iCalendar (RFC 5545), one event for each pledge whose `due` has a last day.

The UID of a pledge's event never changes. An event lasts whole days, from the first day of `due` to the last; without a
first day it lasts one day.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.exchange.feeds import Feed, FeedEntry, writable

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//Pledgebook//Deadlines//EN"
_ONE_DAY = timedelta(days=1)


def calendar(feed: Feed, entries: Iterable[FeedEntry]) -> Iterator[bytes]:
    """The calendar in parts: its header, each event, its footer."""
    from icalendar import Calendar  # imported here because most servers and commands need none

    frame = Calendar()
    frame.add("version", "2.0")
    frame.add("prodid", _PRODUCT)
    title = writable(feed.title)
    frame.add("name", title)
    frame.add("x-wr-calname", title)
    header, footer, _ = frame.to_ical().rpartition(b"END:VCALENDAR")
    yield header
    for entry in entries:
        yield _event(feed, entry).to_ical()
    yield footer + b"\r\n"


def _event(feed: Feed, entry: FeedEntry) -> "Event":
    """The event of a pledge whose `due` has a last day."""
    from icalendar import Event

    pledge = entry.pledge
    last_day = date.fromisoformat(pledge["due"]["to"])
    event = Event()
    event.add("uid", f"{pledge['id']}@pledgebook")
    event.add("dtstamp", datetime.fromisoformat(entry.updated))
    event.add("created", datetime.fromisoformat(entry.published))
    event.add("last-modified", datetime.fromisoformat(entry.updated))
    event.add("sequence", pledge["version"] - 1)
    event.add("dtstart", date.fromisoformat(pledge["due"]["from"] or pledge["due"]["to"]))
    event.add("dtend", last_day + _ONE_DAY)  # iCalendar excludes the end
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("categories", list(pledge["topics"]))
    event.add("url", feed.record(pledge["id"]))
    event.add("transp", "TRANSPARENT")
    return event
