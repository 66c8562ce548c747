"""Drafts over the wire and from the command line: nothing is stored, offsets count in the text given back."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.drafting.html_text import plain_text
from tests.conftest import Call, Client

# A statement written for these tests; the ministers and their talks are made up.
STATEMENT = (
    "Joint Statement of the Foreign Ministers of the Republic of Korea and the United States\n\n"
    "Seoul, March 4, 2025\n\n"
    "The two ministers met in Seoul on March 4, 2025. Both sides agreed to open a cyber hotline by the end of this "
    "year and pledged to continue efforts toward the transition of wartime operational control. They condemned the "
    "recent missile launches by North Korea. The visit was a pleasant one.\n"
)


def draft(client: Client, **body: object) -> dict[str, Any]:
    answer = client.post("/v1/drafts", json=body, headers=client.with_key)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_a_statement_is_drafted_with_its_words(book: Client) -> None:
    answer = draft(book, text=STATEMENT)
    document, text = answer["document"], answer["text"]
    assert text == STATEMENT
    assert document["held_on"] == "2025-03-04"
    assert sorted(document["parties"]) == ["KOR", "USA"]
    hotline, opcon, launches = document["pledges"]
    words = [STATEMENT[p["citations"][0]["start"] : p["citations"][0]["end"]] for p in document["pledges"]]
    assert "cyber hotline" in words[0]
    assert (hotline["act"], opcon["act"], launches["act"]) == ("agree", "commit", "condemn")
    assert hotline["due"]["to"] == "2025-12-31"
    assert opcon["topics"][0] == "opcon-transition"
    assert launches["towards"] == []
    assert document["sources"][0]["length"] == len(STATEMENT)


def test_what_may_be_renewed_is_earlier(book: Client) -> None:
    answer = draft(book, text=STATEMENT, meeting={"held_on": "2023-06-01", "parties": ["KOR", "USA"]})
    renewals = [item["pledge"] for note in answer["notes"] for item in note["renewals"]]
    assert "2021-03-18-kor-usa-2plus2-07" in renewals
    assert all(pledge < "2023-06-01" for pledge in renewals)


def test_a_corrected_draft_can_be_posted(seeded: Client) -> None:
    document = draft(seeded, text=STATEMENT)["document"]
    document = {name: value for name, value in document.items() if name != "kind"}
    document |= {
        "type": "foreign-ministers",
        "level": "ministers",
        "coverage": "full-text",
        "title": "A made-up meeting",
    }
    document["sources"][0] |= {"id": "made-up-2025", "type": "primary-text", "title": "A made-up statement"}
    for pledge in document["pledges"]:
        pledge["citations"][0]["source"] = "made-up-2025"
    answer = seeded.post("/v1/meetings", json=document, headers=seeded.with_key)
    assert answer.status_code == 201, answer.text
    assert len(answer.json()["pledges"]) == 3


def test_html_is_stripped_and_offsets_count_in_the_text_given_back(book: Client) -> None:
    html = "<html><head><title>x</title><script>1</script></head><body>" + "".join(
        f"<p>{line}</p>" for line in STATEMENT.split("\n\n")
    )
    answer = draft(book, text=html, media_type="text/html")
    for pledge in answer["document"]["pledges"]:
        citation = pledge["citations"][0]
        assert answer["text"][citation["start"] : citation["end"]].strip()
    assert "script" not in answer["text"]


def test_nothing_is_stored_and_a_key_is_needed(book: Client) -> None:
    head = book.get("/v1/changes/head").json()
    draft(book, text=STATEMENT)
    assert book.get("/v1/changes/head").json() == head
    assert book.post("/v1/drafts", json={"text": STATEMENT}).status_code == 401


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what is read is the text, of more than `body_limit`
def test_a_long_text_may_be_drafted_and_a_longer_one_may_not(book: Client) -> None:
    assert draft(book, text="The weather was fine. " * 100_000)["document"]["pledges"] == []
    too_long = book.post("/v1/drafts", json={"text": "x" * (9 * 1024 * 1024)}, headers=book.with_key)
    assert too_long.status_code == 413


@pytest.mark.parametrize("html", ["", "<", "<p>a<b>c</p>d", "&amp;&#0;", "<td>a<td>b"])
def test_any_html_becomes_text(html: str) -> None:
    assert "<p>" not in plain_text(html)


def test_blocks_stand_on_lines_of_their_own() -> None:
    assert plain_text("<h1>A</h1><p>one  <b>bold</b> word</p><p>two</p>") == "A\n\none bold word\n\ntwo"


def test_the_command_writes_yaml_with_its_notes_as_comments(seeded_url: str, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "statement.txt"
    file.write_text(STATEMENT, encoding="utf-8")
    done = call("draft", str(file), url=seeded_url)
    assert done.returncode == 0, done.stderr
    assert "# confidence" in done.stdout
    document = YAML(typ="safe").load(done.stdout)
    assert [pledge["number"] for pledge in document["pledges"]] == [1, 2, 3]
    assert call("draft", str(tmp_path / "none.txt"), url=seeded_url).returncode == 2


def test_the_command_keeps_the_text_that_offsets_count_in(seeded_url: str, tmp_path: Path, call: Call) -> None:
    file, kept = tmp_path / "statement.html", tmp_path / "statement.txt"
    file.write_text("".join(f"<p>{line}</p>" for line in STATEMENT.split("\n\n")), encoding="utf-8")
    done = call("draft", str(file), "--save-text", str(kept), url=seeded_url)
    assert done.returncode == 0, done.stderr
    document = YAML(typ="safe").load(done.stdout)
    text = kept.read_text(encoding="utf-8")
    assert document["sources"][0]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    span = document["pledges"][0]["citations"][0]
    assert "cyber hotline" in text[span["start"] : span["end"]]
