"""The bare app on PostgreSQL: ASGI, psycopg's async pool, hand-written SQL. BENCH_DATABASE is the address.

Statements are prepared at their first run on a connection.
"""

import os
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from bench.peers.raw_answers import BINDING, page, parameters, send_json, tokens

_ROW = "SELECT document, pledge.held_on, pledge.key, (SELECT max(seq) FROM revision)"
_DOCUMENT = f"JOIN revision ON seq = pledge.revision WHERE pledge.retracted IS NULL AND pledge.act IN {BINDING}"
_DAYS = "AND t.held_on >= %(held_on__gte)s AND t.held_on < %(held_on__lt)s"
_BY_TOPIC = f"""{_ROW} FROM pledge_topic AS t JOIN pledge ON pledge.key = t.pledge {_DOCUMENT}
  AND t.topic = %(topic)s {_DAYS}"""
_END = "ORDER BY t.held_on DESC, t.pledge LIMIT %(most)s"
_WITH_PARTY = """AND EXISTS (SELECT FROM pledge_party AS p
  WHERE p.pledge = t.pledge AND p.role = 'pledgor' AND p.party = %(party)s)"""
_BY_PARTY = f"""{_ROW} FROM pledge_party AS t JOIN pledge ON pledge.key = t.pledge {_DOCUMENT}
  AND t.party = %(party)s AND t.role = 'pledgor' {_DAYS} {_END}"""
_FOUND = f"""{_ROW} FROM search_pledge AS s JOIN pledge ON pledge.key = s.pledge {_DOCUMENT}
  AND s.tokens @@ CAST(%(match)s AS tsquery) ORDER BY pledge.held_on DESC, pledge.key LIMIT %(most)s"""
_FACETS = f"""WITH matched AS MATERIALIZED (SELECT key, undertaking, act, is_new FROM pledge_party AS t
    JOIN pledge ON pledge.key = t.pledge WHERE t.party = %(party)s AND t.role = 'pledgor' {_DAYS}
    AND retracted IS NULL AND act IN {BINDING})
  SELECT 'topic', slug, name, count(*) AS n, count(DISTINCT undertaking), count(*) FILTER (WHERE is_new) FROM matched
    JOIN pledge_topic ON pledge = key JOIN topic ON slug = pledge_topic.topic GROUP BY slug, name
  UNION ALL SELECT 'act', act, act, count(*), count(DISTINCT undertaking), count(*) FILTER (WHERE is_new)
    FROM matched GROUP BY act
  ORDER BY n DESC, 2"""
_ONE = "SELECT document FROM pledge JOIN revision ON seq = revision WHERE pledge.id = %(one)s"


async def _prepare_at_once(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)
    connection.prepare_threshold = 0


pool = AsyncConnectionPool(
    os.environ["BENCH_DATABASE"], min_size=8, max_size=8, open=False, configure=_prepare_at_once, timeout=60
)


async def answer(values: dict[str, Any]) -> bytes:
    async with pool.connection() as connection:

        async def rows(statement: str, bound: dict[str, Any] = values) -> list[Any]:
            return await (await connection.execute(statement, bound)).fetchall()

        if values["one"]:
            return (await rows(_ONE))[0][0].encode()
        if "facets" in values:
            return page(await rows(_BY_PARTY), values, await rows(_FACETS))
        if "q" in values:
            return page(await rows(_FOUND, {**values, "match": "'{}' & '{}'".format(*tokens(values))}), values)
        return page(await rows(f"{_BY_TOPIC} {_WITH_PARTY if 'party' in values else ''} {_END}"), values)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await send_json(send, await answer(parameters(scope)) if scope["path"] != "/" else b"{}")


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    await pool.open(wait=True)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})
