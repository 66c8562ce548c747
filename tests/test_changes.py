"""The feed of changes: who follows it holds the same book, and who keeps its head can tell what became of it."""

import hashlib
import json
import random
from collections.abc import Iterable
from typing import Any

import pytest

from app.schemas.canonical_json import canonical_json
from tests.building import Body, Desk, assessment, meeting, pledge, topic
from tests.conftest import Client, make_key

LINES = ("party", "topic", "instrument", "participant", "source")


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


# A follower, made from the documentation alone ------------------------------------------------------------------------


class Follower:
    """Keeps the last document of each record, in order of the feed, and writes the book out of them."""

    def __init__(self) -> None:
        self.seq = 0
        self.records: dict[tuple[str, str], Body] = {}

    def take(self, changes: Iterable[Body]) -> None:
        for change in changes:
            assert change["seq"] == self.seq + 1
            self.seq = change["seq"]
            self.records[change["entity"], change["id"]] = change["document"]

    def export(self) -> str:
        """The book in the order that its lines have in an export."""
        lines = [line for kind in LINES for line in self._register(kind)]
        meetings = sorted(self._of("meeting"), key=lambda held: (held["held_on"], held["id"]))
        return "".join(f"{canonical_json(line)}\n" for line in [*lines, *map(self._meeting, meetings)])

    def _of(self, entity: str) -> list[Body]:
        return [document for (kind, _), document in self.records.items() if kind == entity]

    def _register(self, kind: str) -> list[Body]:
        def place(line: Body) -> tuple[bool, str]:
            return line.get("parent") is not None, line.get("code") or line.get("slug") or line["id"]

        found = [_without(document, "version") for document in self._of(kind)]
        return [{"kind": kind, **line} for line in sorted(found, key=place)]

    def _meeting(self, held: Body) -> Body:
        owned = [document for document in self._of("pledge") if document["meeting"] == held["id"]]
        pledges = [self._pledge(said) for said in sorted(owned, key=lambda said: int(said["id"].rpartition("-")[2]))]
        own = _without(held, "version", "retracted")
        return {"kind": "meeting", **own, "pledges": pledges, "retracted": held["retracted"]}

    def _pledge(self, said: Body) -> Body:
        judged = sorted(
            (document for document in self._of("assessment") if document["pledge"] == said["id"]),
            key=lambda document: int(document["number"]),
        )
        derived = ("id", "meeting", "held_on", "attested", "fulfilment", "disputed", "version", "retracted")
        lines = [_without(document, "id", "pledge", "retracted", "version") for document in judged]
        number = int(said["id"].rpartition("-")[2])
        return {"number": number, **_without(said, *derived), "assessments": lines, "retracted": said["retracted"]}


def _without(document: Body, *names: str) -> Body:
    return {name: value for name, value in document.items() if name not in names}


def pages(desk: Desk, since: int, size: int) -> Iterable[Body]:
    """The feed by JSON pages, following `next`."""
    page = desk.get("/changes", since=since, limit=size)
    yield from page["items"]
    while page["next"]:
        page = desk.get("/changes", cursor=page["next"], limit=size)
        yield from page["items"]


def streamed(desk: Desk, since: int) -> list[Body]:
    return [json.loads(line) for line in desk.lines("/changes.jsonl", since=since).splitlines()]


# Somebody who edits at random -----------------------------------------------------------------------------------------


class Editor:
    """Writes and edits by chance; much of it is refused, as it should be, and nothing is a 500."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.written = 0
        self.made = {"topics": ["defence"], "meetings": ["2001-01-01-first"], "pledges": ["2001-01-01-first-01"]}
        desk.post("/topics", topic("defence"))
        desk.post("/meetings", meeting("2001-01-01-first", pledge(1)))

    def edit(self) -> None:
        acts = [self.post_topic, self.post_meeting, self.add_pledge, self.assess, self.retract]
        act = self.chance.choice([*acts, *[self.patch] * 4, self.retract, self.post_meeting])
        answer = act()
        assert answer.status_code in (200, 201, 409, 422), answer.text
        self.written += answer.status_code < 300

    def one(self, kind: str) -> str:
        return self.chance.choice(self.made[kind])

    def day(self) -> str:
        return f"20{self.chance.randrange(2, 12):02}-0{self.chance.randrange(1, 10)}-01"

    def post_topic(self) -> Any:
        slug = f"topic-{len(self.made['topics'])}"
        answer = self.desk.ask("POST", "/topics", topic(slug, parent=self.chance.choice([None, self.one("topics")])))
        return self._keep("topics", slug, answer)

    def post_meeting(self) -> Any:
        id = f"{self.day()}-{len(self.made['meetings'])}"
        links = [{"type": "renews", "target": self.one("pledges")}]
        said = pledge(1, topics=[self.one("topics")], links=self.chance.choice([links, []]))
        answer = self.desk.ask("POST", "/meetings", meeting(id, said, pledge(2)), allow_similar=True)
        if answer.status_code == 201:
            self.made["pledges"] += [f"{id}-01", f"{id}-02"]
        return self._keep("meetings", id, answer)

    def _keep(self, kind: str, id: str, answer: Any) -> Any:
        if answer.status_code == 201:
            self.made[kind].append(id)
        return answer

    def add_pledge(self) -> Any:
        id = self.one("meetings")
        citation = {"source": f"text-of-{id}", "zone": "quote", "start": self.chance.randrange(5000), "end": 6000}
        new = {**_without(pledge(1), "number"), "citations": [citation]}
        sent = self.chance.choice([new, {"repeats": 1, "citations": [citation]}])
        answer = self.desk.ask("POST", f"/meetings/{id}/pledges", [sent], allow_similar=True)
        if answer.status_code == 201:
            self.made["pledges"] = list(dict.fromkeys([*self.made["pledges"], answer.json()["items"][0]["id"]]))
        return answer

    def assess(self) -> Any:
        word = self.chance.choice(["fulfilled", "stalled", "renounced", "not-triggered"])
        day, party = self.chance.choice(["2011-01-01", "2013-01-01"]), self.chance.choice(["KOR", "USA"])
        body = assessment(party, word, effective_on=day, disputes=self.chance.choice([None, None, 1]))
        return self.desk.ask("POST", f"/pledges/{self.one('pledges')}/assessments", body)

    def patch(self) -> Any:
        word = f"word {self.chance.randrange(10**6)}"
        patches: dict[str, list[Body]] = {
            "topics": [{"definition": word}, {"parent": self.one("topics")}, {"parent": None}, {"retracted": None}],
            "meetings": [
                {"held_on": self.day()}, {"title": word}, {"parties": ["USA", "KOR"]},
                {"parties": ["KOR"]}, {"retracted": None},
            ],
            "pledges": [
                {"summary": word}, {"note": None}, {"links": []}, {"retracted": None}, {"topics": [self.one("topics")]},
                {"links": [{"type": "extends", "target": self.one("pledges")}]}, {"act": "support", "towards": []},
                {"act": "commit", "towards": ["USA"], "pledgors": ["KOR"]},
            ],
            "sources": [{"type": "press-release"}, {"issued_by": ["KOR"]}, {"type": "primary-text"}, {"length": 6000}],
        }  # fmt: skip
        kind = self.chance.choice(sorted(patches))
        id = f"text-of-{self.one('meetings')}" if kind == "sources" else self.one(kind)
        patch = self.chance.choice(patches[kind])
        return self.desk.ask("PATCH", f"/{kind}/{id}", patch, headers={"If-Match": "*"})

    def retract(self) -> Any:
        kind = self.chance.choice(["topics", "meetings", "pledges", "pledges"])
        return self.desk.ask("DELETE", f"/{kind}/{self.one(kind)}", headers={"If-Match": "*"}, reason="By chance.")


def test_who_replays_the_changes_holds_the_same_book_at_every_step(desk: Desk) -> None:
    editor, paging, streaming = Editor(desk, seed=1), Follower(), Follower()
    taken: list[tuple[int, str]] = []
    for step in range(100):
        editor.edit()
        if step % 20 == 19:
            paging.take(pages(desk, paging.seq, size=27 + step))
            streaming.take(streamed(desk, streaming.seq))
            whole = desk.lines("/export.jsonl").decode()
            assert paging.records == streaming.records
            assert paging.export() == whole
            taken.append((desk.head(), whole))
            assert paging.seq == taken[-1][0]
    assert editor.written > 40
    operations = {change["operation"] for change in streamed(desk, 0)}
    assert operations == {"create", "change", "retract", "restore", "assess"}
    assert desk.findings() == []
    for seq, whole in taken:
        assert desk.lines("/export.jsonl", as_of=seq).decode() == whole


# The feed itself ------------------------------------------------------------------------------------------------------


def test_the_chain_can_be_computed_again_from_the_feed(seeded: Client) -> None:
    """The recipe of the documentation in a few lines of another hand."""
    desk = Desk(seeded)
    desk.patch("/parties/KOR", {"names": {"ko": '대한민국 "남한" \\ 🇰🇷'}})
    previous = "0" * 64
    for line in desk.lines("/changes.jsonl").decode().splitlines():
        change = json.loads(line)
        facts = [change[name] for name in ("seq", "at", "actor", "entity", "id", "version", "operation")]
        parts = [
            previous,
            *(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in (facts, change["document"])),
        ]
        assert change["previous_hash"] == previous
        assert change["hash"] == hashlib.sha256("\n".join(parts).encode()).hexdigest()
        previous = change["hash"]
    head = desk.get("/changes/head")
    assert (head["seq"], head["hash"], head["at"]) == (change["seq"], previous, change["at"])


def test_the_feed_begins_behind_since_and_ends_at_the_head(desk: Desk, empty_url: str) -> None:
    head = desk.head()
    desk.client.key = make_key(empty_url, "The Night Desk / 야간")
    desk.post("/topics", topic("defence"))
    for changes in (desk.get("/changes", since=head)["items"], streamed(desk, head)):
        assert [(item["seq"], item["actor"], item["entity"], item["id"], item["version"]) for item in changes] == [
            (head + 1, "The Night Desk / 야간", "topic", "defence", 1)
        ]
    assert changes[0]["document"] == desk.get("/topics/defence")
    assert desk.get("/changes", since=head + 1) == {"items": [], "next": None}
    assert desk.lines("/changes.jsonl", since=head + 1) == b""
    assert desk.get("/changes", limit=1)["items"][0]["seq"] == 1
    for wrong in ({"since": -1}, {"since": "x"}, {"limit": 0}, {"limit": 201}, {"cursor": "made-up"}):
        desk.get("/changes", status=422, **wrong)


def test_a_write_that_is_refused_leaves_no_trace(desk: Desk) -> None:
    desk.post("/topics", topic("defence"))
    before = desk.get("/changes/head")
    half = meeting("2021-01-01-a", pledge(1), pledge(2, topics=["nowhere"]))
    desk.post("/meetings", half, status=422)
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)), status=200, dry_run=True)
    assert desk.get("/changes/head") == before
    desk.get("/sources/text-of-2021-01-01-a", status=404)
