"""The short way and the long way to the same answers. `;q=1` in Accept asks for the same, and takes the long way."""

import itertools
import sqlite3
from typing import Any
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from app import lean, lean_facets, lean_pages
from app.book import create_meeting
from app.db import Database
from app.lean_pages import KeptConnection
from app.ledger import Writer
from app.shapes.meetings import MeetingCreate
from tests.building import assessment
from tests.conftest import Client
from tests.postings import TOPIC, meeting, pledge
from tests.statements import statement

LONG_WAY = {"Accept": "application/json;q=1"}
FILTERS: dict[str, list[str | None]] = {
    "topic": [None, "opcon-transition", "deterrence", "dprk-provocations"],
    "party": [None, "KOR", "usa"],
    "q": [None, "exercise", "zzzzzz", '"extended deterrence" -cyber'],
    "held_on__gte": [None, "2021-03-18"],
    "held_on__lt": [None, "2024-10-31", "1990-01-01"],
    "kind": [None, "any", "position"],
    "limit": [None, "3"],
    "facets": [None, "topic,year,act", "act"],
}
QUERIES: list[dict[str, str]] = [
    {name: value for name, value in zip(FILTERS, values, strict=True) if value is not None}
    for values in itertools.product(*FILTERS.values())
]
# So many that any three values are asked for together.
SOME = QUERIES[::13]
# What the short way must leave to the long one.
LEFT = [
    "topic=nothing", "topic=cyber&topic=space", "party=South+Korea&limit=1", "limit=0", "limit=x", "cursor=x", "q=",
    "sort=held_on", "due=passed", "q=deter*", "include=meetings", "colour=red", "held_on__gte=2024-02-30", "kind=all",
    "topic=", "party=%00",
    "facets=topic,colour", "facets=", "facets=party",
    "topic=deterrence&facets=topic", "limit=5&limit=6", "facets=act,act", f"facets={','.join(['act'] * 25)}",
    "q=transition&topic=Opcon-Transition", "q=transition&topic=c%22*%22every-",
    'q="the+of"', "q=korea+-korea", "q=한국어",
]  # fmt: skip


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The pages that the short way gives, as it gives them."""
    given: list[Any] = []

    def read(*arguments: Any) -> Any:
        page = lean_pages.read_lean_page(*arguments)
        given.append(page)
        return page

    monkeypatch.setattr(lean, "read_lean_page", read)
    return given


def parts(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers, without the one that each answer has of its own."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content, headers


def same(client: Client, address: str) -> dict[str, Any]:
    """What both ways give, which must be the same."""
    short, long = client.get(address), client.get(address, headers=LONG_WAY)
    assert parts(short) == parts(long)
    found: dict[str, Any] = short.json()
    return found


@pytest.mark.parametrize("part", range(5))
def test_both_ways_give_the_same_pages(book: Client, engine: str, short: list[Any], part: int) -> None:
    asked_here = SOME[part * 80 : (part + 1) * 80]
    for query in asked_here if engine == "sqlite" else asked_here[::6]:  # PostgreSQL has the long way only
        asked = f"/v1/pledges?{urlencode(query)}"
        page = same(book, asked)
        for _ in range(2):
            if page["next"]:
                page = same(book, f"{asked}&cursor={page['next']}")
    assert (len([page for page in short if page]) > 2) == (engine == "sqlite")


@pytest.mark.parametrize("query", LEFT)
def test_what_is_not_asked_plainly_is_left_to_the_long_way(book: Client, short: list[Any], query: str) -> None:
    book.get("/v1/pledges?q=missile", headers=LONG_WAY)  # which reads the names of the book
    same(book, f"/v1/pledges?{query}")
    assert not any(short)


def test_a_page_and_its_facets_are_of_one_state(seeded: Client, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database: Database = seeded.app.state.database  # type: ignore[attr-defined]
    read, posted = lean_facets.read_lean_facets, MeetingCreate.model_validate(statement())

    def read_after_a_write(*given: Any) -> str:
        with database.writing() as session:
            create_meeting(Writer(session, "desk"), posted)
        return read(*given)

    monkeypatch.setattr(lean_facets, "read_lean_facets", read_after_a_write)
    for number in (66, 67) if engine == "sqlite" else (66, 66):  # before and after what was written meanwhile
        page = seeded.get("/v1/pledges?limit=200&facets=act", headers=seeded.with_key).json()
        assert len(page["items"]) == sum(value["mentions"] for value in page["facets"]["act"]) == number
        monkeypatch.undo()


@pytest.mark.parametrize("between", ["x", "-", "%2F%2F", ""])
def test_an_address_that_only_begins_as_that_of_a_pledge_is_none(book: Client, between: str) -> None:
    assert book.get(f"/v1/pledges{between}2024-10-31-kor-usa-2plus2-01").status_code == 404


def test_one_pledge_is_the_same_both_ways_until_it_is_retracted(seeded: Client) -> None:
    path = "/v1/pledges/2024-10-31-kor-usa-2plus2-01"
    short, long = seeded.get(path), seeded.get(f"{path}?as_of=999999999")
    assert (short.content, short.headers["ETag"]) == (long.content, long.headers["ETag"])
    assert seeded.get(path, headers={"If-None-Match": short.headers["ETag"]}).status_code == 304
    headers = {**seeded.with_key, "If-Match": short.headers["ETag"]}
    retracted = seeded.delete(f"{path}?reason=coded+twice", headers=headers)
    assert seeded.get(path).json() == (retracted.json() if retracted.status_code == 200 else short.json())
    assert seeded.get("/v1/pledges/nothing-01").status_code == 404


def test_topics_that_share_a_bit_are_told_apart_until_one_is_the_other_s_parent(client: Client) -> None:
    def write(path: str, body: dict[str, Any]) -> None:
        answer = client.post(f"/v1/{path}", json=body, headers=client.with_key)
        assert answer.status_code == 201, answer.text

    def of_korea(topic: str) -> list[str]:
        page = same(client, f"/v1/pledges?topic={topic}&party=KOR")
        return sorted(item["meeting"] for item in page["items"])

    drills = [f"drill-{number}" for number in range(63)]
    one, alone, *_, other = drills
    has_pledges = {one: 1, other: 2, alone: 3}
    for slug in drills:  # there are 62 bits: the first and the last have the same
        write("topics", {**TOPIC, "slug": slug, "name": slug})
        if number := has_pledges.get(slug):
            write("meetings", {**meeting(number), "pledges": [{**pledge(number, 0), "topics": [slug]}]})
            assert of_korea(slug) == [f"meeting-{number}"]

    assert [of_korea(topic) for topic in (one, other, alone)] == [["meeting-1"], ["meeting-2"], ["meeting-3"]]
    path = f"/v1/topics/{alone}"
    headers = {**client.with_key, "If-Match": client.get(path).headers["ETag"]}
    assert client.patch(path, json={"parent": one}, headers=headers).status_code == 200
    assert [of_korea(topic) for topic in (one, other)] == [["meeting-1", "meeting-3"], ["meeting-2"]]


def test_the_short_way_sees_a_write_at_once(seeded: Client) -> None:
    address = "/v1/pledges?topic=maritime-security"
    before = seeded.get(address, headers=seeded.with_key).json()["items"]
    answer = seeded.post("/v1/meetings", json=statement(), headers=seeded.with_key)
    assert answer.status_code == 201, answer.text
    after = seeded.get(address, headers=seeded.with_key).json()["items"]
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("filter", ["topic=opcon-transition", "party=KOR"])
def test_the_short_way_sees_an_assessment_and_a_retraction(seeded: Client, filter: str) -> None:
    """Both change what a page shows of a pledge, or whether it does; an assessment writes only what tells of it."""
    address = f"/v1/pledges?{filter}"
    one = same(seeded, address)["items"][0]
    path = f"/v1/pledges/{one['id']}"
    answer = seeded.post(f"{path}/assessments", json=assessment(one["pledgors"][0]), headers=seeded.with_key)
    assert answer.status_code == 201, answer.text
    (assessed,) = (item for item in same(seeded, address)["items"] if item["id"] == one["id"])
    assert assessed["fulfilment"] == {one["pledgors"][0]: "in-progress"}
    headers = {**seeded.with_key, "If-Match": seeded.get(path).headers["ETag"]}
    assert seeded.delete(f"{path}?reason=coded+twice", headers=headers).status_code == 200
    assert one["id"] not in [item["id"] for item in same(seeded, address)["items"]]


def test_a_fault_of_the_short_way_is_told_and_keeps_nobody_from_an_answer(
    book: Client, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/v1/pledges?topic=deterrence"
    before = book.get(address, headers=book.with_key).content

    def fail(*_: object) -> None:
        raise RuntimeError("no page today")

    monkeypatch.setattr(lean, "read_lean_page", fail)
    with capture_logs() as logs:
        assert book.get(address, headers=book.with_key).content == before
    assert [str(line["exc_info"]) for line in logs] == (["no page today"] if engine == "sqlite" else [])


def test_a_read_that_takes_too_many_steps_is_left_to_the_long_way(
    book: Client, engine: str, short: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean_pages, "_TURNS", -1)
    answer = book.get("/v1/pledges?kind=any&limit=200", headers=book.with_key)
    assert answer.status_code == 200
    assert not short or engine == "postgresql"
    monkeypatch.undo()
    assert book.get("/v1/pledges?kind=any&limit=200", headers=book.with_key).content == answer.content


def test_the_kept_connection_cannot_write(seeded_database: Database) -> None:
    if seeded_database.is_sqlite:
        kept = KeptConnection(seeded_database)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            kept.reading().execute("DELETE FROM party")
        kept.close()
