"""The bare app on SQLite: ASGI and hand-written SQL on the project's database. BENCH_DATABASE is the file."""

import os
import sqlite3
from typing import Any

from bench.peers.raw_answers import BINDING, page, parameters, send_json, tokens

_ROW = "SELECT document, pledge.held_on, pledge.key, (SELECT max(seq) FROM revision)"
_DOCUMENT = f"""CROSS JOIN revision ON seq = pledge.revision
  WHERE pledge.retracted IS NULL AND pledge.act IN {BINDING}"""
_BY_TOPIC = f"""{_ROW} FROM pledge_topic AS t CROSS JOIN pledge ON pledge.key = t.pledge {_DOCUMENT}
  AND t.topic = :topic AND t.held_on >= :held_on__gte AND t.held_on < :held_on__lt"""
_END = "ORDER BY t.held_on DESC, t.pledge LIMIT :most"
# The `+` keeps SQLite from walking all pledges of the party for each pledge of the topic.
_WITH_PARTY = """AND EXISTS (SELECT 1 FROM pledge_party AS p
  WHERE p.pledge = t.pledge AND p.role = 'pledgor' AND +p.party = :party)"""
_BY_PARTY = f"""{_ROW} FROM pledge_party AS t CROSS JOIN pledge ON pledge.key = t.pledge {_DOCUMENT}
  AND t.party = :party AND t.role = 'pledgor' AND t.held_on >= :held_on__gte AND t.held_on < :held_on__lt {_END}"""
_FOUND = f"""{_ROW} FROM search_pledge AS s CROSS JOIN pledge ON pledge.key = 4294967295 - (s.rowid & 4294967295)
  {_DOCUMENT} AND s.tokens MATCH :match ORDER BY s.rowid DESC LIMIT :most"""
_FACETS = f"""WITH matched AS MATERIALIZED (SELECT key, undertaking, act, is_new FROM pledge_party AS t
    CROSS JOIN pledge ON pledge.key = t.pledge WHERE t.party = :party AND t.role = 'pledgor'
    AND t.held_on >= :held_on__gte AND t.held_on < :held_on__lt AND retracted IS NULL AND act IN {BINDING})
  SELECT 'topic', slug, name, count(*) AS n, count(DISTINCT undertaking), sum(is_new) FROM matched
    CROSS JOIN pledge_topic ON pledge = key CROSS JOIN topic ON slug = pledge_topic.topic GROUP BY slug
  UNION ALL SELECT 'act', act, act, count(*), count(DISTINCT undertaking), sum(is_new) FROM matched GROUP BY act
  ORDER BY n DESC, 2"""
_ONE = "SELECT document FROM pledge CROSS JOIN revision ON seq = revision WHERE pledge.id = :one"
connection = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None, check_same_thread=False)


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    return connection.execute(statement, values).fetchall()


def answer(values: dict[str, Any]) -> bytes:
    if values["one"]:
        return _rows(_ONE, values)[0][0].encode()
    if "facets" in values:
        return page(_rows(_BY_PARTY, values), values, _rows(_FACETS, values))
    if "q" in values:
        return page(_rows(_FOUND, {**values, "match": '"{}" AND "{}"'.format(*tokens(values))}), values)
    return page(_rows(f"{_BY_TOPIC} {_WITH_PARTY if 'party' in values else ''} {_END}", values), values)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send_json(send, answer(parameters(scope)) if scope["path"] != "/" else b"{}")
