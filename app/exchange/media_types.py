"""Formats of a query: their names and media types, content negotiation, and links from one format to the others.

A new format also needs a renderer and routes: `renderers.py` and `api/formats.py`; CONTRIBUTING.md lists all files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from app.errors import NotAcceptable


@dataclass(frozen=True)
class Format:
    """A format of a response. Its name is also the suffix of its address; `aliases` are further media types for it."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


JSON = Format("json", "application/json")
JSON_LINES = Format(
    "jsonl", "application/jsonl", ("application/x-ndjson", "application/jsonlines", "application/x-jsonlines")
)
CSV = Format("csv", "text/csv")
ATOM = Format("atom", "application/atom+xml")
JSON_FEED = Format("feed.json", "application/feed+json")
CALENDAR = Format("ics", "text/calendar")

OF_PLEDGES = (JSON, JSON_LINES, CSV, ATOM, JSON_FEED, CALENDAR)
OF_MEETINGS = (JSON, JSON_LINES, CSV)

# Parameters that only the JSON page has.
_PAGE_PARAMETERS = ("limit", "cursor", "highlight", "include", "facets", "facet_limit")
LONGEST_LINKED_QUERY = 1000  # characters; a longer query string makes the header too long


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """The offered format that an `Accept` header prefers (RFC 9110); the first one offered if several are equal.

    Raises NotAcceptable if the header accepts none of them.
    """
    if accept in (None, "*/*"):
        return offered[0]
    ranges = [_media_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    weights = {format: _weight(format, ranges) for format in offered}
    best = max(offered, key=weights.__getitem__)
    if weights[best] <= 0:
        available = ", ".join(format.media_type for format in offered)
        raise NotAcceptable(f"The available formats are {available}.")
    return best


def _media_range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"), "1")
    try:
        return media, min(1.0, max(0.0, float(weight)))
    except ValueError:
        return media, 0.0


def _weight(format: Format, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific media range that matches the format; 0 if none matches."""
    names = (format.media_type, *format.aliases)
    for wanted in (names, (f"{format.media_type.partition('/')[0]}/*",), ("*/*",)):
        weights = [weight for media, weight in ranges if media in wanted]
        if weights:
            return max(weights)
    return 0.0


@lru_cache(maxsize=1000)
def alternate_links(query: str, plural: str) -> str:
    """The value of a `Link` header with the other formats of a query; empty if it is too long.

    `plural` is `pledges` or `meetings`.
    """
    parameters = [
        (name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _PAGE_PARAMETERS
    ]
    encoded = f"?{urlencode(parameters)}" if parameters else ""
    if len(encoded) > LONGEST_LINKED_QUERY:
        return ""
    offered = OF_PLEDGES if plural == "pledges" else OF_MEETINGS
    return ", ".join(
        f'</v1/{plural}.{format.name}{encoded}>; rel="alternate"; type="{format.media_type}"' for format in offered[1:]
    )
