"""The command line as its users run it: a process of its own, what it prints, and how it ends (0, 1 or 2)."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app.exchange.book_files import export, schema
from app.records import meetings
from app.records.keys import find_key
from app.schemas.meetings import MeetingCreate
from app.store.database import Database
from app.store.ledger import Writer
from app.store.schema_version import newest, revision_of
from tests.conftest import ROOT, SEEDS, Call, serving
from tests.statements import statement


@pytest.fixture
def once(engine: str) -> None:
    """For what needs no database of ours: one run is enough."""
    if engine != "sqlite":
        pytest.skip("needs no database of ours")


# Keys -----------------------------------------------------------------------------------------------------------------


def test_a_key_is_printed_alone_and_once(call: Call, empty_url: str, database: Database) -> None:
    made = call("key", "create", "Ada", "--scope", "assess", "--expires", "2999-12-31", url=empty_url)
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"pb_[A-Za-z0-9_-]{43}\n", made.stdout)
    with database.reading() as connection:
        key = find_key(connection, made.stdout.strip())
        assert key
        assert (key.name, key.scope.value, str(key.expires_on)) == ("Ada", "assess", "2999-12-31")
    listed = call("key", "list", url=empty_url)
    assert listed.returncode == 0
    assert re.search(r"Ada +assess +\d{4}-\d\d-\d\d +2999-12-31 +no", listed.stdout)
    assert made.stdout.strip() not in listed.stdout
    assert call("key", "create", "Ada", url=empty_url).returncode == 1
    assert call("key", "revoke", "Ada", url=empty_url).returncode == 0
    with database.reading() as connection:
        assert find_key(connection, made.stdout.strip()) is None
    assert re.search(r"Ada .* \d{4}-\d\d-\d\d *\n", call("key", "list", url=empty_url).stdout)
    unknown = call("key", "revoke", "Nobody", url=empty_url)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "No key has this name" in unknown.stderr


# How calls end --------------------------------------------------------------------------------------------------------


def test_a_name_is_shown_as_it_is(call: Call, empty_url: str) -> None:
    for name in ("desk [/x]", "Ada [temp]"):
        assert call("key", "create", name, url=empty_url).returncode == 0
    told = call("key", "list", url=empty_url)
    assert told.returncode == 0
    assert "desk [/x]" in told.stdout
    assert "Ada [temp]" in told.stdout
    assert call("key", "revoke", "none [/y]", url=empty_url).returncode == 1


def test_a_book_is_seeded_verified_and_exported(call: Call, empty_url: str, database: Database) -> None:
    loaded = call("load", str(SEEDS), url=empty_url)
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert re.fullmatch(r"\d+ created, \d+ changed, \d+ unchanged.\n", loaded.stdout)
    assert call("verify", url=empty_url).returncode == 0
    exported = call("export", url=empty_url)
    with database.reading() as connection:
        assert exported.stdout == "".join(f"{line}\n" for line in export(connection))
    assert exported.returncode == 0


def test_a_load_with_faults_ends_with_1_and_names_them(call: Call, empty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("- kind: topic\n  slug: x\n", encoding="utf-8")
    answer = call("load", str(path), url=empty_url)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[0] == f"{path}:1: name is required"
    assert answer.stdout == "0 created, 0 changed, 0 unchanged.\n"


def test_a_load_that_skips_ends_with_1_and_says_how_to_go_on(
    call: Call, seeded_url: str, seeded_database: Database, tmp_path: Path
) -> None:
    with seeded_database.writing() as connection:
        meetings.create_meeting(Writer(connection, "desk"), MeetingCreate.model_validate(statement()))
    path = tmp_path / "edited.jsonl"
    path.write_text(json.dumps({"kind": "meeting", **statement(city="Sydney")}), encoding="utf-8")
    answer = call("load", str(path), url=seeded_url)
    assert answer.returncode == 1
    assert "was last written by desk; use --overwrite to change it" in answer.stderr
    assert call("load", "--overwrite", str(path), url=seeded_url).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["load"], ["load", "/nowhere/at/all"], ["check", "seeds"], ["check", "--texts", "/nowhere", "seeds"],
        ["serve", "--port", "99999"], ["serve", "--port", "abc"], ["key", "create"],
        ["key", "create", "x", "--scope", "all"], ["load", "--loud", "seeds"],
        ["key", "create", "x", "--expires", "tomorrow"], ["frobnicate"], ["export", "--to", "x"],
        ["export", "--as-of", "9223372036854775808"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_call_that_cannot_be_meant_ends_with_2(call: Call, once: None, empty_url: str, arguments: list[str]) -> None:
    answer = call(*arguments, url=empty_url)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", ""])
def test_a_database_url_that_is_none_ends_with_2(call: Call, once: None, url: str) -> None:
    answer = call("verify", url=url)
    assert answer.returncode == 2
    assert answer.stderr.startswith("PLEDGEBOOK_DATABASE_URL: ")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "abc"), ("BODY_LIMIT", "-1"), ("LOG_LEVEL", "loud"), ("STATEMENT_TIMEOUT", "0")]
)
def test_a_setting_that_is_none_ends_with_2_and_is_named(
    call: Call, once: None, empty_url: str, name: str, value: str
) -> None:
    answer = call("verify", url=empty_url, **{f"PLEDGEBOOK_{name}": value})
    assert answer.returncode == 2
    assert f"PLEDGEBOOK_{name}" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all/book.db"])
def test_a_database_that_is_not_there_ends_with_1(call: Call, once: None, url: str) -> None:
    answer = call("verify", url=url)
    assert answer.returncode == 1
    assert "The database cannot be used" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_that_is_no_database_ends_with_1(call: Call, once: None, tmp_path: Path) -> None:
    (tmp_path / "book.db").write_text("this is no database, and long enough to be looked at" * 100)
    answer = call("verify", url=f"sqlite:///{tmp_path}/book.db")
    assert answer.returncode == 1
    assert "The database cannot be used" in answer.stderr


def test_findings_end_with_1(call: Call, seeded_url: str, seeded_database: Database) -> None:
    with seeded_database.writing() as connection:
        connection.exec_driver_sql("UPDATE party SET name = 'Corea' WHERE code = 'KOR'")
    answer = call("verify", url=seeded_url)
    assert answer.returncode == 1
    assert answer.stderr == "party KOR: differs between its tables and the ledger\n"
    assert answer.stdout.startswith("1 findings")


def test_a_new_database_is_migrated_by_whoever_comes_first(call: Call, once: None, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert call("verify", url=url).returncode == 0
    migrated = call("migrate", url=url)
    assert (migrated.returncode, migrated.stdout) == (0, f"The schema of the database is {newest()}.\n")
    made = Database(url)
    assert revision_of(made) == newest()
    made.close()


def test_it_says_its_release_and_helps(call: Call, once: None, empty_url: str) -> None:
    assert re.fullmatch(r"pledgebook \d+\.\d+\.\d+\n", call("--version", url=empty_url).stdout)
    help = call("--help", url=empty_url)
    assert help.returncode == 0
    for command in ("serve", "migrate", "load", "export", "check", "key", "schema", "verify"):
        assert command in help.stdout


# The schema of seed files ---------------------------------------------------------------------------------------------


def test_the_schema_beside_the_seeds_is_that_of_the_shapes(call: Call, once: None, empty_url: str) -> None:
    made = call("schema", url="sqlite:////nowhere/at/all/book.db")
    assert made.returncode == 0, "needs no database"
    assert json.loads(made.stdout) == schema()
    assert (SEEDS / "schema.json").read_text(encoding="utf-8") == made.stdout, "run `make schema`"


def test_every_seed_file_names_the_schema_in_its_first_line(once: None) -> None:
    files = sorted(SEEDS.rglob("*.yaml"))
    assert len(files) == 9
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve() == SEEDS / "schema.json", path


# Serving --------------------------------------------------------------------------------------------------------------


def test_serving_stops_within_ten_seconds_though_connections_stand_open(seeded_url: str, tmp_path: Path) -> None:
    with serving(seeded_url, tmp_path / "log") as server:
        port = int(server.address.rpartition(":")[2])
        idle = socket.create_connection(("127.0.0.1", port))
        halfway = socket.create_connection(("127.0.0.1", port))
        halfway.sendall(
            b"POST /v1/meetings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
            b"Authorization: Bearer " + server.key.encode() + b"\r\n\r\n{"
        )
        kept = socket.create_connection(("127.0.0.1", port))
        kept.sendall(b"GET /v1/pledges HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(15) == b"HTTP/1.1 200 OK"
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=15)
        assert time.monotonic() - began < 10
        for connection in (idle, halfway, kept):
            connection.close()


def test_serving_migrates_a_new_database_and_seeds_nothing(once: None, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PLEDGEBOOK_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        while "running on" not in (line := server.stderr.readline()):
            assert line, "it ended before it served"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/meetings") as answer:
            assert json.load(answer) == {"items": [], "next": None}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/parties/KOR") as answer:
            assert json.load(answer)["name"] == "South Korea"
        server.terminate()


def test_the_log_tells_of_requests_and_shows_no_key(seeded_url: str, tmp_path: Path) -> None:
    with serving(seeded_url, tmp_path / "log") as server:
        request = urllib.request.Request(
            f"{server.address}/v1/pledges?topic=cyber", headers={"X-Request-Id": "mine-1", "Authorization": server.key}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["x-request-id"] == "mine-1"
    log = (tmp_path / "log").read_text(encoding="utf-8")
    (line,) = [line for line in log.splitlines() if "mine-1" in line]
    told = json.loads(line)
    assert (told["path"], told["status"], told["id"]) == ("/v1/pledges", 200, "mine-1")
    assert server.key not in log


def test_the_module_runs_as_the_command_does(call: Call, once: None) -> None:
    command = [str(Path(sys.executable).parent / "pledgebook"), "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("pledgebook ")
