"""Links make threads: what was first made when, last renewed, how it drifted, and who has been silent on it since."""

from typing import Any

import pytest

from tests.building import Desk, meeting, pledge, renewal, topic
from tests.conftest import Client


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over an empty book with two topics."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    desk.post("/topics", topic("trade"))
    return desk


@pytest.fixture
def seeds(book: Client) -> Desk:
    return Desk(book)


def thread(desk: Desk, id: str) -> dict[str, Any]:
    answer: dict[str, Any] = desk.get(f"/pledges/{id}/thread")
    return answer


def ids(found: dict[str, Any]) -> list[str]:
    return [item["id"] for item in found["pledges"]]


def post(desk: Desk, *meetings: dict[str, Any]) -> None:
    for body in meetings:
        desk.post("/meetings", body)


# The seeds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["opcon-transition", "extended-deterrence", "trilateral-japan"])
def test_the_threads_of_the_seeds_run_from_2021_to_2024(seeds: Desk, topic: str) -> None:
    spring, autumn = "2021-03-18-kor-usa-2plus2", "2024-10-31-kor-usa-2plus2"
    found = seeds.get("/undertakings", topic=topic, in_meeting=[spring])["items"]
    kept = [item for item in found if item["last_renewed"] == "2024-10-31"]
    assert kept, f"nothing on {topic} was said in 2021 and again in 2024"
    for item in kept:
        assert (item["first_made"], item["mentions"] >= 2) == ("2021-03-18", True)
        told = thread(seeds, item["id"])
        assert (told["id"], told["first_made"], told["last_renewed"]) == (item["id"], "2021-03-18", "2024-10-31")
        assert told["pledges"][0]["meeting"] == spring
        assert told["pledges"][-1]["meeting"] == autumn
        assert len(told["pledges"]) == item["mentions"]
        for said in told["pledges"]:  # whichever is asked for, it is the same thread
            assert thread(seeds, said["id"]) == told


def test_what_was_said_in_one_meeting_and_not_in_the_next_is_one_question(seeds: Desk) -> None:
    spring, autumn = "2021-03-18-kor-usa-2plus2", "2024-10-31-kor-usa-2plus2"
    said = set(seeds.ids("/undertakings", in_meeting=spring))
    both = said & set(seeds.ids("/undertakings", in_meeting=autumn))
    dropped = seeds.ids("/undertakings", in_meeting=spring, not_in_meeting=autumn)
    assert both
    assert dropped
    assert set(dropped) == said - both


# Threads --------------------------------------------------------------------------------------------------------------


def test_a_thread_tells_how_each_renewal_differs_from_what_it_continues(desk: Desk) -> None:
    post(
        desk,
        meeting("2021-01-01-a", pledge(1, act="commit", formula=["as soon as possible"], towards=["each-other"])),
        meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01", act="reaffirm", towards=["each-other"])),
        meeting(
            "2023-01-01-c",
            renewal(
                1, "2022-01-01-b-01", "weakens", act="reaffirm", pledgors=["KOR"], towards=["USA"],
                specificity="measurable", due={"kind": "deadline", "text": "by 2030", "to": "2030-12-31"},
            ),
        ),
    )  # fmt: skip
    told = thread(desk, "2022-01-01-b-01")
    assert ids(told) == ["2021-01-01-a-01", "2022-01-01-b-01", "2023-01-01-c-01"]
    assert (told["id"], told["first_made"], told["last_renewed"]) == ("2021-01-01-a-01", "2021-01-01", "2023-01-01")
    due = {"kind": "deadline", "text": "by 2030", "from": None, "to": "2030-12-31", "inferred": None}
    assert told["drift"] == [
        {"pledge": "2022-01-01-b-01", "field": "act", "from": "commit", "to": "reaffirm"},
        {"pledge": "2022-01-01-b-01", "field": "formula", "from": ["as soon as possible"], "to": []},
        {"pledge": "2023-01-01-c-01", "field": "specificity", "from": "general", "to": "measurable"},
        {"pledge": "2023-01-01-c-01", "field": "due", "from": None, "to": due},
        {"pledge": "2023-01-01-c-01", "field": "pledgors", "from": ["KOR", "USA"], "to": ["KOR"]},
        {"pledge": "2023-01-01-c-01", "field": "towards", "from": ["each-other"], "to": ["USA"]},
    ]


def test_silence_is_that_of_a_full_text_of_the_same_parties(desk: Desk) -> None:
    post(
        desk,
        meeting("2020-01-01-before"),
        meeting("2021-01-01-a", pledge(1)),
        meeting("2022-01-01-told", coverage="report-only"),
        meeting("2023-01-01-mute", parties=["USA", "KOR"]),
        meeting("2023-02-01-three", parties=["JPN", "KOR", "USA"]),
        meeting("2023-03-01-one", parties=["KOR"]),
        meeting("2024-01-01-mute"),
    )
    told = thread(desk, "2021-01-01-a-01")
    assert told["silent_meetings"] == ["2023-01-01-mute", "2024-01-01-mute"]
    assert told["unreported_meetings"] == ["2022-01-01-told"]
    assert told["silent_since"] == "2023-01-01"
    assert desk.ids("/undertakings", silent_since__lt="2023-01-02") == ["2021-01-01-a-01"]
    assert desk.ids("/undertakings", silent_since__lt="2023-01-01") == []
    assert desk.get("/undertakings")["items"][0]["silent_since"] == "2023-01-01"

    # A meeting that turns out to be known by reports only says nothing; a renewal ends the silence.
    desk.patch("/meetings/2023-01-01-mute", {"coverage": "report-only"})
    assert thread(desk, "2021-01-01-a-01")["silent_since"] == "2024-01-01"
    desk.retract("/meetings/2024-01-01-mute")
    assert thread(desk, "2021-01-01-a-01")["silent_since"] is None
    desk.patch("/meetings/2024-01-01-mute", {"retracted": None})
    post(desk, meeting("2025-01-01-again", renewal(1, "2021-01-01-a-01")))
    told = thread(desk, "2021-01-01-a-01")
    assert (told["last_renewed"], told["silent_meetings"], told["unreported_meetings"]) == ("2025-01-01", [], [])
    # Who said it last decides whose silence counts.
    post(desk, meeting("2026-01-01-three", renewal(1, "2025-01-01-again-01"), parties=["JPN", "KOR", "USA"]))
    post(desk, meeting("2026-02-01-two"))
    assert thread(desk, "2021-01-01-a-01")["silent_since"] is None


def test_each_undertaking_of_a_list_is_held_against_its_own_parties(desk: Desk) -> None:
    with_japan = {"parties": ["JPN", "KOR"]}
    post(
        desk,
        meeting("2021-01-01-a", pledge(1)),
        meeting("2021-02-01-b", pledge(1), **with_japan),
        meeting("2022-01-01-c"),
        meeting("2023-01-01-d", **with_japan),
        meeting("2024-01-01-e", pledge(1), parties=["KOR"]),
    )
    found = {item["id"]: item["silent_since"] for item in desk.get("/undertakings")["items"]}
    assert found == {"2021-01-01-a-01": "2022-01-01", "2021-02-01-b-01": "2023-01-01", "2024-01-01-e-01": None}
    assert {id: thread(desk, id)["silent_since"] for id in found} == found
    assert desk.ids("/undertakings", silent_since__lt="2023-01-01") == ["2021-01-01-a-01"]


def test_only_a_continuation_within_the_book_joins(desk: Desk) -> None:
    first = "2021-01-01-a-01"
    post(desk, meeting("2021-01-01-a", pledge(1), pledge(2)))
    apart = [
        [{"type": "implements", "target": first}],
        [{"type": "contradicts", "target": first}],
        [{"type": "renews", "external": "The treaty"}, {"type": "extends", "external": "Another"}],
    ]
    post(desk, meeting("2022-01-01-b", *(pledge(n, links=links) for n, links in enumerate(apart, start=1))))
    kinds = ["renews", "strengthens", "weakens", "extends", "supersedes"]
    post(desk, meeting("2023-01-01-c", *(renewal(n, first, kind) for n, kind in enumerate(kinds, start=1))))
    assert ids(thread(desk, first)) == [first, *(f"2023-01-01-c-0{number}" for number in range(1, 6))]
    for number in (1, 2, 3):
        assert ids(thread(desk, f"2022-01-01-b-0{number}")) == [f"2022-01-01-b-0{number}"]
    assert desk.findings() == []


def test_a_pledge_continues_one_earlier_pledge_at_most_and_no_cycle_can_be(desk: Desk) -> None:
    post(desk, meeting("2021-01-01-a", pledge(1), pledge(2)), meeting("2021-01-01-b", pledge(1), type="summit"))
    two = [{"type": "renews", "target": "2021-01-01-a-01"}, {"type": "extends", "target": "2021-01-01-a-02"}]
    desk.post("/meetings", meeting("2022-01-01-c", pledge(1, links=two)), status=422)
    post(desk, meeting("2022-01-01-c", renewal(1, "2021-01-01-a-01"), pledge(2)))
    for id, target in (
        ("2022-01-01-c-01", "2022-01-01-c-01"),  # itself
        ("2022-01-01-c-02", "2022-01-01-c-01"),  # the same day
        ("2021-01-01-b-01", "2021-01-01-a-01"),  # the same day elsewhere
        ("2021-01-01-a-01", "2022-01-01-c-01"),  # back to what continues it
        ("2022-01-01-c-02", "2021-01-01-a-09"),  # nothing
    ):
        links = [{"type": "renews", "target": target}]
        told = desk.patch(f"/pledges/{id}", {"links": links}, status=422)
        assert told["errors"][0]["path"] == "$.links[0].target"
    desk.post("/meetings", meeting("2020-01-01-d", renewal(1, "2021-01-01-a-01")), status=422)


def test_positions_are_in_no_thread(desk: Desk) -> None:
    post(desk, meeting("2021-01-01-a", pledge(1, act="support", towards=[])))
    desk.get("/pledges/2021-01-01-a-01/thread", status=404)
    told = desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")), status=422)
    assert told["errors"][0]["path"] == "$.pledges[0].links[0].target"
    assert desk.ids("/undertakings", kind="any") == []
    desk.get("/pledges/no-such-01/thread", status=404)


def test_changing_a_link_moves_the_pledge_with_all_that_continues_it(desk: Desk) -> None:
    post(
        desk,
        meeting("2021-01-01-a", pledge(1), pledge(2)),
        meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")),
        meeting("2023-01-01-c", renewal(1, "2022-01-01-b-01"), renewal(2, "2022-01-01-b-01", "extends")),
        meeting("2024-01-01-d", renewal(1, "2023-01-01-c-02")),
    )
    below = ["2022-01-01-b-01", "2023-01-01-c-01", "2023-01-01-c-02", "2024-01-01-d-01"]
    assert ids(thread(desk, "2021-01-01-a-01")) == ["2021-01-01-a-01", *below]
    desk.patch("/pledges/2022-01-01-b-01", {"links": [{"type": "renews", "target": "2021-01-01-a-02"}]})
    assert ids(thread(desk, "2021-01-01-a-01")) == ["2021-01-01-a-01"]
    assert ids(thread(desk, "2024-01-01-d-01")) == ["2021-01-01-a-02", *below]
    assert desk.findings() == []
    desk.patch("/pledges/2022-01-01-b-01", {"links": [{"type": "renews", "external": "The treaty"}]})
    assert thread(desk, "2023-01-01-c-01")["id"] == "2022-01-01-b-01"
    assert ids(thread(desk, "2022-01-01-b-01")) == below
    assert desk.findings() == []
    # Only what carries the link is written anew; the others' documents say nothing of the thread.
    assert desk.operations("/pledges/2023-01-01-c-01") == ["create"]
    assert desk.ids("/pledges", undertaking="2024-01-01-d-01", sort="id") == below


def test_a_thread_is_told_without_what_was_retracted(desk: Desk) -> None:
    post(
        desk,
        meeting("2021-01-01-a", pledge(1)),
        meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")),
    )
    desk.retract("/pledges/2022-01-01-b-01")
    told = thread(desk, "2022-01-01-b-01")
    assert ids(told) == ["2021-01-01-a-01"]
    assert (told["last_renewed"], told["silent_meetings"]) == ("2021-01-01", ["2022-01-01-b"])
    assert desk.get("/undertakings")["items"][0]["mentions"] == 1
    assert desk.ids("/pledges", is_renewed=True) == []
    desk.retract("/pledges/2021-01-01-a-01")
    desk.get("/pledges/2021-01-01-a-01/thread", status=404)
    assert desk.ids("/undertakings") == []
    desk.patch("/pledges/2021-01-01-a-01", {"retracted": None})
    desk.patch("/pledges/2022-01-01-b-01", {"retracted": None})
    assert ids(thread(desk, "2021-01-01-a-01")) == ["2021-01-01-a-01", "2022-01-01-b-01"]
    assert desk.findings() == []


# Undertakings ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three undertakings: one said three times, one twice, one once; and a position."""
    post(
        desk,
        meeting("2021-01-01-a", pledge(1), pledge(2, topics=["trade"]), pledge(3, act="urge", towards=[])),
        meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")),
        meeting("2023-01-01-c", renewal(1, "2022-01-01-b-01", "extends", topics=["trade"]), pledge(2)),
        meeting("2024-01-01-d", renewal(1, "2023-01-01-c-02")),
    )
    return desk


def test_undertakings_are_listed_once_with_their_latest_wording(three: Desk) -> None:
    items = three.get("/undertakings")["items"]
    assert [(i["id"], i["first_made"], i["last_renewed"], i["mentions"], i["latest"]["id"]) for i in items] == [
        ("2023-01-01-c-02", "2023-01-01", "2024-01-01", 2, "2024-01-01-d-01"),
        ("2021-01-01-a-01", "2021-01-01", "2023-01-01", 3, "2023-01-01-c-01"),
        ("2021-01-01-a-02", "2021-01-01", "2021-01-01", 1, "2021-01-01-a-02"),
    ]
    assert items[0]["latest"] == three.get("/pledges/2024-01-01-d-01")


@pytest.mark.parametrize(
    ("question", "roots"),
    [
        ({"in_meeting": "2021-01-01-a", "not_in_meeting": "2023-01-01-c"}, ["2021-01-01-a-02"]),
        ({"in_meeting": ["2022-01-01-b", "2024-01-01-d"]}, ["2023-01-01-c-02", "2021-01-01-a-01"]),
        ({"not_in_meeting": ["2022-01-01-b", "2024-01-01-d"]}, ["2021-01-01-a-02"]),
        ({"in_meeting": "2023-01-01-c", "not_in_meeting": "2022-01-01-b"}, ["2023-01-01-c-02"]),
        ({"renewed__gte": "2023-01-01"}, ["2023-01-01-c-02", "2021-01-01-a-01"]),
        ({"renewed__gte": "2023-01-02"}, ["2023-01-01-c-02"]),
        ({"silent_since__lt": "2024-01-01"}, ["2021-01-01-a-02"]),
        ({"silent_since__lt": "2024-01-02"}, ["2021-01-01-a-01", "2021-01-01-a-02"]),
        ({"topic": "trade"}, ["2021-01-01-a-01", "2021-01-01-a-02"]),
        ({"topic": "trade", "in_meeting": "2022-01-01-b"}, ["2021-01-01-a-01"]),
        ({"topic": "trade", "meeting": "2022-01-01-b"}, []),  # one pledge must match all of them
        ({"meeting": "2022-01-01-b"}, ["2021-01-01-a-01"]),
        ({"is_new": True, "held_on__gte": "2022-01-01"}, ["2023-01-01-c-02"]),
        ({"sort": "first_made"}, ["2021-01-01-a-01", "2021-01-01-a-02", "2023-01-01-c-02"]),
        ({"sort": "-mentions"}, ["2021-01-01-a-01", "2023-01-01-c-02", "2021-01-01-a-02"]),
        ({"sort": "mentions"}, ["2021-01-01-a-02", "2023-01-01-c-02", "2021-01-01-a-01"]),
        ({"sort": "last_renewed"}, ["2021-01-01-a-02", "2021-01-01-a-01", "2023-01-01-c-02"]),
        ({"kind": "position"}, []),
    ],
)
def test_undertakings_answer(three: Desk, question: dict[str, Any], roots: list[str]) -> None:
    assert three.ids("/undertakings", **question) == roots
    walked: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = three.get("/undertakings", limit=1, **question, **cursor)
        walked += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert walked == roots


def test_a_meeting_that_the_book_does_not_have_is_told(three: Desk) -> None:
    for parameter in ("in_meeting", "not_in_meeting"):
        told = three.get("/undertakings", status=422, **{parameter: "2022-01-01-bb"})
        assert told["errors"][0]["path"] == f"query.{parameter}"
        assert "2022-01-01-b" in told["errors"][0]["message"]
