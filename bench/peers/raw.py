"""The other ceiling: a bare ASGI app with one SQL statement by hand for each workload, on the project's own database.

No validation, no names, no ETag, no log: what the statement and the wire cost. BENCH_DATABASE is the file.
"""

import os
import sqlite3
from typing import Any
from urllib.parse import parse_qs

_PAGE = """SELECT group_concat(document, ',') FROM (SELECT document FROM pledge_topic AS t
  CROSS JOIN revision ON seq = t.revision
  WHERE t.topic = :topic AND t.held_on < :before AND t.held_on >= :since
  AND standing IN ('commit', 'agree', 'reaffirm') {more} ORDER BY t.held_on DESC, t.pledge LIMIT 50)"""
_BY_PARTY = (
    "AND EXISTS (SELECT 1 FROM pledge_party AS p WHERE p.pledge = t.pledge AND role='pledgor' AND +party = :party)"
)
_FOUND = """SELECT group_concat(document, ',') FROM (SELECT document FROM search_pledge AS s
  CROSS JOIN pledge ON pledge.key = 4294967295 - (s.rowid & 4294967295) CROSS JOIN revision ON seq = pledge.revision
  WHERE tokens MATCH :words AND retracted IS NULL AND act IN ('commit', 'agree', 'reaffirm')
  ORDER BY s.rowid DESC LIMIT 50)"""
_FACET = """SELECT json_group_array(json_array(topic, n)) FROM (SELECT topic, count(*) AS n FROM pledge_party AS p
  JOIN pledge_topic AS t USING (pledge) WHERE p.party = :party AND role = 'pledgor' AND p.held_on >= :since
  GROUP BY topic)"""
_ONE = "SELECT document FROM pledge JOIN revision ON seq = revision WHERE pledge.id = :id"
connection = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None, check_same_thread=False)
connection.text_factory = bytes


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    asked: dict[str, Any] = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    asked = {"before": "9999-12-31", "since": "0001-01-01", **asked}
    kind = scope["path"].rpartition("/")[2]
    if kind == "facets":
        statement = _FACET
    elif kind == "one":
        statement = _ONE
    elif "words" in asked:
        statement = _FOUND
    else:
        statement = _PAGE.format(more=_BY_PARTY if "party" in asked else "")
    body = b'{"items":[%b]}' % (connection.execute(statement, asked).fetchone()[0] or b"")
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
