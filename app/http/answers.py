"""Responses in formats other than JSON: content negotiation, streamed records, and links between formats.

Every format of a query has the same records.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.responses import Response

from app.exchange.feeds import Feed
from app.exchange.media_types import (
    CSV,
    JSON,
    JSON_FEED,
    LONGEST_LINKED_QUERY,
    Format,
    alternate_links,
    negotiate,
)
from app.exchange.renderers import render_meetings, render_pledges
from app.http.read_route import Snapshot, Stream
from app.query.filters import query_string
from app.query.pages import MeetingQuery, PledgeQuery


def negotiated(snapshot: Snapshot, offered: Sequence[Format]) -> Format:
    """The format that the suffix of the path or the `Accept` header asks for. Raises NotAcceptable."""
    request = snapshot.request
    return JSON if request.url.path.endswith(".json") else negotiate(request.headers.get("accept"), offered)


def formatted_pledges(snapshot: Snapshot, query: PledgeQuery, format: Format, *, bom: bool = False) -> Stream:
    """The pledges of a query as a streamed response in any format except JSON."""
    state = snapshot.request.app.state
    feed = Feed(state.settings.public_url.rstrip("/"), f"/v1/pledges.{format.name}", query_string(query, {}))
    return _stream(format, render_pledges(state.database, format, query, feed, bom=bom), "pledges")


def formatted_meetings(snapshot: Snapshot, query: MeetingQuery, format: Format, *, bom: bool = False) -> Stream:
    """The meetings of a query as a streamed response in JSON Lines or CSV."""
    parts = render_meetings(snapshot.request.app.state.database, format, query, bom=bom)
    return _stream(format, parts, "meetings")


def _stream(format: Format, parts: Iterator[bytes], plural: str) -> Stream:
    if format is not CSV:
        return Stream(parts, format.media_type)
    headers = {"Content-Disposition": f'attachment; filename="{plural}.csv"'}
    return Stream(parts, "text/csv; charset=utf-8; header=present", headers)


def link_formats(response: Response, snapshot: Snapshot, plural: str) -> Response:
    """Add links to the other formats of the query to the `Link` header of `response`, and return `response`."""
    query = snapshot.request.scope["query_string"].decode("latin-1")
    if len(query) <= LONGEST_LINKED_QUERY and (links := alternate_links(query, plural)):
        response.headers["Link"] = ", ".join(filter(None, [response.headers.get("Link"), links]))
    return response


def media_types(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a 200 response in these formats, keyed by status."""
    content = {
        format.media_type: {"schema": {"type": "object" if format is JSON_FEED else "string"}} for format in formats
    }
    return {200: {"description": "The records that match.", "content": content}}
