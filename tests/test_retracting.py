"""Retracting and restoring: what was coded in error is withdrawn with its reason, and stays to be seen."""

from typing import Any

import pytest

from tests.building import Desk, meeting, pledge, renewal, source, topic
from tests.conftest import Client

# Of each kind: one that nothing refers to.
FRESH: dict[str, tuple[str, dict[str, Any]]] = {
    "parties": ("NEW-GROUP", {"code": "NEW-GROUP", "type": "group", "name": "New group"}),
    "topics": ("new-topic", topic("new-topic")),
    "instruments": ("new-plan", {"slug": "new-plan", "type": "plan", "name": "New plan"}),
    "participants": ("new-person", {"slug": "new-person", "name": "New Person"}),
    "sources": ("new-text", source("new-text")),
    "meetings": ("2026-01-01-new", meeting("2026-01-01-new")),
    "pledges": ("2025-12-31-held-01", pledge(1)),
}

CITED = [{"source": "text", "zone": "body", "start": 0, "end": 9}]

# Of each kind: one of the book below that a standing record refers to, and the first that does.
USED = {
    "parties": ("USA", "text"),
    "topics": ("alliance", "defence"),
    "instruments": ("plan", "2021-01-01-a-01"),
    "participants": ("speaker", "2021-01-01-a"),
    "sources": ("text", "2021-01-01-a"),
    "meetings": ("2021-01-01-a", "2022-01-01-b-01"),
    "pledges": ("2021-01-01-a-01", "2022-01-01-b-01"),
}


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over a book with two topics and two meetings, where everything is referred to by something."""
    desk = Desk(client)
    desk.post("/topics", topic("alliance"))
    desk.post("/topics", topic("defence", parent="alliance"))
    first = pledge(1, instruments=["plan"], speakers=["speaker"], citations=CITED)
    attended = {"participant": {"slug": "speaker", "name": "A Speaker"}, "party": "KOR", "office": "Minister"}
    desk.post("/instruments", {"slug": "plan", "type": "plan", "name": "The plan"})
    desk.post("/sources", source("text"))
    brought = {"sources": ["text"], "participants": [attended]}
    desk.post("/meetings", meeting("2021-01-01-a", first, pledge(2, citations=CITED), **brought), allow_similar=True)
    desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")))
    return desk


@pytest.mark.parametrize("kind", FRESH)
def test_a_retracted_record_is_shown_with_its_reason_and_left_out_of_lists(desk: Desk, kind: str) -> None:
    id, body = FRESH[kind]
    if kind == "pledges":
        desk.post("/meetings", meeting("2025-12-31-held", body))
    else:
        desk.post(f"/{kind}", body)
        desk.post(f"/{kind}", body, status=409)
    path = f"/{kind}/{id}"
    before, etag = desk.get(path), desk.etag(path)
    assert id in desk.ids(f"/{kind}")

    assert desk.ask("DELETE", path, reason="in error").status_code == 428
    assert desk.ask("DELETE", path, headers={"If-Match": etag}).status_code == 422
    assert desk.ask("DELETE", path, headers={"If-Match": etag}, reason=" ").status_code == 422
    assert desk.ask("DELETE", path, headers={"If-Match": '"another"'}, reason="in error").status_code == 412
    assert desk.operations(path) == ["create"]
    answer = desk.ask("DELETE", path, headers={"If-Match": etag}, reason="Coded twice.")
    assert answer.status_code == 200, answer.text
    shown = desk.get(path)
    assert (
        shown
        == answer.json()
        == {**before, "retracted": "Coded twice.", "version": 2}
        | {"retracted_at": desk.get(f"{path}/history")["items"][1]["at"]}
    )
    assert id not in desk.ids(f"/{kind}")
    assert desk.ask("DELETE", path, headers={"If-Match": "*"}, reason="again").status_code == 409
    assert desk.ask("DELETE", path, headers={"If-Match": etag}, reason="again").status_code == 412
    if kind != "pledges":
        desk.post(f"/{kind}", body, status=409)  # an id is never used again
    assert desk.findings() == []

    restored = desk.patch(path, {"retracted": None})
    assert restored == desk.get(path) == {**before, "version": 3}
    assert id in desk.ids(f"/{kind}")
    assert desk.operations(path) == ["create", "retract", "restore"]
    assert desk.findings() == []


@pytest.mark.parametrize("kind", USED)
def test_what_a_standing_record_refers_to_is_not_retracted(desk: Desk, kind: str) -> None:
    id, user = USED[kind]
    head = desk.head()
    told = desk.retract(f"/{kind}/{id}", status=409)
    assert told["candidates"][0] == user
    assert (desk.head(), desk.get(f"/{kind}/{id}")["retracted"]) == (head, None)


def test_a_meeting_takes_its_pledges_along_and_is_restored_alone(desk: Desk) -> None:
    desk.post("/meetings", meeting("2023-01-01-c", pledge(1), pledge(2), pledge(3)))
    path = "/meetings/2023-01-01-c"
    desk.retract("/pledges/2023-01-01-c-02", reason="No pledge at all.")
    desk.retract(path, reason="Never held.")
    reasons = [desk.get(f"/pledges/2023-01-01-c-0{number}")["retracted"] for number in (1, 2, 3)]
    assert reasons == ["Never held.", "No pledge at all.", "Never held."]
    assert desk.operations("/pledges/2023-01-01-c-02") == ["create", "retract"]
    assert "2023-01-01-c-01" not in desk.ids("/pledges")
    assert desk.findings() == []

    told = desk.patch("/pledges/2023-01-01-c-01", {"retracted": None}, status=409)
    assert told["candidates"] == ["2023-01-01-c"]
    desk.post("/meetings/2023-01-01-c/pledges", [pledge(4, citations=CITED)], status=409)
    desk.patch(path, {"venue": "Nowhere"})  # what is retracted can still be put right
    desk.patch("/pledges/2023-01-01-c-01", {"note": "Read again."})
    desk.patch(path, {"retracted": None})
    assert desk.ids("/pledges", meeting="2023-01-01-c") == []
    desk.patch("/pledges/2023-01-01-c-01", {"retracted": None})
    assert desk.ids("/pledges", meeting="2023-01-01-c") == ["2023-01-01-c-01"]
    assert desk.operations("/pledges/2023-01-01-c-01") == ["create", "retract", "change", "restore"]
    assert desk.findings() == []


def test_naming_a_retracted_record_is_refused_wherever_it_is_named(desk: Desk) -> None:
    for kind, (id, body) in FRESH.items():
        if kind not in ("meetings", "pledges"):
            desk.post(f"/{kind}", body)
            desk.retract(f"/{kind}/{id}")
    named: list[tuple[str, dict[str, Any]]] = [
        ("$.parties[2]", {"parties": ["KOR", "USA", "NEW-GROUP"]}),
        ("$.sources[1]", {"sources": ["text", "new-text"]}),
        ("$.participants[0].participant", {"participants": [{**_person(), "participant": "new-person"}]}),
        ("$.participants[0].party", {"participants": [{**_person(), "party": "NEW-GROUP"}]}),
    ]
    for where, patch in named:
        told = desk.patch("/meetings/2021-01-01-a", patch, status=422)
        assert [error["path"] for error in told["errors"]] == [where]
    of_pledge: list[tuple[str, dict[str, Any]]] = [
        ("$.pledgors[1]", {"pledgors": ["KOR", "NEW-GROUP"]}),
        ("$.towards[0]", {"towards": ["NEW-GROUP"]}),
        ("$.about[0]", {"about": ["NEW-GROUP"]}),
        ("$.topics[0]", {"topics": ["new-topic"]}),
        ("$.instruments[0]", {"instruments": ["new-plan"]}),
        ("$.speakers[0]", {"speakers": ["new-person"]}),
    ]
    for where, patch in of_pledge:
        told = desk.patch("/pledges/2021-01-01-a-01", patch, status=422)
        assert [error["path"] for error in told["errors"]] == [where]
        held = meeting("2024-01-01-d", pledge(1, **patch))
        assert desk.post("/meetings", held, status=422)["errors"][0]["path"] == where.replace("$", "$.pledges[0]")
    told = desk.patch("/topics/defence", {"parent": "new-topic"}, status=422)
    assert told["errors"][0]["path"] == "$.parent"
    told = desk.patch("/sources/text", {"issued_by": ["NEW-GROUP"]}, status=422)
    assert told["errors"][0]["path"] == "$.issued_by[0]"
    desk.retract("/pledges/2022-01-01-b-01")
    desk.retract("/pledges/2021-01-01-a-01")
    desk.patch("/pledges/2022-01-01-b-01", {"retracted": None}, status=422)  # it links to what is retracted
    assert desk.findings() == []


def _person() -> dict[str, str]:
    return {"participant": "speaker", "party": "KOR", "office": "Minister"}


def test_what_only_retracted_records_name_is_retracted_and_holds_their_restoring_back(desk: Desk) -> None:
    desk.retract("/pledges/2022-01-01-b-01")
    desk.retract("/meetings/2021-01-01-a")
    for path in ("/instruments/plan", "/participants/speaker", "/sources/text"):
        desk.retract(path)
    told = desk.patch("/meetings/2021-01-01-a", {"retracted": None}, status=422)
    assert {error["path"] for error in told["errors"]} == {"$.sources[0]", "$.participants[0].participant"}
    desk.patch("/sources/text", {"retracted": None})
    desk.patch("/participants/speaker", {"retracted": None})
    desk.patch("/meetings/2021-01-01-a", {"retracted": None})
    told = desk.patch("/pledges/2021-01-01-a-01", {"retracted": None}, status=422)
    assert [error["path"] for error in told["errors"]] == ["$.instruments[0]"]
    desk.patch("/pledges/2021-01-01-a-01", {"retracted": None, "instruments": []})
    assert desk.findings() == []


def test_no_pledge_stands_in_a_meeting_that_comes_retracted(desk: Desk) -> None:
    held = meeting("2024-01-01-d", pledge(1), retracted="Never held.")
    assert desk.post("/meetings", held, status=422)["errors"][0]["path"] == "$.pledges[0].retracted"
    held = meeting("2024-01-01-d", pledge(1, retracted="Never held."), retracted="Never held.")
    desk.post("/meetings", held)
    assert desk.get("/meetings/2024-01-01-d")["retracted_at"]
    assert "2024-01-01-d" not in desk.ids("/meetings")
    assert desk.findings() == []
