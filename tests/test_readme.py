"""The README is true: its commands are run as they stand there, and what it shows is what comes back."""

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Client, Server, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
CURLS = [text for language, text in BLOCKS if language == "sh" and "curl" in text]
FIRST_ANSWER = next(text for language, text in BLOCKS if language == "json")
(POST,) = [text for text in CURLS if "--data" in text]
POSTED = json.loads(POST[POST.index("{\n") : POST.rindex("JSON")])


def _sh(script: str, server: Server) -> str:
    """Run a block of the README against a server of our own; whatever is no success fails."""
    script = script.replace("http://127.0.0.1:8000", server.address)
    script = f'curl() {{ command curl --silent --show-error --fail-with-body "$@"; }}\n{script}'
    environment = {**os.environ, "KEY": server.key}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    return done.stdout


def _is_shortened(shown: Any, real: Any) -> bool:
    """Whether `shown` is `real` with some fields left out; lists stand whole."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and _is_shortened(shown[key], real[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(real, list) and len(shown) == len(real) and all(map(_is_shortened, shown, real))
    return bool(shown == real)


def test_the_first_query_gives_the_answer_that_is_shown(server: Server) -> None:
    assert "curl" in "\n".join(README.splitlines()[:20]), "the first query stands in the first screen"
    real = json.loads(_sh(CURLS[0], server))
    assert _is_shortened(json.loads(FIRST_ANSWER), real)


def test_every_query_of_the_readme_is_answered(server: Server) -> None:
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


def test_the_words_of_the_example_are_where_its_citation_says() -> None:
    (text,) = [text.removesuffix("\n") for language, text in BLOCKS if language == "text"]
    (source,), (pledge,) = POSTED["sources"], POSTED["pledges"]
    assert source["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert source["length"] == len(text)
    (citation,) = pledge["citations"]
    words = text[citation["start"] : citation["end"]]
    assert words.startswith("agreed to")
    assert pledge["due"]["text"] in words


def test_the_extent_is_as_told(book: Client) -> None:
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
