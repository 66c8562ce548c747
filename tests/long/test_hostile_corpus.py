"""A corpus of hostile requests over every route: none is answered 500 or worse, none takes two seconds.

Posting has a corpus of its own in `test_hostile_input.py`; here are ids, queries, headers, patches, bodies of the wrong
form for every route of the OpenAPI document, and texts that look like attacks and are texts: those read back as sent.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from app.main import create_app
from app.settings import Settings
from tests.conftest import ENGINES, Client
from tests.hostile import BODIES, HEADERS, IDS, QUERIES, TEXTS

T = TypeVar("T")
SLOWEST = 2.0
# Each route gets an eighth of a corpus, half of that on either engine: all of it is sent, and no run takes minutes.
_SPREAD = 16


def routes() -> list[tuple[str, str]]:
    """Every method and path of the OpenAPI document."""
    document = create_app(Settings(database_url="sqlite:///unused.db")).openapi()
    return [(method.upper(), path) for path, operations in document["paths"].items() for method in operations]


ROUTES = routes()
KNOWN = {
    "meetings": "2024-10-31-kor-usa-2plus2",
    "pledges": "2024-10-31-kor-usa-2plus2-01",
    "topics": "opcon-transition",
    "parties": "KOR",
    "participants": "cho-tae-yul",
    "instruments": "cotp",
    "sources": "joint-statement-2023-01-31-repost",
}


def spread(corpus: Sequence[T], engine: str) -> Iterator[tuple[str, str, T]]:
    """The corpus over all routes: each with its share, beginning at another place."""
    first = ENGINES.index(engine) * _SPREAD // 2
    for number, (method, path) in enumerate(ROUTES):
        for item in corpus[(first + number) % _SPREAD :: _SPREAD]:
            yield method, path, item


def at(path: str, id: str | None = None) -> str:
    """The path of a route with an id in it: the given one, or one that the seeds have."""
    parts = path.split("/")
    return path.replace("{id}", id if id is not None else KNOWN.get(parts[2] if len(parts) > 2 else "", "x"))


def ask(client: Client, method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Any:
    """The answer, which is no fault of the server and comes in time."""
    json_type = {"Content-Type": "application/json"} if body is not None else {}
    sent = {**client.with_key, **json_type, **(headers or {})}
    answer, took = _timed(client, method, url, sent, body)
    if took > SLOWEST:  # once may be the machine's doing
        answer, took = _timed(client, method, url, sent, body)
    shown = f"{method} {url[:200]} {headers} {(body or b'')[:80]!r}"
    assert answer.status_code < 500, f"{shown}: {answer.status_code} {answer.text[:300]}"
    assert took < SLOWEST, f"{shown} took {took:.1f} s"
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", shown
        assert len(answer.content) <= 16_384, shown
        assert "Traceback" not in answer.text
    return answer


def _timed(client: Client, method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[Any, float]:
    began = time.perf_counter()
    answer = client.request(method, url, headers=headers, content=body)
    return answer, time.perf_counter() - began


def test_the_corpus_is_large_and_touches_every_route() -> None:
    assert len(IDS) + len(QUERIES) + len(HEADERS) + len(BODIES) + len(TEXTS) >= 200
    assert len(ROUTES) >= 50


def an_empty_body(method: str) -> bytes | None:
    return b"{}" if method in ("POST", "PATCH") else None


def test_hostile_ids(seeded: Client, engine: str) -> None:
    for method, path, id in spread(IDS, engine):
        if "{id}" in path:
            ask(seeded, method, at(path, id), {"If-Match": '"0"'}, an_empty_body(method))


def test_hostile_queries(seeded: Client, engine: str) -> None:
    for method, path, query in spread(QUERIES, engine):
        ask(seeded, method, f"{at(path)}?{query}", {"If-Match": '"0"'}, an_empty_body(method))


def test_hostile_headers(seeded: Client, engine: str) -> None:
    for method, path, headers in spread(HEADERS, engine):
        ask(seeded, method, at(path), headers, an_empty_body(method))


def test_hostile_bodies(seeded: Client, engine: str) -> None:
    for method, path, body in spread(BODIES, engine):
        answer = ask(seeded, method, at(path), {"If-Match": '"0"'}, body)
        if method in ("POST", "PATCH") and path != "/v1/drafts":
            assert answer.status_code >= 400, (method, path, body[:60])


def test_patches_of_what_stands_are_whole_or_refused(seeded: Client, engine: str) -> None:
    """With the right ETag: whatever is accepted is read back, and the rest leaves the record as it was."""
    for method, path, body in spread(BODIES, engine):
        if method == "PATCH":
            before = seeded.get(at(path))
            answer = ask(seeded, method, at(path), {"If-Match": before.headers["ETag"]}, body)
            after = seeded.get(at(path))
            assert after.json() == (answer.json() if answer.status_code == 200 else before.json()), (path, body[:60])


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "CONNECT", "BREW", "HEAD", "get", "PROPFIND"])
def test_hostile_methods(book: Client, method: str) -> None:
    for path in sorted({path for _, path in ROUTES}):
        ask_path = at(path)
        answer = book.request(method, ask_path, headers=book.with_key)
        assert answer.status_code < 500, (method, ask_path)


def hostile_records() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Records whose every text is hostile, with where they are posted and their key."""
    for number, words in enumerate(TEXTS):
        slug = f"hostile-{number}"
        yield "participants", slug, {"slug": slug, "name": words, "names": {"ko": words}, "aliases": [{"name": words}]}
        yield "instruments", slug, {"slug": slug, "type": "other", "name": words, "aliases": [words]}
        yield "topics", slug, {"slug": slug, "name": words, "definition": f"{words}\n\t{words}", "cues": [words]}
        yield "sources", slug, {"id": slug, "type": "press-release", "publisher": words, "title": words,
                                "language": "en", "sha256": f"{number:064x}", "length": 2**31 - 1}  # fmt: skip


def test_what_is_accepted_reads_back_as_it_was_sent(seeded: Client) -> None:
    accepted = 0
    for plural, id, record in hostile_records():
        posted = seeded.post(f"/v1/{plural}", json=record, headers=seeded.with_key)
        assert posted.status_code in (201, 422), posted.text
        if posted.status_code == 422:
            assert seeded.get(f"/v1/{plural}/{id}").status_code == 404
            continue
        accepted += 1
        read = seeded.get(f"/v1/{plural}/{id}")
        assert read.content == posted.content
        for field, value in record.items():
            told = read.json()[field]
            if plural == "participants" and field == "aliases":
                told = [{"name": spelling["name"]} for spelling in told]
            assert told == value, (plural, field)
        field = "title" if plural == "sources" else "name"
        tag = {"If-Match": read.headers["ETag"], **seeded.with_key}
        renamed = seeded.patch(f"/v1/{plural}/{id}", json={field: f"a {record[field][:290]}"}, headers=tag)
        assert renamed.json()[field] == f"a {record[field][:290]}"
        if plural != "sources":
            found = seeded.get(f"/v1/{plural}?name={quote(str(renamed.json()[field])[:200])}")
            assert found.status_code == 200, found.text
    assert accepted > 100
    ledger = [item["id"] for item in _changes(seeded)]
    assert sum(id.startswith("hostile-") for id in ledger) == 2 * accepted, "one revision a write"


def _changes(client: Client) -> Iterator[Any]:
    since = 0
    while items := client.get(f"/v1/changes?since={since}&limit=200").json()["items"]:
        yield from items
        since = items[-1]["seq"]
