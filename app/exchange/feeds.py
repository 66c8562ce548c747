"""Feeds: pledges as Atom (RFC 4287) and JSON Feed 1.1, so that a reader sees new pledges on a topic.

The id of an entry never changes, even if the book moves to another address. `published` is the time of the pledge's
first revision, `updated` that of its newest. Addresses begin with the public address of the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET  # writes only; nothing is parsed

from app import __version__
from app.schemas.canonical_json import canonical_json

_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 cannot contain these characters.
_NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


@dataclass(frozen=True)
class FeedEntry:
    """A pledge in a feed or calendar, with its meeting's document and the times of its first and newest revision."""

    pledge: Mapping[str, Any]
    meeting: Mapping[str, Any]
    published: str
    updated: str

    @property
    def title(self) -> str:
        """One line: the pledgors, the act and the summary."""
        return f"{', '.join(self.pledge['pledgors'])} {self.pledge['act']}: {self.pledge['summary']}"

    @property
    def text(self) -> str:
        """Further fields of the pledge, one on each line."""
        pledge, due, condition = self.pledge, self.pledge["due"], self.pledge["condition"]
        fields = {
            "Made": f"{pledge['held_on']}, {self.meeting['title']}",
            "Towards": ", ".join(pledge["towards"]),
            "About": ", ".join(pledge["about"]),
            "Topics": ", ".join(pledge["topics"]),
            "Due": due and " ".join(filter(None, (due["text"], due["to"] and f"(by {due['to']})"))),
            "Condition": condition and condition["text"],
            "Attested": pledge["attested"],
            "Fulfilment": ", ".join(f"{party} {word}" for party, word in pledge["fulfilment"].items()),
        }
        return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


@dataclass(frozen=True)
class Feed:
    """The metadata of a feed or calendar: the public address, its path, and its filters as a query string.

    `updated` is the time of the newest revision among its entries.
    """

    public_url: str
    path: str
    query: str
    updated: str = ""

    @property
    def title(self) -> str:
        filters = ", ".join(f"{name} {value}" for name, value in parse_qsl(self.query))
        return f"Pledges: {filters}" if filters else "Pledges"

    @property
    def id(self) -> str:
        return permanent_id(f"query?{self.query}")

    @property
    def address(self) -> str:
        """The address of the feed itself."""
        return f"{self.public_url}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def page(self) -> str:
        """The address of the same query as JSON."""
        return f"{self.public_url}/v1/pledges{'?' if self.query else ''}{self.query}"

    def record(self, id: str) -> str:
        """The address of a pledge."""
        return f"{self.public_url}/v1/pledges/{id}"


def permanent_id(name: str) -> str:
    """A URN that does not depend on the address of the server."""
    return uuid5(NAMESPACE_URL, f"pledgebook:{name}").urn


def atom(feed: Feed, entries: Sequence[FeedEntry]) -> bytes:
    """The feed as an Atom document in UTF-8."""
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
    element = ET.SubElement(parent, tag, {name: writable(value) for name, value in attributes.items()})
    element.text = text and writable(text)
    return element


def writable(text: str) -> str:
    """Text without the characters that feeds and calendars cannot contain. A query may contain any character."""
    return text.translate(_NOT_IN_XML)


def json_feed(feed: Feed, entries: Sequence[FeedEntry]) -> bytes:
    """The feed as a JSON Feed 1.1 document in UTF-8."""
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
