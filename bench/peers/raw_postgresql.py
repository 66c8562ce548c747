"""The ceiling on PostgreSQL: a bare ASGI app with psycopg and the same statements by hand, on the project's own database.

No validation, no names, no ETag, no log. It runs in the project's environment, which has psycopg. BENCH_DATABASE is
the address.
"""

import json
import os
from typing import Any
from urllib.parse import parse_qs

import psycopg

_PAGE = """SELECT document FROM pledge_topic AS t JOIN pledge ON pledge.key = t.pledge
  JOIN revision ON seq = pledge.revision
  WHERE t.topic = %(topic)s AND t.held_on < %(before)s AND t.held_on >= %(since)s AND retracted IS NULL
  AND act IN ('commit', 'agree', 'reaffirm') {more} ORDER BY t.held_on DESC, t.pledge LIMIT 51"""
_BY_PARTY = """AND EXISTS (SELECT FROM pledge_party AS p
  WHERE p.pledge = t.pledge AND role = 'pledgor' AND party = %(party)s)"""
_FOUND = """SELECT document FROM search_pledge AS s JOIN pledge ON pledge.key = s.pledge
  JOIN revision ON seq = pledge.revision WHERE tokens @@ CAST(%(words)s AS tsquery) AND retracted IS NULL
  AND act IN ('commit', 'agree', 'reaffirm') ORDER BY held_on DESC, pledge.key LIMIT 51"""
_FACETS = """WITH matched AS MATERIALIZED (SELECT pledge.key, undertaking, p.held_on, act FROM pledge_party AS p
    JOIN pledge ON pledge.key = p.pledge WHERE p.party = %(party)s AND role = 'pledgor'
    AND p.held_on >= %(since)s AND retracted IS NULL AND act IN ('commit', 'agree', 'reaffirm'))
  SELECT json_agg(f)::text FROM (SELECT topic AS code, count(*), count(DISTINCT undertaking), max(matched.held_on)
    FROM matched JOIN pledge_topic ON pledge = key GROUP BY topic
  UNION ALL SELECT act, count(*), count(DISTINCT undertaking), max(held_on)
    FROM matched GROUP BY 1) AS f"""
_ONE = "SELECT document FROM pledge JOIN revision ON seq = revision WHERE pledge.id = %(id)s"
_STATEMENTS = {"facets": _FACETS, "one": _ONE}
_kept: list[Any] = []


async def _cursor() -> Any:
    if not _kept:
        connection = await psycopg.AsyncConnection.connect(os.environ["BENCH_DATABASE"], autocommit=True)
        connection.prepare_threshold = 0
        _kept.append(connection)
    return _kept[0].cursor()


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    asked: dict[str, Any] = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    asked = {"before": "9999-12-31", "since": "0001-01-01", **asked}
    kind = scope["path"].rpartition("/")[2]
    statement = _STATEMENTS.get(kind, _FOUND if "words" in asked else _PAGE.format(more=_BY_PARTY * ("party" in asked)))
    cursor = await _cursor()
    await cursor.execute(statement, asked)
    rows = [row[0] for row in await cursor.fetchall()]
    body = b'{"items":[%b],"next":%b}' % (",".join(rows[:50]).encode(), json.dumps(len(rows) > 50).encode())
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
