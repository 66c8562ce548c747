"""A page of pledges, and one pledge, each by one statement of SQLite's own that gives one row: the documents joined.

Fetching fifty rows takes and drops the interpreter's lock fifty times, and SQLAlchemy takes longer to write such a
statement than SQLite to run it. The statements are those of `query.py` for the plainest of its queries, and one
thing more: where a topic and a party are asked for, the shorter index is walked.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from app.db import Database
from app.filters import topic
from app.paging import decode_cursor, encode_cursor
from app.query import PledgeQuery
from app.search import AnyOf, Clause, Phrase, thing
from app.search_index import KEYS, PLEDGES, fts5
from app.vocabulary import PLEDGE_ACTS, POSITION_ACTS, Entity

# CROSS JOIN keeps the tables in this order, so that the walk's order is the page's and nothing is sorted.
_PAGE = """
SELECT group_concat(document, '\n'), group_concat(place, ' '), count(*) FROM (
  SELECT revision.document AS document, {place} AS place
  FROM {walked} CROSS JOIN revision ON revision.seq = {revision}
  WHERE {conditions} ORDER BY {order} LIMIT :rows)
"""
_HELD_ON = b'"held_on":"'
# Not IN, for which SQLite makes a table of the acts each time: a page by topic takes it a tenth longer so.
_ACTS = {
    kind: f"({' OR '.join(f'{{act}} = {act.value!r}' for act in acts)})"
    for kind, acts in (("pledge", PLEDGE_ACTS), ("position", POSITION_ACTS))
}
# Asked of the key that is walked, before a document is looked up: most have not both.
_ON_TOPIC = "EXISTS (SELECT 1 FROM pledge_topic AS t WHERE t.pledge = {key} AND t.topic = :topic)"
# Whoever shares the topic's bit has it looked up; so would a topic that enters later and shares it.
_IS_ALONE = "NOT EXISTS (SELECT 1 FROM topic WHERE bit = :place AND slug <> :topic)"
_SURELY_ON_TOPIC = f"({_IS_ALONE} OR {_ON_TOPIC})"
# +: by the pledge, of which there are few rows, not by the party.
_BY_PARTY = """EXISTS (SELECT 1 FROM pledge_party AS p
    WHERE p.pledge = {key} AND p.role = 'pledgor' AND +p.party = :party)"""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM {walked} WHERE {conditions} LIMIT {rows})"
# So many entries are counted at most to tell which of two indexes is the shorter. An entry of a party tells by its bits
# whether to look; one of a topic is looked up each time.
_COUNTED, _REMEMBERED = 8000, 1000
_PARTY_TO_TOPIC = 8


# SQLite asks back after so many steps of its machine: a page by an index takes some 3,000 steps.
_STEPS, _TURNS = 1000, 300


# As much as SQLite maps of a file; the rest is read by calls of the system. With an eighth of that, a deep page of a
# book of a million pledges takes half as long again.
_MAPPED = 2**31 - 2**16


class Reading(sqlite3.Connection):
    """A connection that remembers how long the indexes are that it has counted, and which bits topics have."""

    counts: dict[tuple[str, str], int]
    bits: dict[str, int]


class KeptConnection:
    """A connection for short reads on the event loop. One that takes too many steps is broken off with an error."""

    def __init__(self, database: Database) -> None:
        self.file = str(database.url.database)
        self.connection: Reading | None = None
        self.turns = 0

    def reading(self) -> Reading:
        """The connection, with as many steps to take as a short read may. It gives text as bytes."""
        self.turns = _TURNS
        if self.connection is None:
            made = sqlite3.connect(self.file, isolation_level=None, timeout=0, check_same_thread=False, factory=Reading)
            self.connection = made
            self.connection.counts, self.connection.bits = {}, {}
            self.connection.text_factory = bytes
            for pragma in ("query_only=ON", f"mmap_size={_MAPPED}"):
                self.connection.execute(f"PRAGMA {pragma}")
            self.connection.set_progress_handler(self._is_long, _STEPS)
        return self.connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read within is of one state of the book."""
        self.reading().execute("BEGIN")
        try:
            yield
        finally:
            if self.connection is not None:
                self.connection.rollback()

    def _is_long(self) -> bool:
        self.turns -= 1
        return self.turns < 0

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Page(NamedTuple):
    """The documents of a page, joined by commas, and the cursor of the next."""

    items: bytes
    next: str | None


class Found(NamedTuple):
    """What a query finds, as parts of a statement: where, what joins the pledge if that is not yet there, its key and
    revision, and in which order and places."""

    walked: str
    pledge: str
    key: str
    revision: str
    place: str
    order: str
    conditions: str


class Walk(NamedTuple):
    """A table whose index is walked; how it tells of the pledge; and what it takes from the conditions."""

    table: str
    key: str
    act: str
    stands: str
    conditions: tuple[str, ...]

    def standing(self, kind: str) -> list[str]:
        """That a pledge stands, and is of the kind asked for."""
        return [self.stands, *([_ACTS[kind].format(act=self.act)] if kind in _ACTS else [])]


def _linking(table: str, *conditions: str) -> Walk:
    """A table that has what a page needs of the pledge: it is not looked up."""
    return Walk(table, f"{table}.pledge", f"{table}.standing", f"{table}.standing IS NOT NULL", conditions)


_WHOLE = Walk("pledge", "pledge.key", "pledge.act", "pledge.retracted IS NULL", ())
_TOPICS = _linking("pledge_topic", "pledge_topic.topic = :topic")
_TOPICS_BY_PARTY = _linking("pledge_topic", *_TOPICS.conditions, _BY_PARTY.format(key=_TOPICS.key))
_PARTIES = _linking("pledge_party", "pledge_party.party = :party", "pledge_party.role = 'pledgor'")
_PARTIES_ON_TOPIC = _linking(
    "pledge_party", *_PARTIES.conditions, "pledge_party.topics & :bit", _SURELY_ON_TOPIC.format(key=_PARTIES.key)
)


def read_pledge(connection: Reading, id: str) -> tuple[bytes, str] | None:
    """The document of a pledge that stands, and its revision's hash."""
    query = """SELECT document, hash FROM pledge JOIN revision ON revision.seq = pledge.revision
      WHERE pledge.id = ? AND pledge.retracted IS NULL"""
    row = connection.execute(query, (id,)).fetchone()
    return None if row is None else (row[0], row[1].decode())


def read_lean_page(
    connection: Reading, query: PledgeQuery, fingerprint: str, cursor: str | None, clauses: Sequence[Clause]
) -> Page | None:
    """A page of a query for at most one topic, one party, days, and words as `clauses`; None if a name is not known."""
    asked: dict[str, Any] = {"rows": query.limit + 1}
    by_words = query.q is not None
    if cursor is not None:
        columns = (PLEDGES.c.rowid,) if by_words else (topic.c.held_on, topic.c.pledge)
        *day, asked["last"] = decode_cursor(fingerprint, cursor, columns)
        asked["day"] = day[0].isoformat() if day else None
    statement = _page_of(find(connection, query, clauses, asked))
    documents, places, count = connection.execute(statement, asked).fetchone()
    if not count:
        return Page(b"", None) if _are_known(connection, asked) else None
    if count <= query.limit:
        return Page(documents.replace(b"\n", b","), None)
    place, end = int(places.split(b" ")[-2]), documents.rindex(b"\n")
    last = [place] if by_words else [_last_day(documents, end), place]
    return Page(documents[:end].replace(b"\n", b","), encode_cursor(fingerprint, last))


@lru_cache(maxsize=1000)
def _page_of(found: Found) -> str:
    return _PAGE.format(**found._asdict())


def _last_day(documents: bytes, end: int) -> str:
    """The day of the last pledge before `end`, as its document tells it."""
    at = documents.rindex(_HELD_ON, 0, end) + len(_HELD_ON)
    return documents[at : at + 10].decode()


def _are_known(connection: Reading, asked: dict[str, Any]) -> bool:
    """Whether what was asked for is called so in the book, and nothing was found of it."""
    query = "SELECT EXISTS (SELECT 1 FROM topic WHERE slug = :topic), EXISTS (SELECT 1 FROM party WHERE code = :party)"
    on_topic, by_party = connection.execute(query, {"topic": None, "party": None, **asked}).fetchone()
    return (on_topic or "topic" not in asked) and (by_party or "party" not in asked)


def find(connection: Reading, query: PledgeQuery, clauses: Sequence[Clause], asked: dict[str, Any]) -> Found:
    """How to find what a query asks for, newest first. Puts the values into `asked`, which may hold where to go on."""
    if query.topic:
        asked["topic"] = query.topic[0]
    if query.party:
        asked["party"] = query.party[0].upper()
    return _by_days(connection, query, asked) if query.q is None else _by_words(query, clauses, asked)


def _by_words(query: PledgeQuery, clauses: Sequence[Clause], asked: dict[str, Any]) -> Found:
    """By walking what is found by words. The topic is a token beside the words."""
    if query.topic:
        clauses = [*clauses, Clause(AnyOf((Phrase((thing(Entity.topic, query.topic[0]),)),)))]
    asked["words"] = fts5(clauses)
    conditions = ["search_pledge.tokens MATCH :words"]
    for name, sign, day in (("since", ">=", query.held_on__gte), ("before", "<", query.held_on__lt)):
        if day is not None:
            asked[name] = day.toordinal() * KEYS
            conditions.append(f"search_pledge.rowid {sign} :{name}")
    if "last" in asked:
        conditions.append("search_pledge.rowid < :last")
    if "party" in asked:
        conditions.append(_BY_PARTY.format(key=_WHOLE.key))
    conditions += _WHOLE.standing(query.kind or "pledge")
    return Found(
        walked=f"search_pledge CROSS JOIN pledge ON pledge.key = {KEYS - 1} - (search_pledge.rowid & {KEYS - 1})",
        pledge="", key=_WHOLE.key, revision="pledge.revision", place="search_pledge.rowid",
        order="search_pledge.rowid DESC", conditions=" AND ".join(conditions),
    )  # fmt: skip


def _by_days(connection: Reading, query: PledgeQuery, asked: dict[str, Any]) -> Found:
    """By walking the pledges on a topic, by a party, or all."""
    walk = _walk(connection, asked)
    for name, day in (("since", query.held_on__gte), ("before", query.held_on__lt)):
        if day is not None:
            asked[name] = day.isoformat()
    return _walking(walk, tuple(name for name in _BOUNDS if name in asked), query.kind or "pledge")


_BOUNDS = {
    "since": "{table}.held_on >= :since",
    "before": "{table}.held_on < :before",
    "last": "{table}.held_on <= :day AND ({table}.held_on < :day OR {key} > :last)",
}


@lru_cache(maxsize=1000)
def _walking(walk: Walk, bounds: tuple[str, ...], kind: str) -> Found:
    table, key = walk.table, walk.key
    bound = [_BOUNDS[name].format(table=table, key=key) for name in bounds]
    return Found(
        walked=table, pledge="" if walk is _WHOLE else f"CROSS JOIN pledge ON pledge.key = {key}",
        key=key, revision=f"{table}.revision", place=key, order=f"{table}.held_on DESC, {key}",
        conditions=" AND ".join([*walk.conditions, *bound, *walk.standing(kind)]),
    )  # fmt: skip


def _walk(connection: Reading, asked: dict[str, Any]) -> Walk:
    if "topic" not in asked:
        return _PARTIES if "party" in asked else _WHOLE
    if "party" not in asked:
        return _TOPICS
    topics = _count(connection, _TOPICS, asked["topic"], asked)
    pledgors = _count(connection, _PARTIES, asked["party"], asked)
    if topics * _PARTY_TO_TOPIC <= pledgors:  # so do both that are not known
        return _TOPICS_BY_PARTY
    asked["place"] = _bit(connection, asked["topic"])
    asked["bit"] = 1 << asked["place"]
    return _PARTIES_ON_TOPIC


def _bit(connection: Reading, topic: str) -> int:
    """The place of a known topic's bit, which stays what it is."""
    if topic not in connection.bits:
        connection.bits[topic] = connection.execute("SELECT bit FROM topic WHERE slug = ?", (topic,)).fetchone()[0]
    return connection.bits[topic]


def _count(connection: Reading, walk: Walk, name: str, asked: dict[str, Any]) -> int:
    """How many entries an index has for a name, about: counted once, since only the time of a read depends on it."""
    counts = connection.counts
    if (walk.table, name) not in counts:
        if len(counts) >= _REMEMBERED:
            counts.clear()
        statement = _COUNT.format(walked=walk.table, conditions=" AND ".join(walk.conditions), rows=_COUNTED)
        counts[walk.table, name] = connection.execute(statement, asked).fetchone()[0]
    return counts[walk.table, name]
