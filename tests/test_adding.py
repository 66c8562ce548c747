"""Pledges added to a meeting that stands: found later, or told by a second report, whose repeats are citations."""

import pytest

from app.records import meetings
from tests.building import Body, Desk, meeting, pledge, source, topic
from tests.conftest import Client

PATH = "/meetings/2021-01-01-a/pledges"


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over a book with one meeting, known by a news report, of two pledges."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    report = source("report", type="news-report", issued_by=[])
    two = [pledge(number, citations=[cited("report", 100 * number)]) for number in (1, 2)]
    desk.post("/meetings", meeting("2021-01-01-a", *two, sources=[report], coverage="report-only"))
    return desk


def cited(text: str | Body, start: int, zone: str = "body") -> Body:
    return {"source": text, "zone": zone, "start": start, "end": start + 90}


def test_a_new_record_of_each_register_is_posted_and_read_back(desk: Desk) -> None:
    for kind, body in (
        (
            "parties",
            {"code": "QUAD-4", "type": "group", "name": "The four", "names": {"ko": "넷"}, "aliases": ["Four"]},
        ),
        ("topics", topic("opcon", parent="defence", cues=["OPCON"])),
        ("instruments", {"slug": "plan", "type": "plan", "name": "The plan", "aliases": ["COTP"]}),
        ("participants", {"slug": "a-b", "name": "A B", "aliases": [{"name": "AB", "is_error": True}]}),
        ("sources", source("text", publisher="A paper", published_on="2021-01-02", url="https://example.org/text")),
    ):
        answer = desk.ask("POST", f"/{kind}", body)
        assert answer.status_code == 201, answer.text
        id = body.get("id") or body.get("slug") or body["code"]
        assert answer.headers["Location"] == f"/v1/{kind}/{id}"
        read = desk.client.get(answer.headers["Location"])
        assert (read.content, read.headers["ETag"]) == (answer.content, answer.headers["ETag"])
        assert {**read.json(), **body} == read.json()
        assert (read.json()["version"], desk.operations(f"/{kind}/{id}")) == (1, ["create"])
    head = desk.head()
    assert desk.post("/topics", topic("never"), status=200, dry_run=True)["slug"] == "never"
    assert desk.post("/topics", topic("lost", parent="nowhere"), status=422)["errors"][0]["path"] == "$.parent"
    assert (desk.head(), desk.findings()) == (head, [])


def test_pledges_found_later_are_added_with_the_next_numbers(desk: Desk) -> None:
    desk.retract("/pledges/2021-01-01-a-02")
    first, second = (pledge(n, citations=[cited("report", 1000 * n)]) for n in (5, 6))
    del first["number"]
    written = desk.post(PATH, [second, first])["items"]
    assert [item["id"] for item in written] == ["2021-01-01-a-06", "2021-01-01-a-03"]  # 2 is not used again
    assert desk.get("/meetings/2021-01-01-a")["version"] == 1  # it says nothing of its pledges
    told = desk.post(PATH, [pledge(7, citations=[cited("report", 5)]), second], status=409)
    assert (told["errors"][0]["path"], told["candidates"]) == ("$[1].number", ["2021-01-01-a-06"])
    desk.post(PATH, [pledge(2, summary="New.", citations=[cited("report", 9000)])], status=409)
    twice = [pledge(8, summary=f"{n}", citations=[cited("report", 9000 + 100 * n)]) for n in (1, 2)]
    desk.post(PATH, twice, status=422)
    assert desk.post(PATH, [pledge(9, topics=["opcon"], citations=[cited("report", 9500)])], status=422)["errors"][0][
        "path"
    ] == "$[0].topics[0]"  # fmt: skip
    desk.post(PATH, [], status=422)
    desk.post("/meetings/no-such/pledges", [pledge(1, citations=[cited("report", 5)])], status=404)
    assert desk.findings() == []


def test_a_meeting_has_no_more_pledges_than_its_line_may_hold(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meetings, "MOST_PLEDGES", 4)
    three = [pledge(n, summary=f"{n}", citations=[cited("report", 1000 * n)]) for n in (3, 4, 5)]
    told = desk.post(PATH, three, status=422)
    assert "at most 4" in told["errors"][0]["message"]
    desk.post(PATH, three[:2])
    desk.patch("/pledges/2021-01-01-a-04", {"note": "One that stands may change."})


def test_a_dry_run_adds_nothing(desk: Desk) -> None:
    head = desk.head()
    new = pledge(3, citations=[cited("report", 1000)])
    written = desk.post(PATH, [new], status=200, dry_run=True)["items"]
    assert [item["id"] for item in written] == ["2021-01-01-a-03"]
    assert (desk.head(), desk.ids("/pledges")) == (head, ["2021-01-01-a-01", "2021-01-01-a-02"])


def test_what_a_second_report_repeats_becomes_citations_in_their_order(desk: Desk) -> None:
    text = source("statement")
    release = source("release", type="press-release", issued_by=["KOR"])
    sent = [
        {
            "repeats": 1,
            "citations": [cited(release, 300, "headline"), cited("release", 400, "quote"), cited(release, 500)],
        },
        pledge(3, citations=[cited(text, 7000)]),
        {"repeats": 2, "citations": [cited(text, 600, "lede")]},
    ]
    written = desk.post(PATH, sent)["items"]
    assert [item["id"] for item in written] == ["2021-01-01-a-01", "2021-01-01-a-03", "2021-01-01-a-02"]
    seen = [(c["source"], c["zone"], c["start"]) for c in written[0]["citations"]]
    assert seen == [
        ("report", "body", 100),
        ("release", "body", 500),
        ("release", "quote", 400),
        ("release", "headline", 300),
    ]
    # A primary text comes before all else, wherever in it the words stand.
    assert [c["source"] for c in written[2]["citations"]] == ["statement", "report"]
    assert [item["attested"] for item in written] == ["one-side", "joint-text", "joint-text"]
    assert desk.get("/meetings/2021-01-01-a")["sources"] == ["report", "release", "statement"]
    assert desk.operations("/pledges/2021-01-01-a-01") == ["create", "change"]
    assert desk.findings() == []

    # The same once more changes nothing: a citation is not counted twice.
    head = desk.head()
    desk.post(PATH, [{"repeats": 1, "citations": [cited("release", 400, "quote"), cited(release, 500)]}])
    assert desk.head() == head


def test_two_repeats_of_one_pledge_are_both_kept(desk: Desk) -> None:
    sent = [{"repeats": 1, "citations": [cited("report", start)]} for start in (2000, 3000)]
    written = desk.post(PATH, sent)["items"]
    assert [[citation["start"] for citation in item["citations"]] for item in written] == [[100, 2000, 3000]]


def test_only_what_stands_is_repeated(desk: Desk) -> None:
    desk.retract("/pledges/2021-01-01-a-02")
    for number in (2, 3):
        sent = [
            {"repeats": 1, "citations": [cited("report", 800)]},
            {"repeats": number, "citations": [cited("report", 5)]},
        ]
        told = desk.post(PATH, sent, status=422)
        assert told["errors"][0]["path"] == "$[1].repeats"
    assert len(desk.get("/pledges/2021-01-01-a-01")["citations"]) == 1
    desk.post(PATH, [{"repeats": 1, "citations": []}], status=422)
    desk.post(PATH, [{"repeats": 1, "citations": [cited("report", 99_950)]}], status=422)  # beyond its end


def test_one_thing_named_by_id_and_given_whole_is_named_twice(desk: Desk) -> None:
    plan = {"slug": "plan", "type": "plan", "name": "The plan"}
    desk.post("/instruments", plan)
    named = pledge(3, citations=[cited("report", 4000)], instruments=["plan", plan])
    told = desk.post(PATH, [named], status=422)
    assert told["errors"][0]["path"].startswith("$[0].instruments")
    different = {**plan, "name": "Another plan"}
    told = desk.post(PATH, [{**named, "instruments": [different]}], status=422)
    assert told["errors"][0]["path"] == "$[0].instruments[0]"
    desk.post(PATH, [{**named, "instruments": [plan]}])
