"""Posting a meeting whole: one transaction, everything or nothing, on disk before the answer."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from app.exchange.book_files import export
from app.records.verify import verify
from app.store import models
from app.store.database import Database
from app.store.ledger import read_head
from app.store.models import columns
from tests.conftest import Client
from tests.statements import ABSENT, statement


def database_of(client: Client) -> Database:
    database: Database = client.app.state.database  # type: ignore[attr-defined]
    return database


def post(client: Client, body: dict[str, Any], question: str = "") -> Any:
    return client.post(f"/v1/meetings{question}", json=body, headers=client.with_key)


def seq_of(client: Client) -> int:
    with database_of(client).reading() as connection:
        return read_head(connection).seq


def counts(client: Client) -> dict[str, int]:
    """How many rows each table of the book has."""
    with database_of(client).reading() as connection:
        tables = [table for table in models.metadata.sorted_tables if table.name != "api_key"]
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_a_meeting_is_posted_whole(seeded: Client) -> None:
    before = seq_of(seeded)
    answer = post(seeded, statement())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "/v1/meetings/2025-06-01-aus-kor-defense-ministers"
    posted = answer.json()
    assert posted["sources"] == ["canberra-2025"]
    assert [person["participant"] for person in posted["participants"]] == ["ann-smith", "kim-yong-hyun"]
    assert [pledge["id"][-3:] for pledge in posted["pledges"]] == ["-01", "-02"]
    assert posted["pledges"][0]["instruments"] == ["blue-water", "unc"]
    assert posted["pledges"][0]["attested"] == "joint-text"
    # The person, the source, the instrument, the meeting and its two pledges: a revision each, by the key's name.
    with database_of(seeded).reading() as connection:
        table = columns(models.Revision)
        new = connection.execute(select(table.c.entity, table.c.actor, table.c.at).where(table.c.seq > before)).all()
        assert list(verify(connection)) == []
    assert sorted(row.entity.value for row in new) == [
        "instrument", "meeting", "participant", "pledge", "pledge", "source",
    ]  # fmt: skip
    assert {row.actor for row in new} == {"desk"}
    assert len({row.at for row in new}) == 1


def test_what_was_posted_can_be_read_everywhere(seeded: Client) -> None:
    posted = post(seeded, statement()).json()
    id = posted["id"]
    pledges = posted.pop("pledges")
    assert seeded.get(f"/v1/meetings/{id}").json() == posted
    for pledge in pledges:
        assert seeded.get(f"/v1/pledges/{pledge['id']}").json() == pledge
    assert seeded.get("/v1/pledges?topic=maritime-security&party=Australia").json()["items"] == [pledges[0]]
    assert seeded.get("/v1/participants?name=A. Smith").json()["items"][0]["slug"] == "ann-smith"
    exported = [json.loads(line) for line in seeded.get("/v1/export.jsonl").text.splitlines()]
    assert exported[-1]["id"] == id
    assert exported[-1] == seeded.get(f"/v1/meetings/{id}/document").json()
    assert {line["slug"] for line in exported if line["kind"] in ("participant", "instrument")} >= {
        "ann-smith", "blue-water",
    }  # fmt: skip
    root = "undertaking=2021-03-18-kor-usa-2plus2-11"
    assert pledges[0] in seeded.get(f"/v1/pledges?{root}").json()["items"]


def test_a_dry_run_answers_as_if_and_writes_nothing(seeded: Client) -> None:
    before = counts(seeded)
    dry = post(seeded, statement(), "?dry_run=true")
    assert dry.status_code == 200
    assert counts(seeded) == before
    assert seeded.get(dry.headers["location"]).status_code == 404
    assert post(seeded, statement()).json() == dry.json()


def test_the_commit_precedes_the_answer(seeded: Client) -> None:
    """As soon as the first bytes of the answer are on their way, another connection sees the meeting."""
    seen: list[int] = []
    other = Database(str(database_of(seeded).url.render_as_string(hide_password=False)))
    app = seeded.app

    async def watching(scope: Any, receive: Any, send: Any) -> None:
        async def send_and_look(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] == 201:
                with other.reading() as connection:
                    seen.append(read_head(connection).seq)
            await send(message)

        await app(scope, receive, send_and_look)

    before = seq_of(seeded)
    watched = type(seeded)(watching)
    answer = watched.post("/v1/meetings", json=statement(), headers=seeded.with_key)
    other.close()
    assert answer.status_code == 201
    assert seen == [before + 6]


@pytest.mark.parametrize("table", ["pledge", "citation", "link", "revision"])
def test_a_fault_in_the_middle_leaves_nothing(seeded: Client, table: str) -> None:
    before = counts(seeded)
    writer = database_of(seeded).writer

    def fail(_connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith(f"INSERT INTO {table} "):
            raise RuntimeError("the disk is gone")

    event.listen(writer, "before_cursor_execute", fail)
    answer = post(seeded, statement())
    event.remove(writer, "before_cursor_execute", fail)
    assert answer.status_code == 500
    assert "disk" not in answer.text
    assert counts(seeded) == before
    assert post(seeded, statement()).status_code == 201


def test_a_fault_in_the_last_pledge_leaves_nothing_of_the_others(seeded: Client) -> None:
    before = counts(seeded)
    body = statement(pledges__1__topics=["no-such-topic"])
    assert post(seeded, body).status_code == 422
    assert counts(seeded) == before


@pytest.mark.parametrize(("place", "id"), [("sources", "canberra-2025"), ("pledges[0].instruments", "blue-water")])
def test_what_is_given_whole_is_not_named_by_its_id_as_well(seeded: Client, place: str, id: str) -> None:
    before, body = counts(seeded), statement()
    items = {"sources": body["sources"], "pledges[0].instruments": body["pledges"][0]["instruments"]}[place]
    items.append(id)
    answer = post(seeded, body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["message"] == "must not name the same thing twice"
    assert error["path"] == f"$.{place}[{len(items) - 1}]"
    assert counts(seeded) == before


def test_a_meeting_of_the_same_parties_day_and_type_is_a_double_until_said_otherwise(seeded: Client) -> None:
    first = post(seeded, statement()).json()["id"]
    again = statement(sources=["canberra-2025"], parties=["KOR", "AUS"])
    before = counts(seeded)
    answer = post(seeded, again)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["candidates"] == [first]
    assert "allow_similar=true" in answer.json()["detail"]
    assert counts(seeded) == before
    second = post(seeded, again, "?allow_similar=true")
    assert second.status_code == 201
    assert second.json()["id"] == f"{first}-2"
    assert post(seeded, again, "?allow_similar=true").json()["id"] == f"{first}-3"


def test_an_id_that_is_taken_is_refused_even_for_another_meeting(seeded: Client) -> None:
    answer = post(seeded, statement(id="2021-03-18-kor-usa-2plus2"), "?allow_similar=true")
    assert answer.status_code == 409
    assert answer.json()["candidates"] == ["2021-03-18-kor-usa-2plus2"]
    assert answer.json()["errors"][0]["path"] == "$.id"


def cites(start: int, end: int) -> list[dict[str, Any]]:
    return [{"source": "canberra-2025", "zone": "lede", "start": start, "end": end}]


@pytest.mark.parametrize(
    ("changes", "is_double"),
    [
        ({"summary": "SAIL together, once a year!", "citations": cites(500, 550)}, True),
        ({"summary": "Something else.", "citations": cites(30, 80)}, True),
        ({"summary": "Something else.", "citations": cites(20, 24)}, True),
        ({"summary": "Something else.", "citations": cites(40, 90)}, False),
        ({"summary": "Something else.", "act": "agree"}, False),
        ({"summary": "Something else.", "topics": ["combined-exercises"]}, False),
        ({"summary": "Something else.", "pledgors": ["AUS"], "towards": ["KOR"]}, False),
    ],
)
def test_a_pledge_sent_twice_is_a_double(seeded: Client, changes: dict[str, Any], is_double: bool) -> None:
    body = statement()
    body["pledges"].append({**body["pledges"][0], "links": [], **changes})
    answer = post(seeded, body)
    assert answer.status_code == (409 if is_double else 201), answer.text
    if is_double:
        assert answer.json()["errors"][0]["path"] == "$.pledges[2]"
        assert post(seeded, body, "?allow_similar=true").status_code == 201


def test_numbers_left_out_are_the_next_that_are_free(seeded: Client) -> None:
    body = statement(pledges__1__number=1)
    body["pledges"].append({**body["pledges"][1], "number": ABSENT, "summary": "Another one.", "act": "urge"})
    del body["pledges"][2]["number"]
    numbers = {item["summary"]: item["id"][-2:] for item in post(seeded, body).json()["pledges"]}
    assert numbers == {
        "Missile launches are to be condemned.": "01", "Sail together once a year.": "02", "Another one.": "03",
    }  # fmt: skip


def test_a_posted_pledge_brings_its_assessments(seeded: Client) -> None:
    assessment = {
        "number": 1, "party": "KOR", "fulfilment": "in-progress", "effective_on": "2025-09-01", "assessor": "desk",
        "evidence": [{"title": "A ship sailed", "type": "action"}],
    }  # fmt: skip
    answer = post(seeded, statement(pledges__0__assessments=[assessment]))
    assert answer.status_code == 201, answer.text
    pledge = answer.json()["pledges"][0]
    assert (pledge["fulfilment"], pledge["version"]) == ({"KOR": "in-progress"}, 2)
    document = seeded.get(f"{answer.headers['location']}/document").json()
    assert [item["party"] for item in document["pledges"][0]["assessments"]] == ["KOR"]
    with database_of(seeded).reading() as connection:
        assert list(verify(connection)) == []


def test_the_document_of_a_meeting_can_be_posted_as_it_is_read(seeded: Client, client: Client) -> None:
    """From one book to another one that has what it refers to."""
    document = seeded.get("/v1/meetings/2021-03-18-kor-usa-2plus2/document").json()
    document |= {"id": None, "held_on": "2025-03-18"}
    answer = post(seeded, document)
    assert answer.status_code == 201, answer.text
    assert answer.json()["id"] == "2025-03-18-kor-usa-2plus2"
    assert len(answer.json()["pledges"]) == 15


def test_posting_changes_the_etag_of_lists_and_leaves_that_of_records(seeded: Client) -> None:
    paths = ["/v1/pledges?topic=space", "/v1/meetings", "/v1/pledges/2021-03-18-kor-usa-2plus2-01"]
    before = {path: seeded.get(path).headers["etag"] for path in paths}
    post(seeded, statement())
    stale = [path for path in paths if seeded.get(path, headers={"If-None-Match": before[path]}).status_code == 200]
    assert stale == paths[:2]


def test_the_export_is_the_same_over_http_and_from_the_session(seeded: Client) -> None:
    with database_of(seeded).reading() as connection:
        expected = "".join(f"{line}\n" for line in export(connection))
    answer = seeded.get("/v1/export.jsonl")
    assert answer.headers["content-type"].startswith("application/jsonl")
    assert answer.text == expected
