"""Answers in the form asked for: the renderings of a query over HTTP, with their ETags and the way to the others."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.exchange.feeds import Feed
from app.exchange.media_types import CSV, JSON_FEED, Rendering, alternate_links
from app.exchange.renderers import render_meetings, render_pledges
from app.http.conditional import matches
from app.http.dependencies import list_etag
from app.query.pages import MeetingQuery, PledgeQuery
from app.query.query_strings import query_string


def rendered_pledges(
    request: Request, connection: Connection, query: PledgeQuery, rendering: Rendering, if_none_match: str | None,
    *, bom: bool = False,
) -> Response:  # fmt: skip
    """Pledges in any rendering but the JSON page."""
    address = request.app.state.settings.public_url.rstrip("/")
    feed = Feed(address, f"/v1/pledges.{rendering.name}", query_string(query, {}))
    parts = render_pledges(request.app.state.database, rendering, query, feed, bom=bom)
    return _streamed(request, connection, rendering, parts, "pledges", if_none_match)


def rendered_meetings(
    request: Request, connection: Connection, query: MeetingQuery, rendering: Rendering, if_none_match: str | None,
    *, bom: bool = False,
) -> Response:  # fmt: skip
    """Meetings in any rendering but the JSON page."""
    parts = render_meetings(request.app.state.database, rendering, query, bom=bom)
    return _streamed(request, connection, rendering, parts, "meetings", if_none_match)


def _streamed(
    request: Request, connection: Connection, rendering: Rendering, parts: Iterator[bytes], plural: str,
    if_none_match: str | None,
) -> Response:  # fmt: skip
    """The parts one after the other. The first rows are read before the answer begins: an error is still a problem."""
    etag = list_etag(connection, request, rendering.name)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if matches(etag, if_none_match):
        return Response(status_code=304, headers=headers)
    connection.close()  # the parts open their own, and who waits for a connection must not hold one
    begun = list(islice(parts, 2))
    media_type = rendering.media_type
    if rendering is CSV:
        media_type = "text/csv; charset=utf-8; header=present"
        headers["Content-Disposition"] = f'attachment; filename="{plural}.csv"'
    return StreamingResponse(chain(begun, parts), headers=headers, media_type=media_type)


def tell_renderings(answer: Response, request: Request, plural: str) -> Response:
    """Put into the answer of a JSON page that `Accept` chose it, and links to the other renderings of its query."""
    answer.headers["Vary"] = "Accept"
    links = alternate_links(parse_qsl(request.url.query), plural)
    if links:
        answer.headers["Link"] = ", ".join([*filter(None, [answer.headers.get("Link")]), *links])
    return answer


def media_types(*renderings: Rendering) -> dict[int | str, dict[str, Any]]:
    """The 200 answer of a route that gives these renderings, for its OpenAPI."""
    content = {one.media_type: {"schema": {"type": "object" if one is JSON_FEED else "string"}} for one in renderings}
    return {200: {"description": "The pledges.", "content": content}}
