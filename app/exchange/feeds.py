"""Feeds: pledges as Atom (RFC 4287) and JSON Feed 1.1, to be told when something is written on a topic.

What always holds: an entry's id is that of its pledge for ever, on whatever address it is served; `published` is when
the ledger first had it, `updated` when it was last written. Addresses begin with the public one of the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET  # writes only; nothing is parsed

from app import __version__
from app.schemas.canonical_json import canonical_json

_ATOM = "http://www.w3.org/2005/Atom"
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])  # XML 1.0 has no form for them


@dataclass(frozen=True)
class FeedEntry:
    """A pledge in a feed or calendar: its public document, and when the ledger first and last wrote it."""

    pledge: Mapping[str, Any]
    meeting: Mapping[str, Any]
    published: str
    updated: str

    @property
    def title(self) -> str:
        return f"{', '.join(self.pledge['pledgors'])} {self.pledge['act']}: {self.pledge['summary']}"

    @property
    def text(self) -> str:
        """What it says beyond the title, a line a fact."""
        pledge, due, condition = self.pledge, self.pledge["due"], self.pledge["condition"]
        facts = {
            "Made": f"{pledge['held_on']}, {self.meeting['title']}",
            "Towards": ", ".join(pledge["towards"]),
            "About": ", ".join(pledge["about"]),
            "Topics": ", ".join(pledge["topics"]),
            "Due": due and " ".join(filter(None, (due["text"], due["to"] and f"(by {due['to']})"))),
            "Condition": condition and condition["text"],
            "Attested": pledge["attested"],
            "Fulfilment": ", ".join(f"{party} {word}" for party, word in pledge["fulfilment"].items()),
        }
        return "\n".join(f"{name}: {fact}" for name, fact in facts.items() if fact)


@dataclass(frozen=True)
class Feed:
    """The frame of a feed or calendar: the public address, its own path, its filters as a query string.

    `updated` is when the last of its entries was written.
    """

    public_url: str
    path: str
    query: str
    updated: str = ""

    def changed_at(self, updated: str) -> "Feed":
        return replace(self, updated=updated)

    @property
    def title(self) -> str:
        asked = ", ".join(f"{name} {value}" for name, value in parse_qsl(self.query))
        return f"Pledges: {asked}" if asked else "Pledges"

    @property
    def id(self) -> str:
        return permanent_id(f"query?{self.query}")

    @property
    def address(self) -> str:
        return f"{self.public_url}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def page(self) -> str:
        return f"{self.public_url}/v1/pledges{'?' if self.query else ''}{self.query}"

    def record(self, id: str) -> str:
        return f"{self.public_url}/v1/pledges/{id}"


def permanent_id(name: str) -> str:
    """A URN that stays the same on whatever address the book is served."""
    return uuid5(NAMESPACE_URL, f"pledgebook:{name}").urn


def atom(feed: Feed, entries: Sequence[FeedEntry]) -> bytes:
    """The feed as Atom."""
    root = ET.Element("feed", xmlns=_ATOM)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "generator", "Pledgebook", version=__version__)
    _add(_add(root, "author"), "name", "Pledgebook")
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", href=feed.page)
    for entry in entries:
        item = _add(root, "entry")
        _add(item, "id", permanent_id(entry.pledge["id"]))
        _add(item, "title", entry.title)
        _add(item, "published", entry.published)
        _add(item, "updated", entry.updated)
        _add(item, "link", rel="alternate", href=feed.record(entry.pledge["id"]))
        for topic in entry.pledge["topics"]:
            _add(item, "category", term=topic)
        _add(item, "content", entry.text, type="text")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, tag, {name: writable(value) for name, value in attributes.items()})
    made.text = text and writable(text)
    return made


def writable(text: str) -> str:
    """Text without the signs that feeds and calendars have no form for: a question may hold any."""
    return text.translate(_UNWRITABLE)


def json_feed(feed: Feed, entries: Sequence[FeedEntry]) -> bytes:
    """The feed as JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "authors": [{"name": "Pledgebook"}],
        "language": "en",
        "items": [
            {
                "id": permanent_id(entry.pledge["id"]),
                "url": feed.record(entry.pledge["id"]),
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.published,
                "date_modified": entry.updated,
                "tags": entry.pledge["topics"],
            }
            for entry in entries
        ],
    }
    return canonical_json(document).encode()
