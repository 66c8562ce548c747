"""Doubles: what the book seems to have already is told with its candidates, and `allow_similar` says it is another."""

from typing import Any

import pytest

from tests.building import Body, Desk, meeting, pledge, source, topic
from tests.conftest import Client


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over a book with one meeting of two pledges; the second is retracted."""
    desk = Desk(client)
    for slug in ("defence", "trade"):
        desk.post("/topics", topic(slug))
    first = cited(1, 1000, 1100, summary="Spend more on defence, by 2030.")
    desk.post("/meetings", meeting("2021-01-01-a", first, cited(2, 2000, 2100), sources=[source("text")]))
    desk.retract("/pledges/2021-01-01-a-02")
    return desk


def cited(number: int, start: int, end: int, text: Any = "text", **more: Any) -> Body:
    """A pledge that stands on one span of a text."""
    return pledge(number, citations=[{"source": text, "zone": "body", "start": start, "end": end}], **more)


def held(id: str, **more: Any) -> Body:
    return meeting(id, sources=["text"], **more)


@pytest.mark.parametrize(
    ("more", "is_double"),
    [
        ({}, True),
        ({"parties": ["USA", "KOR"], "title": "Another title", "city": "Seoul", "coverage": "report-only"}, True),
        ({"type": "summit"}, False),
        ({"held_on": "2021-01-02"}, False),
        ({"parties": ["KOR", "USA", "JPN"]}, False),
        ({"parties": ["KOR"]}, False),
    ],
)
def test_a_meeting_of_the_same_parties_day_and_type_is_a_double(
    desk: Desk, more: dict[str, Any], is_double: bool
) -> None:
    body = held("2021-01-01-b", **more)
    if is_double:
        head = desk.head()
        told = desk.post("/meetings", body, status=409)
        assert (told["candidates"], desk.head()) == (["2021-01-01-a"], head)
        assert "allow_similar" in told["detail"]
        assert desk.post("/meetings", body, status=409, dry_run=True)["candidates"] == ["2021-01-01-a"]
        desk.post("/meetings", body, allow_similar=True)
    else:
        desk.post("/meetings", body)


def test_a_retracted_meeting_has_no_double_but_keeps_its_id(desk: Desk) -> None:
    desk.retract("/meetings/2021-01-01-a")
    told = desk.post("/meetings", held("2021-01-01-a"), status=409, allow_similar=True)
    assert told["candidates"] == ["2021-01-01-a"]
    desk.post("/meetings", held("2021-01-01-b"))


def test_an_id_that_is_made_takes_the_next_suffix_beside_one_that_is_another(desk: Desk) -> None:
    made = []
    for _ in range(3):
        body = held("2021-02-02-x", held_on="2021-02-02", parties=["USA", "KOR"])
        del body["id"]
        made.append(desk.post("/meetings", body, allow_similar=True)["id"])
    assert made == ["2021-02-02-kor-usa-2plus2", "2021-02-02-kor-usa-2plus2-2", "2021-02-02-kor-usa-2plus2-3"]


@pytest.mark.parametrize(
    ("body", "is_double"),
    [
        (cited(9, 1049, 1149), True),  # 51 of 100
        (cited(9, 1050, 1150), False),  # half is not more than half
        (cited(9, 1090, 1100), True),  # the whole of the shorter
        (cited(9, 900, 1300), True),  # the whole of the shorter, which is the one that stands
        (cited(9, 1100, 1200), False),
        (cited(9, 1000, 1100, act="commit"), False),
        (cited(9, 1000, 1100, pledgors=["USA", "KOR"]), True),
        (cited(9, 1000, 1100, pledgors=["KOR"]), False),
        (cited(9, 1000, 1100, topics=["trade", "defence"]), False),
        (cited(9, 1000, 1100, topics=["defence", "trade"]), True),
        (cited(9, 1000, 1100, source("other")), False),
        (cited(9, 1000, 1100, source("text")), True),  # given whole, it is the same text
        (cited(9, 5000, 5100, summary="SPEND more on “défence” by 2030"), True),
        (cited(9, 5000, 5100, summary="Spend more on defence by 2031."), False),
        (cited(9, 5000, 5100, summary="Spend more on defence, by 2030.", topics=["trade"], act="commit"), True),
        (cited(9, 2000, 2100), False),  # what was retracted is no double
    ],
)
def test_a_pledge_of_the_same_words_or_the_same_summary_is_a_double(desk: Desk, body: Body, is_double: bool) -> None:
    path = "/meetings/2021-01-01-a/pledges"
    if is_double:
        told = desk.post(path, [{"repeats": 1, "citations": [_quote(7)]}, body], status=409)
        assert told["candidates"] == ["2021-01-01-a-01"]
        assert told["errors"][0]["path"] == "$[1]"
        assert "repeats" in told["detail"]
        desk.get("/pledges/2021-01-01-a-09", status=404)
    desk.post(path, [body], allow_similar=is_double)
    assert desk.findings() == []


def _quote(start: int) -> Body:
    return {"source": "text", "zone": "quote", "start": start, "end": start + 1}


def test_long_summaries_differ_by_their_last_word_too(desk: Desk) -> None:
    long = "Spend " + "very " * 200
    body = held(
        "2022-01-01-b", pledges=[cited(1, 0, 9, summary=f"{long} much."), cited(2, 10, 19, summary=f"{long} little.")]
    )
    desk.post("/meetings", body)


def test_the_same_pledge_of_another_meeting_is_none(desk: Desk) -> None:
    desk.post("/meetings", held("2022-01-01-b", pledges=[cited(1, 1000, 1100)]))


def test_pledges_sent_together_are_held_against_each_other(desk: Desk) -> None:
    three = [cited(1, 0, 100), cited(2, 200, 300), cited(3, 210, 290)]
    told = desk.post("/meetings", held("2022-01-01-b", pledges=three), status=409)
    assert [error["path"] for error in told["errors"]] == ["$.pledges[2]"]
    assert "index 1" in told["errors"][0]["message"]
    desk.post("/meetings", held("2022-01-01-b", pledges=three), allow_similar=True)
    more = [{"repeats": 1, "citations": [_quote(5000)]}, cited(5, 4000, 4100), cited(6, 4000, 4100)]
    told = desk.post("/meetings/2022-01-01-b/pledges", more, status=409)
    assert (told["errors"][0]["path"], told["candidates"]) == ("$[2]", [])
    assert "index 1" in told["errors"][0]["message"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("parties", {"code": "KOR", "type": "state", "name": "Korea"}),
        ("topics", topic("defence")),
        ("sources", source("text")),
    ],
)
def test_an_id_that_is_taken_is_told(desk: Desk, kind: str, body: Body) -> None:
    told = desk.post(f"/{kind}", body, status=409)
    assert told["candidates"] == [body.get("id") or body.get("slug") or body["code"]]
