"""The README is true: each command in it is run, and each answer in it is compared with the real one."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import anyio
import pytest
from starlette.types import ASGIApp, Message

from app.main import create_app
from app.settings import Settings
from tests.conftest import ROOT, Client, Server, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
CURLS = [text for language, text in BLOCKS if language == "sh" and "curl" in text]
FIRST_ANSWER = next(text for language, text in BLOCKS if language == "json")
(POST,) = [text for text in CURLS if "--data" in text]
POSTED = json.loads(POST[POST.index("{\n") : POST.rindex("JSON")])


def _sh(script: str, server: Server) -> str:
    """Run a shell block of the README against a test server. A request without success fails."""
    script = script.replace("http://127.0.0.1:8000", server.address)
    script = f'curl() {{ command curl --silent --show-error --fail-with-body "$@"; }}\n{script}'
    environment = {**os.environ, "KEY": server.key}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    return done.stdout


def _is_shortened(shown: Any, real: Any) -> bool:
    """True if `shown` is `real` with some fields left out. Lists must be complete."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and _is_shortened(shown[key], real[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(real, list) and len(shown) == len(real) and all(map(_is_shortened, shown, real))
    return bool(shown == real)


def test_the_first_query_returns_the_answer_that_is_shown(server: Server) -> None:
    assert "curl" in "\n".join(README.splitlines()[:20]), "the first query is on the first screen"
    real = json.loads(_sh(CURLS[0], server))
    assert _is_shortened(json.loads(FIRST_ANSWER), real)


def test_every_query_of_the_readme_succeeds(server: Server) -> None:
    for block in CURLS:
        assert _sh(block, server).startswith("{")


def test_the_meeting_of_the_readme_can_be_posted(server: Server) -> None:
    checked = json.loads(_sh(POST, server))
    there = f"curl --head {server.address}/v1/meetings/{checked['id']} || true"
    assert "404" in _sh(there, server), "a dry run writes nothing"
    posted = json.loads(_sh(POST.replace("?dry_run=true", ""), server))
    assert posted == checked
    for id in (posted["id"], posted["pledges"][0]["id"]):
        assert f"`{id}`" in README
    assert "200" in _sh(there, server)


def test_the_readme_has_at_most_1300_words() -> None:
    assert len(README.split()) <= 1300


def test_the_readme_lists_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    listed = re.findall(r"^\| `(\w+)/` \|", README, flags=re.MULTILINE)
    assert sorted([*listed, "cli"]) == sorted(packages)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_page_of_a_topic_passes_the_files_that_the_readme_lists(seeded_url: str) -> None:
    section = README[README.index("A request `GET /v1/pledges?topic=…` passes") : README.index("## Licence")]
    listed = set(re.findall(r"`([a-z_]+/[a-z_]+\.py)`", section))
    passed: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT / "app"):
            passed.add(path.relative_to(ROOT / "app").as_posix())

    app = create_app(Settings(database_url=seeded_url))
    sys.setprofile(note)
    try:
        status = anyio.run(_status, app, "/v1/pledges", "topic=deterrence")
    finally:
        sys.setprofile(None)
    assert status == 200
    assert listed <= passed


async def _status(app: ASGIApp, path: str, query: str) -> int:
    """The status of the answer to a GET request, in this thread."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "scheme": "http",
        "headers": [(b"host", b"testserver")], "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return int(sent[0]["status"])


def test_the_citation_of_the_example_is_the_span_of_its_text() -> None:
    (text,) = [text.removesuffix("\n") for language, text in BLOCKS if language == "text"]
    (source,), (pledge,) = POSTED["sources"], POSTED["pledges"]
    assert source["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert source["length"] == len(text)
    (citation,) = pledge["citations"]
    words = text[citation["start"] : citation["end"]]
    assert words.startswith("agreed to")
    assert pledge["due"]["text"] in words


def test_the_readme_states_the_number_of_meetings_and_pledges(book: Client) -> None:
    meetings = [m["held_on"][:4] for m in book.get("/v1/meetings").json()["items"]]
    assert f"**{len(meetings)} meetings between Seoul and Washington, {min(meetings)} to {max(meetings)}**" in PROSE
    counted = [len(book.get(f"/v1/pledges?limit=200&kind={kind}").json()["items"]) for kind in ("pledge", "position")]
    assert f"{counted[0]} pledges and {counted[1]} positions" in PROSE


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_backup_of_the_readme_verifies(seeded_url: str, tmp_path: Path) -> None:
    assert "`pledgebook backup FILE`" in README
    copy = tmp_path / "copy.db"
    done = run("backup", str(copy), url=seeded_url)
    assert done.returncode == 0, done.stderr
    verified = run("verify", url=f"sqlite:///{copy}")
    assert verified.returncode == 0, verified.stderr
