"""`pledgebook find`, `export --as-of` and `export --package`: the query and the book on the command line."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import icalendar
import pandas
import pytest
from rich.console import Console

from app.cli.find import option, table
from app.query.pages import PledgeQuery
from tests.conftest import Call, Client, Server, run

OPCON = ("--topic", "opcon-transition", "--party", "ROK")


def test_find_takes_every_filter_of_the_query() -> None:
    told = run("find", "--help", url="sqlite:///none.db", COLUMNS="200").stdout
    for name in PledgeQuery.model_fields:
        assert (option(name) in told) == (name not in ("q", "cursor", "highlight")), name


def test_find_prints_a_table_that_names_each_pledge(seeded_url: str, call: Call) -> None:
    for width in ("80", "120"):
        found = call("find", *OPCON, url=seeded_url, COLUMNS=width)
        assert found.returncode == 0, found.stderr
        lines = found.stdout.splitlines()
        assert max(map(len, lines)) <= int(width)
        assert "2021-03-18-kor-usa-2plus2-06" in found.stdout
        assert "Made" in lines[0]


def test_a_table_cuts_nothing_off() -> None:
    pledge: dict[str, Any] = {
        "id": "2024-10-31-a-meeting-with-quite-a-long-name-indeed-of-many-words-07", "held_on": "2024-10-31",
        "summary": "Something [bold]said[/bold] at length. " * 5, "act": "commit", "pledgors": ["KOR", "USA"],
        "towards": ["international-community"], "topics": ["extended-deterrence", "nuclear-consultative-group"],
        "due": {"to": "2025-01-01"}, "fulfilment": {"KOR": "in-progress"},
    }  # fmt: skip
    for width in (80, 120):
        console = Console(width=width, file=io.StringIO())
        console.print(table([pledge], width))
        text = console.file.getvalue()  # type: ignore[attr-defined]
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
        assert text.count("[bold]") == 5
        for word in ("international-community", "extended-deterrence", "2025-01-01", "KOR in-progress"):
            assert word in text


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "atom", "feed.json", "ics"])
def test_find_gives_what_a_server_gives(server: Server, seeded_url: str, format: str, call: Call) -> None:
    address = {"PLEDGEBOOK_PUBLIC_URL": server.address}
    here = call("find", "--topic", "deterrence", "--format", format, url=seeded_url, **address)
    there = call("find", "--topic", "deterrence", "--format", format, "--url", server.address, url="sqlite:///none.db")
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    assert there.stdout == here.stdout
    assert not Path("none.db").exists()


def test_a_wrong_query_is_exit_2_with_the_option_and_what_is_near(server: Server, seeded_url: str, call: Call) -> None:
    for where in ((), ("--url", server.address)):
        found = call("find", "--topic", "opcon-transitoin", *where, url=seeded_url)
        assert found.returncode == 2
        assert "--topic" in found.stderr
        assert "opcon-transition" in found.stderr
    assert call("find", "--format", "xml", url=seeded_url).returncode == 2
    assert call("find", "--act", "promise", url=seeded_url).returncode == 2


def test_a_server_that_is_not_there_is_exit_1(seeded_url: str, call: Call) -> None:
    assert call("find", "--url", "http://127.0.0.1:9", url=seeded_url).returncode == 1
    assert call("find", "--url", "file:///etc", url=seeded_url).returncode == 2
    assert call("find", "--url", "http://127.0.0.1:80x", url=seeded_url).returncode == 2


def test_a_server_that_is_no_pledgebook_is_exit_1(server: Server, seeded_url: str, call: Call) -> None:
    found = call("find", "--url", f"{server.address}/static/docs.css?x=", url=seeded_url)
    assert found.returncode == 1
    assert "not that of a Pledgebook server" in found.stderr


# Export ---------------------------------------------------------------------------------------------------------------


def test_export_as_of_is_the_book_as_it_stood(seeded: Client, seeded_url: str, tmp_path: Path, call: Call) -> None:
    before = call("export", url=seeded_url).stdout
    head = seeded.get("/v1").json()["head"]["seq"]
    topic = {"kind": "topic", "slug": "fishing", "name": "Fishing", "definition": "Fish."}
    file = tmp_path / "topic.jsonl"
    file.write_text(json.dumps(topic))
    assert call("load", str(file), url=seeded_url).returncode == 0
    assert call("export", url=seeded_url).stdout != before
    assert call("export", "--as-of", str(head), url=seeded_url).stdout == before
    assert call("export", "--as-of", "99999", url=seeded_url).returncode == 2


@pytest.fixture
def package(seeded_url: str, tmp_path: Path, call: Call) -> Path:
    folder = tmp_path / "package"
    written = call("export", "--package", str(folder), url=seeded_url)
    assert written.returncode == 0, written.stderr
    return folder


def test_a_package_names_the_state_of_the_ledger_and_every_file(
    package: Path, seeded: Client, seeded_url: str, call: Call
) -> None:
    descriptor = json.loads((package / "datapackage.json").read_text())
    assert descriptor["ledger"] == seeded.get("/v1").json()["head"]
    assert descriptor["ledger"]["hash"] in descriptor["citation"]
    assert {one["path"] for one in descriptor["resources"]} | {"datapackage.json"} == {
        file.name for file in package.iterdir()
    }
    for one in descriptor["resources"]:
        content = (package / one["path"]).read_bytes()
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert (package / "book.jsonl").read_text() == call("export", url=seeded_url).stdout


def test_the_tables_of_a_package_keep_their_schema(package: Path) -> None:
    """Types, words, keys and references, as a Frictionless validator would check them."""
    descriptor = json.loads((package / "datapackage.json").read_text())
    tables = {one["name"]: one for one in descriptor["resources"] if one["name"] != "book"}
    texts = {name: (package / one["path"]).read_bytes().decode() for name, one in tables.items()}
    rows = {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in texts.items()}
    assert len(rows["pledges"]) == 84
    assert len(rows["topics"]) > 20
    for name, one in tables.items():
        schema = one["schema"]
        assert [field["name"] for field in schema["fields"]] == list(pandas.read_csv(package / one["path"]).columns)
        assert all(field["description"] for field in schema["fields"])
        keys = [tuple(row[key] for key in schema["primaryKey"]) for row in rows[name]]
        assert len(set(keys)) == len(keys), name
        for field in schema["fields"]:
            values = {row[field["name"]] for row in rows[name]} - {""}
            assert values <= set(field.get("constraints", {}).get("enum", values)), field
            if field["type"] in ("integer", "year"):
                assert all(value.isdigit() for value in values), field
            if field["type"] == "date":
                assert not values or pandas.to_datetime(sorted(values), format="%Y-%m-%d") is not None
            if field["type"] == "boolean":
                assert values <= {"true", "false"}, field
        for reference in schema["foreignKeys"]:
            other, (field_name,) = reference["reference"]["resource"] or name, reference["reference"]["fields"]
            known = {row[field_name] for row in rows[other]}
            assert {row[reference["fields"][0]] for row in rows[name]} - {""} <= known, (name, reference)


def test_the_pledges_of_a_package_are_those_of_the_csv_rendering(package: Path, book: Client) -> None:
    rendered = sorted(book.get("/v1/pledges.csv?kind=any").text.splitlines())
    assert sorted((package / "pledges.csv").read_text(encoding="utf-8").splitlines()) == rendered


def test_a_package_is_made_again_byte_for_byte_and_never_over_something_else(
    package: Path,
    seeded_url: str,
    tmp_path: Path,
    call: Call,
) -> None:
    before = {file.name: file.read_bytes() for file in package.iterdir()}
    assert call("export", "--package", str(package), url=seeded_url).returncode == 0
    assert {file.name: file.read_bytes() for file in package.iterdir()} == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    assert call("export", "--package", str(tmp_path / "other"), url=seeded_url).returncode == 2
    assert [file.name for file in (tmp_path / "other").iterdir()] == ["letter.txt"]


def test_the_calendar_of_the_command_line_is_a_calendar(seeded_url: str, call: Call) -> None:
    text = call("find", "--format", "ics", url=seeded_url).stdout
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) > 0
