"""Pledges and meetings in the format asked for, with links to the other formats of the same query."""

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.responses import Response

from app.exchange.feeds import Feed
from app.exchange.media_types import CSV, JSON, JSON_FEED, LONGEST_LINKED, Format, alternate_links, negotiate
from app.exchange.renderers import render_meetings, render_pledges
from app.http.read_route import Snapshot, Stream
from app.query.filters import query_string
from app.query.pages import MeetingQuery, PledgeQuery


def negotiated(snapshot: Snapshot, offered: Sequence[Format]) -> Format:
    """The format that the address or the `Accept` header asks for. Raises NotAcceptable if there is none."""
    request = snapshot.request
    return JSON if request.url.path.endswith(".json") else negotiate(request.headers.get("accept"), offered)


def formatted_pledges(snapshot: Snapshot, query: PledgeQuery, format: Format, *, bom: bool = False) -> Stream:
    """Pledges in any format but the JSON page."""
    state = snapshot.request.app.state
    feed = Feed(state.settings.public_url.rstrip("/"), f"/v1/pledges.{format.name}", query_string(query, {}))
    return _stream(format, render_pledges(state.database, format, query, feed, bom=bom), "pledges")


def formatted_meetings(snapshot: Snapshot, query: MeetingQuery, format: Format, *, bom: bool = False) -> Stream:
    """Meetings in any format but the JSON page."""
    parts = render_meetings(snapshot.request.app.state.database, format, query, bom=bom)
    return _stream(format, parts, "meetings")


def _stream(format: Format, parts: Iterator[bytes], plural: str) -> Stream:
    if format is CSV:
        disposition = {"Content-Disposition": f'attachment; filename="{plural}.csv"'}
        return Stream(parts, "text/csv; charset=utf-8; header=present", disposition)
    return Stream(parts, format.media_type)


def link_formats(answer: Response, snapshot: Snapshot, plural: str) -> Response:
    """Add to a JSON page the links to the other formats of its query."""
    query = snapshot.request.scope["query_string"].decode("latin-1")
    if len(query) <= LONGEST_LINKED and (links := alternate_links(query, plural)):
        answer.headers["Link"] = ", ".join(filter(None, [answer.headers.get("Link"), links]))
    return answer


def media_types(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """The 200 answer of a route that gives these formats, for its OpenAPI."""
    content = {one.media_type: {"schema": {"type": "object" if one is JSON_FEED else "string"}} for one in formats}
    return {200: {"description": "The pledges.", "content": content}}
