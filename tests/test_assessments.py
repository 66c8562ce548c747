"""Assessments: what came of a pledge on each side. One is added to the others and never takes their place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.exchange.book_files import load
from app.main import create_app
from app.records.assessments import days_late
from app.records.keys import create_key
from app.schemas.vocabulary import Fulfilment, Scope
from app.settings import Settings
from app.store.database import Database
from tests.building import Body, Desk, assessment, meeting, pledge, topic
from tests.conftest import Client, CopyMaker, make_key

FIRST = "2021-01-01-a-01"
CITED = [{"source": "text-of-2021-01-01-a", "zone": "body", "start": 900, "end": 990}]
POSTED = f"/pledges/{FIRST}/assessments"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over a book of one meeting: a pledge of both sides that was due, one of Korea alone, and a position."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    due = {"kind": "deadline", "text": "by the end of 2022", "to": "2022-12-31"}
    alone = pledge(2, pledgors=["KOR"], towards=["USA"])
    position = pledge(3, act="condemn", towards=[])
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1, due=due), alone, position))
    return desk


def refused(desk: Desk, path: str, body: dict[str, Any]) -> list[str]:
    """The paths of the faults of an assessment that is not taken."""
    return [error["path"] for error in desk.post(path, body, status=422)["errors"]]


def test_each_assessment_stands_beside_the_others_and_the_latest_tells(desk: Desk) -> None:
    first = desk.post(POSTED, assessment("KOR", "in-progress", effective_on="2022-01-01"))
    assert (first["id"], first["pledge"], first["number"], first["version"]) == (f"{FIRST}-a1", FIRST, 1, 1)
    desk.post(POSTED, assessment("USA", "stalled", effective_on="2022-02-01", note="As the desk sees it."))
    desk.post(POSTED, assessment("KOR", "fulfilled", effective_on="2023-01-10"))
    # What is told later of an earlier day changes nothing of how it stands now; of the same day it does.
    desk.post(POSTED, assessment("KOR", "stalled", effective_on="2022-06-01"))
    assert desk.get(f"/pledges/{FIRST}")["fulfilment"] == {"KOR": "fulfilled", "USA": "stalled"}
    desk.post(POSTED, assessment("USA", "not-started", effective_on="2022-02-01"))
    public = desk.get(f"/pledges/{FIRST}")
    assert (public["fulfilment"], public["disputed"]) == ({"KOR": "fulfilled", "USA": "not-started"}, False)
    told = desk.get(POSTED)
    assert told["items"][0] == first
    assert [item["fulfilment"] for item in told["items"]] == [
        "in-progress", "stalled", "fulfilled", "stalled", "not-started",
    ]  # fmt: skip
    assert told["standing"] == [
        {"party": "KOR", "fulfilment": "fulfilled", "score": 1, "is_late": True, "days_late": 10},
        {
            "party": "USA", "fulfilment": "not-started", "score": 0, "is_late": True,
            "days_late": (TODAY - datetime(2022, 12, 31, tzinfo=UTC).date()).days,
        },
    ]  # fmt: skip
    assert desk.operations(f"/pledges/{FIRST}") == ["create", *["assess"] * 5]
    last = desk.get(f"/pledges/{FIRST}/history")["items"][-1]
    assert (last["changed"], last["actor"]) == (["fulfilment"], "desk")
    feed = desk.get("/changes", since=desk.head() - 2)["items"]
    assert [(item["entity"], item["operation"], item["id"]) for item in feed] == [
        ("assessment", "create", f"{FIRST}-a5"),
        ("pledge", "assess", FIRST),
    ]
    assert desk.findings() == []


def test_an_assessment_cannot_be_changed_or_withdrawn(desk: Desk) -> None:
    desk.post(POSTED, assessment())
    for method in ("PATCH", "DELETE", "PUT"):
        assert desk.ask(method, POSTED, {}, headers={"If-Match": "*"}).status_code == 405
        assert desk.ask(method, f"{POSTED}/1", {}, headers={"If-Match": "*"}).status_code == 404
    desk.post(POSTED, {**assessment(), "number": 1}, status=422)


def test_progress_needs_more_than_announcements(desk: Desk) -> None:
    said = [{"title": "A speech", "type": "announcement", "url": "https://example.org/never/fetched"}]
    for word in ("in-progress", "partly-fulfilled", "fulfilled", "upheld"):
        assert refused(desk, POSTED, assessment(fulfilment=word, evidence=said)) == ["$.evidence"]
        done = [*said, {"title": "It was done", "type": "action", "publisher": "A paper", "published_on": "2022-01-01"}]
        assert desk.post(POSTED, assessment(fulfilment=word, evidence=done))["evidence"][0]["url"] == said[0]["url"]
    for word in sorted(set(Fulfilment) - {"in-progress", "partly-fulfilled", "fulfilled", "upheld"}):
        desk.post(POSTED, assessment(fulfilment=word, evidence=said))
    assert refused(desk, POSTED, assessment(evidence=[])) == ["$.evidence"]
    body = assessment()
    del body["assessor"]
    assert refused(desk, POSTED, body) == ["$.assessor"]


def test_what_cannot_be_judged_is_refused(desk: Desk) -> None:
    head = desk.head()
    tomorrow = (TODAY + timedelta(days=2)).isoformat()
    assert refused(desk, POSTED, assessment(effective_on="2020-12-31")) == ["$.effective_on"]
    assert refused(desk, POSTED, assessment(effective_on=tomorrow)) == ["$.effective_on"]
    assert refused(desk, POSTED, assessment("JPN")) == ["$.party"]
    assert refused(desk, POSTED, assessment("ZZZ"))[0] == "$.party"
    assert refused(desk, "/pledges/2021-01-01-a-02/assessments", assessment("USA")) == ["$.party"]
    assert refused(desk, "/pledges/2021-01-01-a-03/assessments", assessment()) == ["$"]
    assert refused(desk, POSTED, assessment(disputes=1)) == ["$.disputes"]
    desk.post("/pledges/no-such-01/assessments", assessment(), status=404)
    desk.retract("/pledges/2021-01-01-a-02")
    desk.post("/pledges/2021-01-01-a-02/assessments", assessment(), status=409)
    assert desk.head() == head + 1
    desk.post(POSTED, assessment(effective_on="2021-01-01"))
    desk.post(POSTED, assessment(effective_on=TODAY.isoformat()))


def test_a_dispute_names_what_it_disputes(desk: Desk) -> None:
    desk.post(POSTED, assessment("KOR", "fulfilled"))
    disputing = desk.post(POSTED, assessment("KOR", "stalled", disputes=1, assessor="Another desk"))
    assert disputing["disputes"] == 1
    public = desk.get(f"/pledges/{FIRST}")
    assert (public["fulfilment"], public["disputed"]) == ({"KOR": "stalled"}, True)
    assert desk.get(f"/pledges/{FIRST}/history")["items"][-1]["changed"] == ["fulfilment", "disputed"]
    assert desk.ids("/pledges", disputed=True) == [FIRST]
    assert desk.ids("/pledges", disputed=False) == ["2021-01-01-a-02"]
    assert desk.findings() == []


def test_a_number_is_taken_once_and_disputes_look_back(desk: Desk) -> None:
    """What is sent with a pledge is numbered by the sender; an export has it in the order of numbers."""
    path = "/meetings/2021-01-01-a/pledges"

    def told(*judged: Body) -> list[str]:
        answer = desk.post(path, [pledge(4, citations=CITED, assessments=list(judged))], status=422)
        return [error["path"] for error in answer["errors"]]

    one, two = {**assessment(), "number": 1}, {**assessment(fulfilment="stalled"), "number": 2}
    assert told(one, {**two, "number": 1}) == ["$[0].assessments[1].number"]
    assert told(one, one) == ["$[0].assessments[1].number"]
    assert told(two, {**one, "disputes": 2}) == ["$[0].assessments[1].disputes"]
    assert told({**one, "disputes": 1}) == ["$[0].assessments[0].disputes"]
    desk.post(path, [pledge(4, citations=CITED, assessments=[two, one])])
    assert desk.findings() == []


def test_the_last_number_is_followed_by_none(desk: Desk) -> None:
    judged = pledge(4, citations=CITED, assessments=[{**assessment(), "number": 999_999}])
    desk.post("/meetings/2021-01-01-a/pledges", [judged])
    desk.post("/pledges/2021-01-01-a-04/assessments", assessment(), status=409)


def test_verify_finds_a_judgement_that_was_made_the_latest_by_hand(desk: Desk) -> None:
    desk.post(POSTED, assessment("KOR", "stalled", effective_on="2022-01-01"))
    desk.post(POSTED, assessment("KOR", "fulfilled", effective_on="2022-02-01"))
    with desk.database.writing() as connection:
        connection.execute(text("UPDATE assessment SET is_current = NOT is_current"))
    assert {f"assessment {FIRST}-a1", f"assessment {FIRST}-a2", f"pledge {FIRST}"} == {
        finding.split(":")[0] for finding in desk.findings()
    }


def test_pledges_are_found_by_how_they_stand_on_the_side_of_a_party(desk: Desk) -> None:
    desk.post(POSTED, assessment("KOR", "stalled", effective_on="2022-01-01"))
    desk.post(POSTED, assessment("KOR", "fulfilled", effective_on="2022-02-01"))
    desk.post(POSTED, assessment("USA", "stalled", effective_on="2022-02-01"))
    second = "2021-01-01-a-02"
    for question, found in (
        ({"fulfilment": "fulfilled"}, [FIRST]),
        ({"fulfilment": "stalled"}, [FIRST]),
        ({"fulfilment": "fulfilled", "party": "KOR"}, [FIRST]),
        ({"fulfilment": "stalled", "party": "KOR"}, []),  # it was, and is no more
        ({"fulfilment": "stalled", "party": "USA"}, [FIRST]),
        ({"fulfilment": "none"}, [second]),
        ({"fulfilment": ["none", "fulfilled"]}, [FIRST, second]),
        ({"fulfilment": "none", "party": "USA"}, []),
        ({"fulfilment": "none", "party": "KOR"}, [second]),
        ({"due": "passed"}, [FIRST]),
        ({"due": "overdue"}, [FIRST]),
    ):
        assert desk.ids("/pledges", **question) == found, question
    desk.post(POSTED, assessment("USA", "fulfilled", effective_on="2022-03-01"))
    assert (desk.ids("/pledges", due="overdue"), desk.ids("/pledges", due="passed")) == ([], [FIRST])
    assert desk.get("/pledges", include="assessments")["included"]["assessments"] == desk.get(POSTED)["items"]


@pytest.mark.parametrize(
    ("word", "effective", "due", "late"),
    [
        (Fulfilment.fulfilled, "2024-01-11", "2024-01-01", 10),
        (Fulfilment.fulfilled, "2023-12-31", "2024-01-01", 0),
        (Fulfilment.in_progress, "2024-01-11", "2024-01-01", 31),
        (Fulfilment.not_fulfilled, "2024-01-11", "2024-01-01", 31),
        (Fulfilment.stalled, "2023-01-11", "2024-03-01", 0),
        (Fulfilment.stalled, "2023-01-11", None, None),
        (Fulfilment.upheld, "2024-01-11", "2024-01-01", None),
        (Fulfilment.overtaken, "2024-01-11", "2024-01-01", None),
        (Fulfilment.not_triggered, "2024-01-11", "2024-01-01", None),
    ],
)
def test_lateness_is_counted_against_the_last_day(word: Fulfilment, effective: str, due: str | None, late: int) -> None:
    def day(text: str) -> Any:
        return datetime.fromisoformat(text).date()

    assert days_late(word, day(effective), day(due) if due else None, day("2024-02-01")) == late


def test_a_key_that_assesses_does_nothing_else(desk: Desk, empty_url: str) -> None:
    etag = desk.etag(f"/pledges/{FIRST}")
    with desk.database.writing() as connection:
        desk.client.key = create_key(connection, "assessor", Scope.assess)
    desk.post(POSTED, assessment())
    assert desk.get(f"/pledges/{FIRST}/history")["items"][-1]["actor"] == "assessor"
    desk.post("/meetings", meeting("2022-01-01-b"), status=403)
    desk.post("/topics", topic("trade"), status=403)
    desk.post("/meetings/2021-01-01-a/pledges", [pledge(9)], status=403)
    assert desk.ask("PATCH", f"/pledges/{FIRST}", {}, headers={"If-Match": etag}).status_code == 403
    assert desk.ask("DELETE", f"/pledges/{FIRST}", headers={"If-Match": etag}, reason="x").status_code == 403
    desk.client.key = make_key(empty_url, "writer")
    desk.post(POSTED, assessment())  # who may write may assess


def test_assessments_come_through_export_and_load_even_of_what_was_retracted(
    desk: Desk, make_copy: CopyMaker, tmp_path: Path
) -> None:
    desk.post(POSTED, assessment("KOR", "fulfilled", note="As seen."))
    desk.post(POSTED, assessment("USA", "stalled", effective_on="2021-05-01", disputes=1))
    desk.post("/pledges/2021-01-01-a-02/assessments", assessment())
    desk.retract("/pledges/2021-01-01-a-02")
    whole = desk.lines("/export.jsonl")
    (tmp_path / "book.jsonl").write_bytes(whole)
    with make_copy(False, tmp_path) as url:
        database = Database(url)
        report = load(database, [tmp_path / "book.jsonl"])
        assert (report.faults, report.skipped) == ([], [])
        again = load(database, [tmp_path / "book.jsonl"])
        assert (again.created, again.changed, again.is_clean) == (0, 0, True)
        with Client(create_app(Settings(database_url=url))) as other:
            copy = Desk(other)
            assert copy.lines("/export.jsonl") == whole
            assert copy.get(POSTED) == desk.get(POSTED)
            assert copy.get(f"/pledges/{FIRST}")["fulfilment"] == {"KOR": "fulfilled", "USA": "stalled"}
            assert copy.findings() == []
        database.close()


def test_a_pledge_may_come_with_its_assessments(desk: Desk) -> None:
    judged = pledge(4, citations=CITED, assessments=[{**assessment("USA", "upheld"), "number": 1}])
    written = desk.post("/meetings/2021-01-01-a/pledges", [judged])["items"]
    assert [item["fulfilment"] for item in written] == [{"USA": "upheld"}]
    early = {**assessment("USA", "upheld", effective_on="2020-01-01"), "number": 1}
    told = desk.post(
        "/meetings/2021-01-01-a/pledges", [pledge(5, citations=[{**CITED[0], "start": 1900, "end": 1990}]),
        pledge(6, citations=[{**CITED[0], "start": 2900, "end": 2990}], assessments=[early])], status=422,
    )  # fmt: skip
    assert told["errors"][0]["path"] == "$[1].assessments[0].effective_on"
    desk.get("/pledges/2021-01-01-a-05", status=404)
    assert desk.findings() == []
