"""Calendars: the deadlines of pledges as iCalendar (RFC 5545), one event each.

What always holds: an event's UID is its pledge's for ever. It lies on whole days, from the first day of what is due
(the last, if no first is named) to the last. What names no last day is no deadline and has no event.
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
    """The calendar in parts: its head, each event, its end."""
    from icalendar import Calendar  # late: most servers and commands never make one

    frame = Calendar()
    frame.add("version", "2.0")
    frame.add("prodid", _PRODUCT)
    title = writable(feed.title)  # which has the words of the question
    frame.add("name", title)
    frame.add("x-wr-calname", title)
    head, end, _ = frame.to_ical().rpartition(b"END:VCALENDAR")
    yield head
    for entry in entries:
        yield event(feed, entry).to_ical()
    yield end + b"\r\n"


def event(feed: Feed, entry: FeedEntry) -> "Event":
    """The event of a pledge whose `due` names a last day."""
    from icalendar import Event

    pledge = entry.pledge
    last = date.fromisoformat(pledge["due"]["to"])
    made = Event()
    made.add("uid", f"{pledge['id']}@pledgebook")
    made.add("dtstamp", datetime.fromisoformat(entry.updated))
    made.add("created", datetime.fromisoformat(entry.published))
    made.add("last-modified", datetime.fromisoformat(entry.updated))
    made.add("sequence", pledge["version"] - 1)
    made.add("dtstart", date.fromisoformat(pledge["due"]["from"] or pledge["due"]["to"]))
    made.add("dtend", last + _ONE_DAY)
    made.add("summary", entry.title)
    made.add("description", entry.text)
    made.add("categories", list(pledge["topics"]))
    made.add("url", feed.record(pledge["id"]))
    made.add("transp", "TRANSPARENT")
    return made
