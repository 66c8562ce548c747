"""Requests and answers of the two bare apps: the project's URLs, and every field of its answers.

The apps validate nothing, resolve no names, and send no ETag and no links.
"""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from Stemmer import Stemmer

BINDING = "('commit', 'agree', 'reaffirm')"
_DEFAULTS = {"held_on__gte": "0001-01-01", "held_on__lt": "9999-12-31", "limit": "50"}
_OF_PAGE = {"facets", "limit"}
_stem = Stemmer("english").stemWord


def parameters(scope: Any) -> dict[str, Any]:
    """The values that a statement binds. `one` is the id of a single pledge, `most` one row more than a page has."""
    values = {**_DEFAULTS, **dict(parse_qsl(scope["query_string"].decode()))}
    values["most"] = int(values["limit"]) + 1
    values["one"] = scope["path"].removeprefix("/v1/pledges").strip("/")
    return values


def tokens(values: dict[str, Any]) -> tuple[str, str]:
    """The two tokens that the search index has for the word and for the topic."""
    return _stem(values["q"].casefold()), f"topic·{values['topic'].replace('-', '·')}"


def page(rows: list[Any], values: dict[str, Any], facets: list[Any] | None = None) -> bytes:
    """A page of rows (document, held_on, key, head); `facets` as rows (facet, code, name and three counts)."""
    limit = int(values["limit"])
    items = ",".join(row[0] for row in rows[:limit])
    following = None
    if len(rows) > limit:
        following = base64.urlsafe_b64encode(f"{rows[limit - 1][1]} {rows[limit - 1][2]}".encode()).decode()
    rest: dict[str, Any] = {"next": following, "as_of": rows[0][3] if rows else None}
    if facets is not None:
        rest["facets"] = _facets(facets, values)
    return f'{{"items":[{items}],{json.dumps(rest)[1:]}'.encode()


def _facets(rows: list[Any], values: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    given = urlencode([(name, values[name]) for name in values if name in ("topic", "party", "q")]
                      + [(name, values[name]) for name, none in _DEFAULTS.items()
                         if name not in _OF_PAGE and values[name] != none])  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in values["facets"].split(",")}
    for facet, code, name, mentions, undertakings, new in rows:
        counts = {"mentions": mentions, "undertakings": undertakings, "new": new}
        found[facet].append({"code": code, "name": name, **counts, "query": f"{given}&{facet}={code}"})
    return found


async def send_json(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
