"""An answer of 201 comes after the write is on disk: by the settings of both engines, and by the system calls."""

import json
import re
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.database import Database
from tests.conftest import postgresql_server, serving
from tests.postings import TOPIC, meeting


def test_the_writing_connection_waits_for_the_disk(engine: str, tmp_path: Path) -> None:
    if engine == "sqlite":
        with Database(f"sqlite:///{tmp_path}/book.db").writing() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2, (
                "FULL: the log is synced at each commit"
            )
        return
    # A server with its own settings: that of the other tests does not wait for the disk.
    with postgresql_server(tmp_path / "server") as server:
        database = Database(server.get_uri())
        with database.writing() as connection:
            for setting in ("synchronous_commit", "fsync", "full_page_writes"):
                assert connection.execute(text(f"SHOW {setting}")).scalar() == "on"
        database.close()


def test_each_201_is_sent_after_a_sync(engine: str, empty_url: str, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None or engine != "sqlite":
        pytest.skip("needs strace, and a database that this process itself writes")
    calls = tmp_path / "calls"
    with serving(empty_url, tmp_path / "server.log") as server:
        command = [strace, "-f", "-o", str(calls), "-e", "trace=fsync,fdatasync,write,send,sendto,sendmsg,writev",
                   "-p", str(server.process.pid)]  # fmt: skip
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            attached = tracer.stderr.readline()
            if "attached" not in attached:
                pytest.skip(f"strace may not attach here: {attached.strip()}")
            _post(server.address, server.key, "/v1/topics", TOPIC)
            for number in range(5):
                _post(server.address, server.key, "/v1/meetings", meeting(number))
            tracer.send_signal(signal.SIGINT)
            tracer.stderr.read()
    order = re.findall(r"(fsync|fdatasync)\(|(HTTP/1\.1 201)", calls.read_text())
    answers = [index for index, (_, answer) in enumerate(order) if answer]
    assert len(answers) == 6
    for before, answer in zip([-1, *answers], answers, strict=False):
        assert answer > before + 1, "a 201 was sent without a sync since the one before"


def _post(address: str, key: str, path: str, body: object) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(address + path, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201
