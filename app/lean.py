"""The reads asked most, answered before routing: a page of pledges by topic, party, days and words, and one pledge.

Why: on SQLite the rows of such a page take a fraction of a millisecond; validating some forty parameters, building the
statement and passing through routes, threads and sessions takes many times that. Of the CPU of an uncached request,
both ways measured in turn in one process, 10,000 pledges: a page by topic takes a 12th, one by topic, party and days a
12th, one of a search within a topic a 7th, one pledge a 14th.

How it stays the same answer: only what is asked in the plainest form is answered here (each parameter once, newest
first, as JSON), from the same model of the query, with the same cursor and the same ETag. Everything else is passed
on: what is not valid, a name that is not the one a record has, what takes more steps than a short read may take of the
event loop. A test holds the two ways against each other, byte by byte.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from app.cache import HeadReader
from app.db import Database
from app.errors import BadQuery
from app.etags import list_etag_at, rendering_of
from app.finished import CONDITION, Finished, Headings
from app.headers import headers_of
from app.lean_pages import KeptConnection, read_lean_page, read_pledge
from app.lexicon import Lexicon, kept_lexicon
from app.masking import masked
from app.observing import log
from app.origins import AnyOrigin
from app.query import PledgeQuery
from app.renderings import alternate_links
from app.search import Clause, parse
from app.search_index import fts5
from app.types import LONGEST_CONDITION, SLUG_PATTERN

if TYPE_CHECKING:
    from app.shapes.facets import FacetName


class Route(NamedTuple):
    """The path of the route that would answer instead, under which answers are counted."""

    path: str


LIST = "/v1/pledges"
LIST_ROUTE, ONE_ROUTE = Route(LIST), Route(f"{LIST}/{{id}}")
_ONE = f"{LIST}/"
_PLAIN = frozenset({"topic", "party", "held_on__gte", "held_on__lt", "kind", "q", "limit", "cursor", "facets"})
_LISTS = frozenset({"topic", "party"})
_JSON = frozenset({b"*/*", b"application/json"})

_SLUG = re.compile(SLUG_PATTERN)
_VALUES = 100  # of a facet, where nothing else is asked
_LONGEST = 1000  # of a query, of which so many are remembered
_REMEMBERED = 2000
_QUESTIONS = 1000


@dataclass(frozen=True)
class Asked:
    """A query without its cursor, and what follows from it alone."""

    query: PledgeQuery
    fingerprint: str
    links: str
    following: str  # the address of the page after this one, but for its cursor
    facets: tuple["FacetName", ...]


class Read(NamedTuple):
    """What a query string asks for."""

    plain: Asked
    cursor: str | None
    rendering: str


def _faceting() -> Any:
    """What divides an answer; loaded when that is first asked for, since a start need not wait for it."""
    from app import lean_facets

    return lean_facets


@lru_cache(maxsize=_REMEMBERED)
def read_query(query: str) -> Read | None:
    """What is asked; None if it is not asked in the plainest form."""
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names) or not _PLAIN.issuperset(names):
        return None
    plain = _asked(tuple(pair for pair in pairs if pair[0] != "cursor"))
    return None if plain is None else Read(plain, dict(pairs).get("cursor"), rendering_of(f"{LIST}?{query}#"))


@lru_cache(maxsize=_REMEMBERED)
def _asked(given: tuple[tuple[str, str], ...]) -> Asked | None:
    values: dict[str, Any] = {name: [value] if name in _LISTS else value for name, value in given}
    facets = tuple(values.pop("facets").split(",")) if "facets" in values else ()
    try:
        query = PledgeQuery.model_validate(values)
    except ValidationError:
        return None
    if len(set(facets)) < len(facets) or (facets and not _faceting().are_lean(query, facets)):
        return None
    if query.q is not None and not all(_SLUG.fullmatch(topic) for topic in query.topic):
        return None  # beside words a topic is a token too, which tells of no other text than a slug
    links = ", ".join(alternate_links(given, "pledges"))
    return Asked(query, query.fingerprint(), links, f"{LIST}?{urlencode([*given, ('cursor', '')])}", facets)


class LeanReads:
    """Answers what it can answer alone, and passes on the rest."""

    def __init__(self, app: AnyOrigin, database: Database, heads: HeadReader, kept: KeptConnection) -> None:
        self.app = app
        self.database = database
        self.heads = heads
        self.kept = kept
        self.names: Lexicon | None = None
        self.clauses: dict[str, list[Clause] | None] = {}  # of questions, by these names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            headers = headers_of(scope)
            if found := self.read(scope, headers):
                scope["route"] = found.route
                await found.answering(headers.get(CONDITION, b"")).send(send, [])
                return
        await self.app(scope, receive, send)

    def read(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Finished | None:
        """The answer to a GET, if it can be given here. That it cannot is found out once a request."""
        state = scope.setdefault("state", {})
        found = None if "is_left" in state else self._read(scope["path"], scope["query_string"], headers)
        state |= {} if found else {"is_left": True}
        return found

    def _read(self, path: str, query: bytes, headers: Mapping[bytes, bytes]) -> Finished | None:
        if not (path == LIST or path.startswith(_ONE)) or len(headers.get(CONDITION, b"")) > LONGEST_CONDITION:
            return None
        try:
            if path == LIST:
                found = self._page(query.decode("latin-1")) if headers.get(b"accept", b"*/*") in _JSON else None
                return found and self._finished(*found, LIST_ROUTE, headers)
            found = None if query else self._pledge(path[len(_ONE) :])
            return found and self._finished(*found, ONE_ROUTE, headers)
        except (sqlite3.Error, BadQuery):
            self.kept.close()
        except Exception as error:  # a fault of this way alone keeps nobody from an answer
            log.error("the short way failed", path=masked(path), exc_info=error)
        return None

    def _finished(
        self, body: bytes, etag: str, further: Headings, route: Route, headers: Mapping[bytes, bytes]
    ) -> Finished:
        given = [
            (b"etag", etag.encode()), (b"cache-control", b"no-cache"), *further,
            (b"content-length", b"%d" % len(body)), (b"content-type", b"application/json"),
        ]  # fmt: skip
        return Finished(self.app.told(given, is_of_page=b"origin" in headers), body, route)

    def _pledge(self, id: str) -> tuple[bytes, str, Headings] | None:
        if "/" in id or "." in id or not id:
            return None
        found = read_pledge(self.kept.reading(), id)
        return found and (found[0], f'"{found[1]}"', [])

    def _page(self, query: str) -> tuple[bytes, str, Headings] | None:
        """The body, its ETag and links."""
        found = read_query(query) if len(query) <= _LONGEST else None
        if found is None:
            return None
        plain, cursor, rendering = found
        seq, hash, _ = self.heads.glance()
        clauses = self._clauses(plain.query.q, hash)
        if clauses is None:
            return None
        with self.kept.snapshot() if plain.facets else nullcontext():
            page = read_lean_page(self.kept.reading(), plain.query, plain.fingerprint, cursor, clauses)
            if page is None:
                return None
            beside = self._facets(plain, clauses) if plain.facets else b""
        links, following = plain.links, b"null"
        if page.next is not None:
            following = f'"{page.next}"'.encode()
            links = ", ".join(filter(None, [f'<{plain.following}{page.next}>; rel="next"', links]))
        body = b'{"items":[%b],"next":%b%b}' % (page.items, following, beside)
        further = [(b"vary", b"Accept"), *([(b"link", links.encode())] if links else [])]
        return body, list_etag_at(seq, hash, rendering), further

    def _facets(self, plain: Asked, clauses: Sequence[Clause]) -> bytes:
        facets: str = _faceting().read_lean_facets(self.kept.reading(), plain.query, clauses, plain.facets, _VALUES)
        return b',"facets":' + facets.encode()

    def _clauses(self, question: str | None, hash: str) -> list[Clause] | None:
        """What the question demands; None if the names of the book must be read first, or it may take long."""
        if question is None:
            return []
        names = kept_lexicon(self.database.reader, hash)
        if names is None:
            return None
        if names is not self.names or len(self.clauses) >= _QUESTIONS:
            self.names, self.clauses = names, {}
        if question not in self.clauses:
            self.clauses[question] = _short(question, names)
        return self.clauses[question]


def _short(question: str, names: Lexicon) -> list[Clause] | None:
    """What a question demands, if the index finds that in few steps.

    None where many forms of a word are looked up, and where words must follow each other or be absent: the index may
    look through all that has them before it finds one, in steps of its own that the limit on steps does not see.
    """
    if any(unit.is_not or len(unit.tokens) > 1 for unit in parse(question)):
        return None
    clauses = names.clauses(question)
    return clauses if clauses and '"*' not in fts5(clauses) else None
