"""What the notes in docs/decisions/ say is so, where no other test holds it; and that each note names what holds it."""

import ast
import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

import app
from app.errors import PROBLEMS
from app.http.problems import problem
from app.records import keys
from app.schemas.meetings import MeetingPublic
from app.schemas.pledges import PledgeCreate, PledgePublic
from app.store import models
from app.store.database import Database
from app.store.models import columns
from tests.conftest import ROOT, Client

NOTES = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_a_note_says_why_what_follows_and_what_holds_it(note: Path) -> None:
    text = note.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(note.name[:4])}. ")
    assert re.findall(r"^\*\*(\w+(?: \w+)?)\.?\*\*", text, flags=re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Held by",
    ]
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert tests
    for file, name in tests:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file} has no {name}"


def test_notes_are_numbered_without_gaps() -> None:
    assert [int(note.name[:4]) for note in NOTES] == list(range(1, len(NOTES) + 1))


def test_only_recording_and_assessing_append_to_the_ledger() -> None:
    made = {
        path.stem
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "app.store.ledger"
        if any(alias.name == "Entry" for alias in node.names)
    }
    assert made <= {"record", "assessments"}


def test_a_list_sends_the_very_bytes_of_the_ledger(seeded: Client, seeded_database: Database) -> None:
    sent = seeded.get("/v1/pledges?kind=any&sort=id&limit=200").text
    pledge, revision = columns(models.Pledge), columns(models.Revision)
    with seeded_database.reading() as connection:
        stored = connection.execute(
            select(revision.c.document)
            .join(pledge, pledge.c.revision == revision.c.seq)
            .order_by(pledge.c.meeting, pledge.c.number)
        ).scalars()
        assert sent == f'{{"items":[{",".join(stored)}],"next":null}}'


@pytest.mark.parametrize(("path", "shape"), [("/v1/pledges", PledgePublic), ("/v1/meetings", MeetingPublic)])
def test_the_key_order_of_a_document_is_that_of_its_shape(book: Client, path: str, shape: Any) -> None:
    for document in book.get(path).json()["items"]:
        assert list(document) == list(shape.model_fields)


def test_a_retracted_record_says_since_when(client: Client) -> None:
    source = {"id": "a-report", "type": "news-report", "title": "A report", "language": "en", "sha256": "a" * 64,
              "length": 9}  # fmt: skip
    posted = client.post("/v1/sources", json=source, headers=client.with_key)
    assert "retracted_at" not in posted.json()
    headers = {**client.with_key, "If-Match": posted.headers["ETag"]}
    reason = {"reason": "it was another text"}
    assert client.delete("/v1/sources/a-report", params=reason, headers=headers).status_code == 200
    read = client.get("/v1/sources/a-report").json()
    assert read["retracted"] == "it was another text"
    assert list(read)[-1] == "retracted_at"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", read["retracted_at"])
    assert client.get("/v1/sources").json()["items"] == []


def test_a_key_is_256_random_bits_and_kept_as_its_hash(database: Database) -> None:
    with database.writing() as connection:
        made = [keys.create_key(connection, name) for name in ("one", "two")]
    assert all(re.fullmatch(r"pb_[\w-]{43}", key) for key in made)  # 43 letters of base64 are 256 bits
    with database.reading() as connection:
        kept = connection.execute(select(columns(models.ApiKey)).order_by(columns(models.ApiKey).c.name)).all()
    assert [row.hash for row in kept] == [hashlib.sha256(key.encode()).hexdigest() for key in made]
    assert not any(key in str(row) for key in made for row in kept)


def test_the_version_stands_in_one_place(book: Client) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    assert book.get("/openapi.json").json()["info"]["version"] == app.__version__


def test_the_type_of_a_problem_is_an_anchor_of_the_docs(book: Client) -> None:
    assert book.get("/v1/pledges/none").json()["type"] == "/docs#not-found"
    for error in PROBLEMS:
        answer = problem(error("…"))
        assert f'"type":"/docs#{error.type}"'.encode() in bytes(answer.body)
    assert len({error.type for error in PROBLEMS}) == len(PROBLEMS)


def test_an_absent_addressee_depends_on_the_act() -> None:
    line = {"summary": "Meet again.", "pledgors": ["KOR"], "topics": ["cyber"], "specificity": "general",
            "citations": [{"source": "a-report", "zone": "body", "start": 0, "end": 9}]}  # fmt: skip
    for act, towards in (("commit", ["unspecified"]), ("reaffirm", ["unspecified"]), ("urge", []), ("condemn", [])):
        assert PledgeCreate.model_validate({**line, "act": act}).towards == towards
    with pytest.raises(ValidationError, match="towards"):
        PledgeCreate.model_validate({**line, "act": "commit", "towards": []})
