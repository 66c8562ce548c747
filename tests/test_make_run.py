"""`make run`: one command from nothing to a served book, and the same again without doing anything twice."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.conftest import ROOT, free_port


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    patience = time.monotonic() + 120  # it migrates and seeds first
    while process.poll() is None and time.monotonic() < patience:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no server came up: {log.read_text()}")


def _make_run(url: str, log: Path) -> str:
    """What `make run` prints until its server answers, stopped by SIGTERM then."""
    port = free_port()
    environment = {**os.environ, "PLEDGEBOOK_DATABASE_URL": url, "PLEDGEBOOK_PORT": str(port)}
    venv = Path(sys.prefix)
    # The environment that runs the tests stands already: nothing is to be installed.
    command = ["make", "run", f"VENV={venv}", "-o", f"{venv}/.run"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, log)
        with urllib.request.urlopen(f"{address}/v1/pledges?topic=opcon-transition", timeout=5) as answer:
            assert b"2021-03-18-kor-usa-2plus2-06" in answer.read()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        began = time.monotonic()
        process.wait(timeout=15)
    assert time.monotonic() - began < 10
    told = log.read_text()
    assert f"{address}/docs" in told
    assert f"{address}/v1/pledges" in told
    return told


def test_the_first_run_seeds_and_gives_a_key_and_the_second_does_neither(empty_url: str, tmp_path: Path) -> None:
    first = _make_run(empty_url, tmp_path / "first.log")
    assert "seeded" in first
    assert re.search(r"\bpb_[\w-]{43}\b", first)
    second = _make_run(empty_url, tmp_path / "second.log")
    assert "seeded" not in second
    assert "pb_" not in second


def test_a_setting_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "PLEDGEBOOK_PORT": "many", "PLEDGEBOOK_DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
    for command in (["-m", "app.cli.first_run"], ["-m", "app", "serve"]):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 2
        assert done.stderr.startswith("PLEDGEBOOK_PORT: ")
        assert "many" not in done.stderr
