"""The book as it stood: every version of a record, who wrote it and when, and any state of the whole."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.building import Desk, meeting, pledge, topic
from tests.conftest import Call, Client, make_key


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over an empty book with one topic."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    return desk


def test_history_tells_who_wrote_which_fields_when(desk: Desk, empty_url: str) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    path = "/pledges/2021-01-01-a-01"
    first_etag = desk.etag(path)
    first = desk.client.key
    desk.client.key = make_key(empty_url, "night shift")
    desk.patch(path, {"note": "Read again.", "borderline": "Arguable.", "act": "agree"})
    desk.client.key = first
    desk.retract(path, reason="No pledge.")
    desk.patch(path, {"retracted": None})
    items = desk.get(f"{path}/history")["items"]
    assert [(item["version"], item["actor"], item["operation"], item["changed"]) for item in items] == [
        (1, "desk", "create", []),
        (2, "night shift", "change", ["borderline", "note"]),
        (3, "desk", "retract", ["retracted"]),
        (4, "desk", "restore", ["retracted"]),
    ]
    assert items[0]["hash"] == first_etag.strip('"')
    assert [item["document"]["version"] for item in items] == [1, 2, 3, 4]
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert [item["seq"] for item in items] == sorted(item["seq"] for item in items)
    desk.get("/pledges/no-such-01/history", status=404)


def test_history_is_paged_and_each_version_still_tells_what_it_changed(desk: Desk) -> None:
    path = "/topics/defence"
    for number in range(5):
        desk.patch(path, {"definition": f"Sense {number}."} if number % 2 else {"cues": [f"word {number}"]})
    whole = desk.get(f"{path}/history")["items"]
    for size in (1, 2, 3, 5, 6):
        walked: list[dict[str, object]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = desk.get(f"{path}/history", limit=size, **cursor)
            walked += page["items"]
            assert len(page["items"]) <= size
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert walked == whole
    assert [item["changed"] for item in whole][1:] == [["cues"], ["definition"], ["cues"], ["definition"], ["cues"]]
    desk.get("/topics/defence/history", status=422, cursor="made-up")


def test_a_record_is_read_as_it_stood_at_a_seq_or_an_instant(desk: Desk) -> None:
    before = desk.head()
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    for path in ("/meetings/2021-01-01-a", "/pledges/2021-01-01-a-01", "/sources/text-of-2021-01-01-a"):
        asked = f"/v1{path}"
        seen = [(desk.head(), desk.client.get(asked))]
        time.sleep(0.002)
        desk.patch(path, {"title": "Renamed"} if "pledges" not in path else {"note": "Read again."})
        seen.append((desk.head(), desk.client.get(asked)))
        if "pledges" in path:
            desk.retract(path)
            seen.append((desk.head(), desk.client.get(asked)))
            desk.patch(path, {"retracted": None})
        versions = desk.get(f"{path}/history")["items"]
        for (seq, then), version in zip(seen, versions, strict=False):
            for moment in (seq, version["at"]):
                answer = desk.client.get(asked, params={"as_of": moment})
                assert (answer.content, answer.headers["ETag"]) == (then.content, then.headers["ETag"])
        told = desk.get(path, status=404, as_of=before)
        assert "was not in the book" in told["detail"]
    desk.get("/meetings/2021-01-01-a/document", status=404, as_of=before)
    desk.get("/meetings/2021-01-01-a", status=422, as_of="yesterday")
    desk.get("/meetings/2021-01-01-a", status=422, as_of="2024-02-30T00:00:00Z")
    desk.get("/meetings/2021-01-01-a", status=404, as_of="2000-01-01T00:00:00Z")
    desk.get("/meetings/2021-01-01-a", status=404, as_of="0999-01-01T00:00:00Z")


def test_an_instant_is_compared_by_what_it_means_not_by_how_it_is_written(desk: Desk) -> None:
    """A revision of half past a second is not yet there at the second, and is there at a shorter form of its own."""
    desk.post("/meetings", meeting("2021-01-01-a"))
    path = "/meetings/2021-01-01-a"
    at = desk.get(f"{path}/history")["items"][0]["at"]
    if at[20:26] != "000000":
        desk.get(path, status=404, as_of=f"{at[:19]}Z")
    desk.get(path, as_of=f"{at[:26]}Z")
    desk.get(path, as_of="2999-01-01T00:00:00Z")


def test_the_document_and_the_export_are_rebuilt_as_the_whole_stood(
    desk: Desk, empty_url: str, tmp_path: Path, call: Call
) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2)))
    desk.post("/meetings", meeting("2022-01-01-b", pledge(1)))
    document = "/meetings/2021-01-01-a/document"
    taken = [(desk.head(), desk.lines(document), desk.lines("/export.jsonl"))]
    for path, patch in (
        ("/meetings/2021-01-01-a", {"held_on": "2023-01-01"}),  # moves behind the other
        ("/pledges/2021-01-01-a-02", {"summary": "Another reading."}),
        ("/topics/defence", {"name": "Defense"}),
        ("/pledges/2021-01-01-a-01", None),
        ("/meetings/2021-01-01-a", None),
        ("/meetings/2021-01-01-a", {"retracted": None}),
    ):
        desk.patch(path, patch) if patch else desk.retract(path)
        taken.append((desk.head(), desk.lines(document), desk.lines("/export.jsonl")))
    desk.post("/meetings/2021-01-01-a/pledges", [{**pledge(3), **_cited("text-of-2021-01-01-a")}])
    assert len({whole for _, _, whole in taken}) == len(taken)
    for seq, line, whole in taken:
        assert desk.lines(document, as_of=seq) == line
        assert desk.lines("/export.jsonl", as_of=seq) == whole
    assert desk.lines("/export.jsonl", as_of=0) == b""
    seq, _, whole = taken[2]
    printed = call("export", "--as-of", str(seq), url=empty_url)
    assert (printed.returncode, printed.stdout.encode()) == (0, whole)


def _cited(source: str) -> dict[str, object]:
    return {"citations": [{"source": source, "zone": "body", "start": 900, "end": 990}]}
