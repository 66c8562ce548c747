"""Changing, retracting and restoring: every kind of record, on the version as it was read, and nothing is lost."""

from typing import Any

import pytest

from tests.building import Desk, meeting, pledge, renewal, topic
from tests.conftest import Client

SPRING = "2021-03-18-kor-usa-2plus2"

# Of each kind: one that the seeds have, a patch to it, and the field that is its identity.
SEEDED: dict[str, tuple[str, dict[str, Any], str]] = {
    "parties": ("KOR", {"aliases": ["South Korea", "ROK", "Seoul"]}, "code"),
    "topics": ("opcon-transition", {"definition": "Who commands in war."}, "slug"),
    "instruments": ("cotp", {"name": "The Plan"}, "slug"),
    "participants": ("cho-tae-yul", {"name": "Cho Tae Yul"}, "slug"),
    "sources": ("newsroom24x7-2021-03-18", {"publisher": "Another"}, "id"),
    "meetings": (SPRING, {"venue": "The ministry"}, "id"),
    "pledges": (f"{SPRING}-01", {"note": "Read again."}, "number"),
}


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over an empty book with one topic."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    return desk


@pytest.fixture
def seeds(seeded: Client) -> Desk:
    return Desk(seeded)


# Change ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SEEDED)
def test_a_record_is_changed_on_the_version_as_it_was_read(seeds: Desk, kind: str) -> None:
    id, patch, identity = SEEDED[kind]
    path = f"/{kind}/{id}"
    before, etag, head = seeds.get(path), seeds.etag(path), seeds.head()
    assert seeds.ask("PATCH", path, patch).status_code == 428
    answer = seeds.ask("PATCH", path, patch, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after == {**before, **patch, "version": before["version"] + 1}
    read = seeds.client.get(f"/v1{path}")
    assert (read.content, read.headers["ETag"]) == (answer.content, answer.headers["ETag"])
    assert seeds.head() == head + 1
    stale = seeds.ask("PATCH", path, patch, headers={"If-Match": etag})
    assert (stale.status_code, stale.headers["ETag"]) == (412, answer.headers["ETag"])

    # What differs in nothing writes nothing, and what identifies never changes.
    assert seeds.ask("PATCH", path, patch, headers={"If-Match": "*"}).status_code == 200
    assert seeds.patch(path, {}) == after
    seeds.patch(path, {identity: 99 if identity == "number" else "another"}, status=422)
    seeds.patch(path, {identity: None}, status=422)
    seeds.patch(path, {"no_such_field": 1}, status=422)
    seeds.patch(path, {"version": 7}, status=422)
    seeds.patch(path, {"retracted": "by patch"}, status=422)
    assert (seeds.head(), seeds.get(path)) == (head + 1, after)

    history = seeds.get(f"{path}/history")["items"]
    assert [(item["operation"], item["actor"]) for item in history][-2:][1] == ("change", "desk")
    assert (history[-1]["changed"], history[-1]["document"]) == (list(patch), after)
    assert history[-1]["hash"] == answer.headers["ETag"].strip('"')
    assert seeds.findings() == []


def test_what_is_not_there_is_404_before_any_precondition(desk: Desk) -> None:
    for kind in SEEDED:
        for method, more in (("PATCH", {}), ("DELETE", {"reason": "x"})):
            assert desk.ask(method, f"/{kind}/no-such-01", {} if method == "PATCH" else None, **more).status_code == 404


def test_a_patch_merges_objects_replaces_lists_and_gives_defaults_for_null(desk: Desk) -> None:
    due = {"kind": "deadline", "text": "this year", "from": "2024-01-01", "to": "2024-12-31"}
    first = pledge(1, due=due, note="A note.", about=["PRK"], towards=["USA"], pledgors=["KOR"])
    desk.post("/meetings", meeting("2024-05-01-a", first, inferred={"title": "ours", "city": "said in the text"}))
    path = "/pledges/2024-05-01-a-01"
    assert desk.patch(path, {"due": {"to": None, "inferred": "why"}})["due"] == {**due, "to": None, "inferred": "why"}
    after = desk.patch(path, {"due": None, "note": None, "about": [], "towards": None})
    assert (after["due"], after["note"], after["about"], after["towards"]) == (None, None, [], ["unspecified"])
    held = desk.patch("/meetings/2024-05-01-a", {"inferred": {"city": None, "ordinal": "counted"}})
    assert held["inferred"] == {"title": "ours", "ordinal": "counted"}
    desk.patch(path, {"summary": None}, status=422)
    assert desk.findings() == []


def test_pledges_and_assessments_are_not_changed_through_what_holds_them(seeds: Desk) -> None:
    told = seeds.patch(f"/meetings/{SPRING}", {"pledges": []}, status=422)
    assert told["errors"][0]["path"] == "$.pledges"
    told = seeds.patch(f"/pledges/{SPRING}-01", {"assessments": []}, status=422)
    assert told["errors"][0]["path"] == "$.assessments"


def test_the_faults_of_a_patched_pledge_are_told_by_its_own_fields(seeds: Desk) -> None:
    patch = {"topics": ["opcon"], "links": [{"type": "renews", "target": "2024-10-31-kor-usa-2plus2-01"}]}
    told = seeds.patch(f"/pledges/{SPRING}-01", patch, status=422)
    assert {error["path"] for error in told["errors"]} == {"$.topics[0]", "$.links[0].target"}


def test_a_new_spelling_is_one_patch_and_finds_the_person(seeds: Desk) -> None:
    path = "/participants/cho-tae-yul"
    aliases = seeds.get(path)["aliases"]
    assert seeds.ids("/participants", name="Jo Tae Yeol") == []
    seeds.patch(path, {"aliases": [*aliases, {"name": "Jo Tae-yeol", "is_error": False}]})
    assert seeds.ids("/participants", name="Jo Tae Yeol") == ["cho-tae-yul"]
    assert seeds.ids("/pledges", participant="JO TAE YEOL") == seeds.ids("/pledges", participant="cho-tae-yul") != []
    assert seeds.findings() == []


def test_a_person_shows_the_office_held_at_each_meeting(desk: Desk) -> None:
    person = {"slug": "park-jin", "name": "Park Jin"}
    then = {"participant": person, "party": "KOR", "office": "Member of parliament", "role": "delegate"}
    now = {"participant": "park-jin", "party": "KOR", "office": "Minister of Foreign Affairs", "role": "principal"}
    desk.post("/meetings", meeting("2020-01-01-a", participants=[then]))
    desk.post("/meetings", meeting("2022-01-01-a", participants=[now]))
    offices = desk.get("/participants/park-jin", include="offices")["offices"]
    assert [(o["meeting"], o["office"], o["role"]) for o in offices] == [
        ("2022-01-01-a", "Minister of Foreign Affairs", "principal"),
        ("2020-01-01-a", "Member of parliament", "delegate"),
    ]
    assert "offices" not in desk.get("/participants/park-jin")
    desk.get("/participants/park-jin", status=422, include="offices", as_of=1)


# Consequences ---------------------------------------------------------------------------------------------------------


def test_another_day_of_a_meeting_writes_its_pledges_anew_and_checks_links_both_ways(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01"), pledge(2)))
    desk.post("/meetings", meeting("2023-01-01-c", renewal(1, "2022-01-01-b-01")))
    desk.patch("/meetings/2022-01-01-b", {"held_on": "2022-06-01"})
    assert desk.get("/pledges/2022-01-01-b-02")["held_on"] == "2022-06-01"
    assert desk.ids("/pledges", held_on__gte="2022-05-01", held_on__lt="2022-07-01", topic="defence") == [
        "2022-01-01-b-01",
        "2022-01-01-b-02",
    ]
    assert desk.operations("/pledges/2022-01-01-b-01") == ["create", "change"]
    head = desk.head()
    told = desk.patch("/meetings/2022-01-01-b", {"held_on": "2023-01-01"}, status=422)
    assert [error["path"] for error in told["errors"]] == ["$.held_on"]
    told = desk.patch("/meetings/2022-01-01-b", {"held_on": "2021-01-01"}, status=422)
    assert "earlier day" in told["errors"][0]["message"]
    assert (desk.head(), desk.findings()) == (head, [])


def test_who_attests_a_pledge_follows_the_parties_and_the_issuers_of_its_sources(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    path, text = "/pledges/2021-01-01-a-01", "/sources/text-of-2021-01-01-a"
    seen = [desk.get(path)["attested"]]
    for where, patch in (
        (text, {"type": "press-release"}),
        (text, {"issued_by": ["KOR"]}),
        ("/meetings/2021-01-01-a", {"parties": ["JPN", "USA"]}),
        ("/meetings/2021-01-01-a", {"parties": ["KOR"]}),
        (text, {"type": "primary-text"}),
    ):
        desk.patch(where, patch)
        seen.append(desk.get(path)["attested"])
    assert seen == ["joint-text", "both-sides", "one-side", "press", "one-side", "joint-text"]
    assert desk.ids("/pledges", attested="joint-text") == ["2021-01-01-a-01"]
    assert desk.findings() == []


def test_a_source_cannot_become_shorter_than_what_is_cited_from_it(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    desk.patch("/sources/text-of-2021-01-01-a", {"length": 189}, status=422)
    desk.patch("/sources/text-of-2021-01-01-a", {"length": 190})
    desk.patch("/meetings/2021-01-01-a", {"sources": []}, status=422)


def test_a_topic_that_moves_takes_its_pledges_along(desk: Desk) -> None:
    desk.post("/topics", topic("alliance"))
    desk.post("/topics", topic("region"))
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2, topics=["region", "defence"])))
    for parent, alliance, region in (
        ("alliance", ["2021-01-01-a-01", "2021-01-01-a-02"], ["2021-01-01-a-02"]),
        ("region", [], ["2021-01-01-a-01", "2021-01-01-a-02"]),
        (None, [], ["2021-01-01-a-02"]),
    ):
        desk.patch("/topics/defence", {"parent": parent})
        assert (desk.ids("/pledges", topic="alliance"), desk.ids("/pledges", topic="region")) == (alliance, region)
        assert desk.findings() == []
    assert desk.operations("/pledges/2021-01-01-a-01") == ["create"]  # its document says nothing of parents
    desk.patch("/topics/defence", {"parent": "defence"}, status=422)
    desk.patch("/topics/defence", {"parent": "alliance"})
    desk.patch("/topics/alliance", {"parent": "region"}, status=422)


def test_what_others_link_to_or_judge_stays_what_they_link_to_and_judge(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2)))
    desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01")))
    judged = {"party": "KOR", "fulfilment": "stalled", "effective_on": "2021-02-01", "assessor": "The desk"}
    evidence = [{"title": "What was said", "type": "announcement"}]
    desk.post("/pledges/2021-01-01-a-02/assessments", {**judged, "evidence": evidence})
    position = {"act": "support", "towards": []}
    assert "$.act" in {e["path"] for e in desk.patch("/pledges/2021-01-01-a-01", position, status=422)["errors"]}
    assert "$.act" in {e["path"] for e in desk.patch("/pledges/2021-01-01-a-02", position, status=422)["errors"]}
    one_side = {"pledgors": ["USA"], "towards": ["KOR"]}
    assert desk.patch("/pledges/2021-01-01-a-02", one_side, status=422)["errors"][0]["path"] == "$.pledgors"
    desk.patch("/pledges/2021-01-01-a-01", one_side)
    desk.patch("/meetings/2021-01-01-a", {"held_on": "2021-02-02"}, status=422)
    desk.patch("/meetings/2021-01-01-a", {"held_on": "2021-02-01"})
    assert desk.findings() == []
