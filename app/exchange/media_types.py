"""The formats of a query: which there are, how one is chosen, and how an answer links to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from app.errors import NotAcceptable


@dataclass(frozen=True)
class Format:
    """A form an answer can have: its name is its suffix too; `also` are other media types that ask for it."""

    name: str
    media_type: str
    also: tuple[str, ...] = ()


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

# Parameters of the JSON page alone.
_OF_A_PAGE = ("limit", "cursor", "highlight", "include", "facets", "facet_limit")
LONGEST_LINKED_QUERY = 1000


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """The format that an `Accept` header asks for, by RFC 9110: of equals the first offered."""
    if accept in (None, "*/*"):
        return offered[0]
    ranges = [_media_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    weights = {format: _weight(format, ranges) for format in offered}
    best = max(offered, key=weights.__getitem__)
    if weights[best] <= 0:
        there = ", ".join(format.media_type for format in offered)
        raise NotAcceptable(f"This address has {there}.")
    return best


def _media_range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"), "1")
    try:
        return media, min(1.0, max(0.0, float(weight)))
    except ValueError:
        return media, 0.0


def _weight(format: Format, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific range that the format falls under; 0 if none does."""
    names = (format.media_type, *format.also)
    for wanted in (names, (f"{format.media_type.partition('/')[0]}/*",), ("*/*",)):
        weights = [weight for media, weight in ranges if media in wanted]
        if weights:
            return max(weights)
    return 0.0


@lru_cache(maxsize=1000)
def alternate_links(query: str, plural: str) -> str:
    """The links to the other formats of a query string, as a `Link` header.

    Empty where they would be too long for a header.
    """
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _OF_A_PAGE]
    encoded = f"?{urlencode(kept)}" if kept else ""
    if len(encoded) > LONGEST_LINKED_QUERY:
        return ""
    offered = OF_PLEDGES if plural == "pledges" else OF_MEETINGS
    return ", ".join(
        f'</v1/{plural}.{one.name}{encoded}>; rel="alternate"; type="{one.media_type}"' for one in offered[1:]
    )
