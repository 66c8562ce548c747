"""Every format of a query, read back by a real reader of its format; and how one is chosen, cached and streamed."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import feedparser
import icalendar
import pandas
import pytest
import sqlalchemy

from app.exchange.csv_columns import PLEDGE_COLUMNS, cell
from app.exchange.media_types import OF_PLEDGES
from app.exchange.renderers import CHUNK, pledge_chunks
from app.query.pages import PledgeQuery
from app.store.database import Database
from tests.conftest import Client

TOPIC = "topic=extended-deterrence"


def ids(client: Client, query: str = "") -> list[str]:
    return [item["id"] for item in client.get(f"/v1/pledges?limit=200&{query}").json()["items"]]


# Read by real readers -------------------------------------------------------------------------------------------------


def test_csv_is_one_row_a_pledge_with_columns_that_stay(book: Client) -> None:
    text = book.get(f"/v1/pledges.csv?{TOPIC}").text
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert list(rows[0]) == [column.name for column in PLEDGE_COLUMNS]
    assert [row["id"] for row in rows] == ids(book, TOPIC)
    assert rows[0]["pledgors"] == "KOR; USA"
    assert rows[0]["parent_topic"] == "deterrence"


def test_pandas_reads_the_csv_and_counts_promises_once(book: Client) -> None:
    frame = pandas.read_csv(io.StringIO(book.get("/v1/pledges.csv").text), parse_dates=["held_on", "due_to"])
    facet = book.get("/v1/pledges?facets=year&limit=1").json()["facets"]["year"]
    pivot = frame.groupby("year").agg({"id": "count", "undertaking": "nunique", "is_new": "sum"})
    counted = {str(year): tuple(map(int, row)) for year, row in zip(pivot.index, pivot.to_numpy(), strict=True)}
    assert counted == {value["code"]: (value["mentions"], value["undertakings"], value["new"]) for value in facet}
    assert str(frame["held_on"].dtype).startswith("datetime64")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell([text, "b"]) == f"'{text}; b"


def test_csv_begins_with_a_byte_order_mark_only_if_asked(book: Client) -> None:
    assert book.get("/v1/pledges.csv?limit=1").content.startswith(b"id,")
    assert book.get("/v1/pledges.csv?limit=1&bom=true").content.startswith(b"\xef\xbb\xbfid,")


def test_json_lines_are_the_stored_documents(book: Client) -> None:
    lines = book.get(f"/v1/pledges.jsonl?{TOPIC}").text.splitlines()
    page = book.get(f"/v1/pledges?{TOPIC}").text
    assert all(line in page for line in lines)
    assert [json.loads(line)["id"] for line in lines] == ids(book, TOPIC)


def test_feedparser_reads_the_atom_feed(book: Client) -> None:
    feed = feedparser.parse(book.get(f"/v1/pledges.atom?{TOPIC}").content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert {entry.link.rpartition("/")[2] for entry in feed.entries} == set(ids(book, TOPIC))
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert all(entry.updated <= feed.feed.updated for entry in feed.entries)
    assert "KOR, USA" in feed.entries[0].title


def test_an_empty_feed_is_a_feed(book: Client) -> None:
    feed = feedparser.parse(book.get("/v1/pledges.atom?topic=cyber&held_on__lt=1990-01-01").content)
    assert (feed.bozo, feed.entries) == (False, [])
    assert feed.feed.updated


def test_the_json_feed_has_the_entries_of_the_atom_feed(book: Client) -> None:
    feed = book.get(f"/v1/pledges.feed.json?{TOPIC}").json()
    atom = feedparser.parse(book.get(f"/v1/pledges.atom?{TOPIC}").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in atom.entries]
    assert [item["title"] for item in feed["items"]] == [entry.title for entry in atom.entries]
    assert all(item["date_published"] <= item["date_modified"] for item in feed["items"])


def test_a_feed_tells_what_the_ledger_wrote_last_under_an_id_that_stays(seeded: Client) -> None:
    before = seeded.get("/v1/pledges.feed.json").json()["items"]
    meeting = {**POSTED, "pledges": [{**POSTED["pledges"][0], "summary": "Do <b>this</b> & that."}]}
    assert seeded.post("/v1/meetings", json=meeting, headers=seeded.with_key).status_code == 201
    after = seeded.get("/v1/pledges.feed.json").json()["items"]
    atom = feedparser.parse(seeded.get("/v1/pledges.atom").content)
    assert after[0]["id"] not in {item["id"] for item in before}
    assert after[1]["id"] == before[0]["id"]
    assert after[0]["date_published"] > before[0]["date_published"]
    assert atom.entries[0].id == after[0]["id"]


def test_icalendar_reads_an_event_for_each_deadline(book: Client) -> None:
    calendar = icalendar.Calendar.from_ical(book.get("/v1/pledges.ics").content)
    events = {str(event["uid"]).removesuffix("@pledgebook"): event for event in calendar.walk("VEVENT")}
    due = {item["id"]: item["due"] for item in book.get("/v1/pledges?limit=200&due=passed,coming".replace(
        ",", "&due=")).json()["items"]}  # fmt: skip
    assert set(events) == set(due)
    for id, event in events.items():
        assert event.decoded("dtstart") == date.fromisoformat(due[id]["from"] or due[id]["to"])
        assert event.decoded("dtend") == date.fromisoformat(due[id]["to"]) + timedelta(days=1)
        assert str(event["url"]).endswith(id)
    assert not calendar.errors


def test_meetings_come_as_csv_and_json_lines_too(book: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(book.get("/v1/meetings.csv?party=KOR").text, newline="")))
    lines = [json.loads(line) for line in book.get("/v1/meetings.jsonl?party=KOR").text.splitlines()]
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert sum(int(row["pledges"]) for row in rows) == 66
    assert sum(int(row["positions"]) for row in rows) == 18


# Chosen by Accept or suffix -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", OF_PLEDGES, ids=lambda one: one.name)
def test_accept_and_suffix_give_the_same_bytes(book: Client, format: Any) -> None:
    by_suffix = book.get(f"/v1/pledges.{format.name}?{TOPIC}")
    by_accept = book.get(f"/v1/pledges?{TOPIC}", headers={"Accept": format.media_type})
    assert by_suffix.status_code == by_accept.status_code == 200
    assert by_accept.headers["content-type"].startswith(format.media_type)
    assert by_accept.content == by_suffix.content
    assert "Accept" in by_accept.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0, */*", "application/jsonl"),
        ("application/x-ndjson", "application/jsonl"),
    ],
)
def test_accept_is_weighed(book: Client, accept: str, media_type: str) -> None:
    answer = book.get("/v1/pledges?limit=1", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=0", "text/csv;q=nonsense"])
def test_a_rendering_that_is_not_there_is_406_and_says_which_are(book: Client, accept: str) -> None:
    for path in ("/v1/pledges", "/v1/meetings"):
        answer = book.get(path, headers={"Accept": accept})
        assert answer.status_code == 406
        assert answer.headers["content-type"] == "application/problem+json"
        assert "text/csv" in answer.json()["detail"]


def test_each_rendering_has_an_etag_of_its_own_and_is_304_under_it(book: Client) -> None:
    etags = set()
    for format in OF_PLEDGES:
        first = book.get("/v1/pledges", headers={"Accept": format.media_type})
        etags.add(first.headers["etag"])
        again = book.get("/v1/pledges", headers={"Accept": format.media_type, "If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "Accept" in again.headers["vary"]
    assert len(etags) == len(OF_PLEDGES)


def test_a_page_links_to_its_other_renderings(book: Client) -> None:
    answer = book.get(f"/v1/pledges?{TOPIC}&limit=2&facets=year")
    links = answer.headers["link"]
    assert 'rel="next"' in links
    assert f'</v1/pledges.csv?{TOPIC}>; rel="alternate"; type="text/csv"' in links
    for link in (link for link in links.split(", ") if 'rel="alternate"' in link):
        assert book.get(link.partition(">")[0].removeprefix("<")).status_code == 200


def test_a_wrong_query_is_a_problem_before_anything_is_sent(book: Client) -> None:
    for format in OF_PLEDGES:
        answer = book.get(f"/v1/pledges.{format.name}?topic=opcon-transitoin")
        assert answer.status_code == 422
        assert "opcon-transition" in answer.json()["errors"][0]["message"]


# The whole result, in chunks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["END:VCALENDAR", 'alliance -"END:VCALENDAR"', "\x07bell alliance"])
def test_a_calendar_is_whole_whatever_the_question(book: Client, question: str) -> None:
    found = book.get("/v1/pledges.ics", params={"q": question, "kind": "any"})
    assert found.status_code == 200
    lines = found.text.split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")
    assert not any(sign < " " for line in lines for sign in line)
    assert len(icalendar.Calendar.from_ical(found.content).events) == lines.count("BEGIN:VEVENT")


def test_no_session_is_open_while_a_slow_reader_reads(
    seeded_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.exchange.renderers.CHUNK", 7)
    pool: Any = seeded_database.reader.pool
    sizes = []
    for chunk in pledge_chunks(seeded_database, PledgeQuery(kind="any"), None, lambda _, documents: documents):
        assert pool.checkedout() == 0
        sizes.append(len(chunk))
    assert CHUNK >= 100
    assert (sum(sizes), max(sizes)) == (84, 7)


@pytest.mark.parametrize(
    "address", ["/v1/pledges.csv", "/v1/meetings.jsonl", "/v1/export.jsonl?as_of=2999-01-01T00:00:00Z"]
)
def test_a_stream_holds_no_connection_while_it_waits_for_another(seeded: Client, address: str) -> None:
    """Else as many as there are connections, each waiting for a second one, would stop the server."""
    pool: Any = seeded.app.state.database.reader.pool  # type: ignore[attr-defined]
    held: list[int] = []
    sqlalchemy.event.listen(pool, "checkout", lambda *_: held.append(pool.checkedout()))
    assert seeded.get(address, headers=seeded.with_key).status_code == 200
    assert held
    assert max(held) <= 1


def test_a_limit_is_honoured_and_its_absence_means_everything(book: Client) -> None:
    assert len(book.get("/v1/pledges.jsonl?kind=any").text.splitlines()) == 84
    assert len(book.get("/v1/pledges.jsonl?kind=any&limit=3").text.splitlines()) == 3


POSTED: dict[str, Any] = {
    "title": "A call", "type": "call", "level": "ministers", "held_on": "2025-02-03", "parties": ["KOR", "USA"],
    "coverage": "report-only",
    "sources": [{"id": "call", "type": "news-report", "title": "A call", "language": "en", "sha256": "a" * 64,
                 "length": 100}],
    "pledges": [{
        "summary": "Speak again.", "act": "agree", "pledgors": ["KOR", "USA"], "towards": ["each-other"],
        "topics": ["consultation-mechanisms"], "specificity": "general",
        "citations": [{"source": "call", "zone": "body", "start": 0, "end": 9}],
    }],
}  # fmt: skip
