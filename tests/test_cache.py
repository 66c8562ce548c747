"""The cache of answers: never older than the last acknowledged write, bounded, and blind to what does not matter."""

import asyncio
import gc
import threading
import time
import tracemalloc
from datetime import date

import pytest

from app.exchange.media_types import alternate_links
from app.http import cache
from app.records.topics import TOPICS
from app.schemas.records import TopicCreate
from app.search import analyser
from app.store.database import Database
from app.store.head_reader import HeadReader
from app.store.ledger import Head, Writer, read_head
from tests.building import topic
from tests.conftest import Client

LIST = "/v1/pledges?topic=opcon-transition"


def kept(client: Client) -> cache.Cache:
    """The cache in front of the client's application."""
    layer = client.app.cache  # type: ignore[attr-defined]
    assert isinstance(layer, cache.Cache)
    return layer


def test_an_answer_is_computed_once_and_given_again(seeded: Client) -> None:
    first = seeded.get(LIST)
    assert len(kept(seeded).responses) == 1
    second = seeded.get(LIST)
    assert (second.status_code, second.content, second.headers["ETag"]) == (200, first.content, first.headers["ETag"])
    assert seeded.get(LIST, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert seeded.head(LIST).content == b""


@pytest.mark.parametrize(
    ("path", "route"), [(LIST, "/v1/pledges"), ("/v1/pledges/2024-10-31-kor-usa-2plus2-01", "/v1/pledges/{id}")]
)
def test_each_answer_has_an_id_of_its_own_and_is_counted(seeded: Client, path: str, route: str) -> None:
    counted = f'pledgebook_request_seconds_count{{method="GET",route="{route}",status="200"}}'

    def count() -> float:
        lines = seeded.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(counted)), 0.0)

    before = count()
    ids = [seeded.get(path).headers.get_list("x-request-id") for _ in range(3)]
    assert [len(one) for one in ids] == [1, 1, 1]
    assert len({one[0] for one in ids}) == 3
    assert seeded.get(path, headers={"X-Request-Id": "mine"}).headers.get_list("x-request-id") == ["mine"]
    assert count() == before + 4
    assert len(kept(seeded).responses) == 1


def test_what_changes_the_answer_is_part_of_the_key(seeded: Client) -> None:
    seeded.get(LIST)
    seeded.get(LIST + "&limit=1")
    seeded.get("/v1/meetings")
    assert len(kept(seeded).responses) == 3


def test_a_write_ends_what_was_kept(seeded: Client) -> None:
    path = "/v1/participants/suh-wook"
    before = seeded.get(path)
    patch = {"aliases": [{"name": "Wook Suh"}]}
    headers = {**seeded.with_key, "If-Match": before.headers["ETag"]}
    assert seeded.patch(path, json=patch, headers=headers).status_code == 200
    assert seeded.get(path).json()["aliases"] == [{"name": "Wook Suh", "is_error": False}]


def test_errors_and_requests_with_a_key_are_not_cached(seeded: Client) -> None:
    assert seeded.get("/v1/pledges?topic=nothing").status_code == 422
    assert seeded.get("/v1/pledges/nothing").status_code == 404
    seeded.get(LIST, headers=seeded.with_key)
    seeded.get("/healthz")
    assert len(kept(seeded).responses) == 0


@pytest.mark.parametrize("path", [LIST, "/v1/pledges/2024-10-31-kor-usa-2plus2-01"])
def test_a_condition_too_long_is_refused_though_the_answer_is_kept(seeded: Client, path: str) -> None:
    for _ in range(2):
        assert seeded.get(path).status_code == 200
        assert seeded.get(path, headers={"If-None-Match": "x" * 501}).status_code == 422


def test_the_cache_is_bounded_in_bytes(seeded: Client) -> None:
    layer = kept(_warm(seeded))
    layer.limit = 20_000
    for limit in range(1, 40):
        seeded.get(f"/v1/pledges?limit={limit}")
    assert layer.size <= 20_000
    assert layer.size == sum(cache._size_of(key, response) for key, response in layer.responses.items())


def test_what_is_kept_takes_no_more_memory_than_is_told(seeded: Client) -> None:
    """Small answers under long addresses: what keys and objects take counts as well."""
    layer = kept(seeded)

    def fill(name: str) -> None:
        for number in range(400):
            seeded.get("/v1/topics/cyber", headers={"Accept": f"application/json;of={name}-{number:0800}"})

    fill("warm")
    layer.responses.clear()
    layer.size = 0
    tracemalloc.start()
    try:
        fill("counted")
        assert len(layer.responses) == 400
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
        layer.responses.clear()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken - left <= layer.size


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{LIST}&q={'z' * 1500}", {}),
        ("/v1/topics/cyber", {"Host": "h" * 2000}),
        ("/v1/topics/cyber", {"Accept": f"*/*, {'a' * 2000}/b"}),
    ],
)
def test_what_is_asked_at_length_is_not_kept(seeded: Client, path: str, headers: dict[str, str]) -> None:
    assert seeded.get(path, headers=headers).status_code == 200
    assert len(kept(seeded).responses) == 0


def test_a_long_question_is_kept_by_no_function(seeded: Client) -> None:
    def ask(question: str) -> tuple[int, int]:
        assert seeded.get("/v1/pledges", params={"facets": "act", "q": question}).status_code == 200
        return alternate_links.cache_info().currsize, analyser._cached_analysis.cache_info().currsize

    before = ask("drills")
    syllables = "".join(chr(0xAC00 + 7 * number) for number in range(300))
    assert ask("z" * 1500) == ask(syllables) == before


def _warm(client: Client) -> Client:
    client.get("/healthz")
    return client


def test_a_new_day_ends_what_was_kept(seeded: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded.get(LIST)

    monkeypatch.setattr(cache, "utc_today", lambda: date(2999, 1, 1))
    seeded.get("/v1/meetings")
    assert len(kept(seeded).responses) == 1


def test_no_answer_is_older_than_the_last_acknowledged_write(seeded: Client) -> None:
    path = "/v1/topics/cyber"
    acknowledged = [seeded.get(path).json()["version"]]
    stale: list[tuple[int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            at_least = acknowledged[-1]
            version = seeded.get(path).json()["version"]
            if version < at_least:
                stale.append((version, at_least))
            time.sleep(0.01)  # leave the writer some of this machine

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(15):
        etag = seeded.get(path).headers["ETag"]
        answer = seeded.patch(
            path, json={"cues": [f"cue {number}"]}, headers={**seeded.with_key, "If-Match": etag}
        )  # fmt: skip
        assert answer.status_code == 200
        acknowledged.append(answer.json()["version"])
    done.set()
    for reader in readers:
        reader.join()
    assert stale == []


def test_a_head_read_is_joined_only_by_requests_that_arrived_before_it_began(
    seeded_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = HeadReader(seeded_database, timeout=10)
    began, may_end = threading.Event(), threading.Event()
    read = heads._read_postgresql

    async def slow_read() -> Head:
        found = await read()
        began.set()
        await asyncio.to_thread(may_end.wait, 10)
        return found

    monkeypatch.setattr(heads, "_read_postgresql", slow_read)

    def write() -> int:
        with seeded_database.writing() as connection:
            TOPICS.create(Writer(connection, "desk"), TopicCreate.model_validate(topic("drills")))
            return read_head(connection).seq

    async def ask() -> tuple[list[Head | None], list[Head | None], int]:
        first = [asyncio.create_task(heads.read()) for _ in range(20)]
        await (asyncio.gather(*first) if seeded_database.is_sqlite else asyncio.to_thread(began.wait, 10))
        seq = await asyncio.to_thread(write)
        second = [asyncio.create_task(heads.read()) for _ in range(20)]
        await asyncio.sleep(0)
        may_end.set()
        return await asyncio.gather(*first), await asyncio.gather(*second), seq

    before, after, seq = asyncio.run(ask())
    heads.close()
    assert [head.seq for head in before if head] == [seq - 1] * 20
    assert [head.seq for head in after if head] == [seq] * 20


def test_a_head_that_cannot_be_read_is_none_and_the_next_read_tries_again(seeded_database: Database) -> None:
    heads = HeadReader(seeded_database, timeout=10)
    whole = seeded_database.url
    seeded_database.url = whole.set(database="/no-such-folder/no-such-book")
    assert asyncio.run(heads.read()) is None
    seeded_database.url = whole
    head = asyncio.run(heads.read())
    assert head is not None
    assert head.seq > 0
    heads.close()
