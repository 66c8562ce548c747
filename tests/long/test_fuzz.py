"""Schemathesis reads the OpenAPI document and looks for requests that the API answers otherwise than it says.

All its checks, on requests generated one by one and in chains that follow the links between operations: some 1,000 on
each engine here, 10,000 by `make fuzz`, which also takes each operation through every limit that its schema names. Each
request is generated once and sent to both engines (`fuzz_both.py`).
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import ROOT, CopyMaker, ServerProcess, serving

_SHORT = 1_000
CASES = int(os.environ.get("FUZZ_CASES", _SHORT))
_OPERATIONS = 64  # about as many as the document has: what --max-examples is multiplied by
PHASES = "fuzzing,stateful" if CASES <= _SHORT else "examples,coverage,fuzzing,stateful"


@pytest.fixture
def servers(
    make_sqlite_copy: CopyMaker, make_postgresql_copy: CopyMaker, tmp_path: Path
) -> Iterator[list[ServerProcess]]:
    """A server over the seeds of each engine."""
    with ExitStack() as stack:
        urls = [stack.enter_context(make(True, tmp_path)) for make in (make_sqlite_copy, make_postgresql_copy)]
        yield [stack.enter_context(serving(url, tmp_path / f"{n}.log")) for n, url in enumerate(urls)]


def test_schemathesis_finds_nothing(servers: list[ServerProcess], tmp_path: Path) -> None:
    one, other = servers
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml"),
        "run", f"{one.address}/openapi.json", "--header", f"Authorization: Bearer {one.key}",
        "--phases", PHASES, "--max-examples", str(max(1, CASES // _OPERATIONS)), "--seed", "20241031", "--no-color",
        "--generation-database", "none",  # each run has a folder of its own: what it would keep, none would read
        "--suppress-health-check", "too_slow",  # that would be the machine's doing
    ]  # fmt: skip
    both = {
        "SCHEMATHESIS_HOOKS": str(ROOT / "tests" / "fuzz_both.py"),
        "FUZZ_ADDRESSES": f"{one.address} {other.address}",
        "FUZZ_KEYS": f"{one.key} {other.key}",
    }
    environment = {**os.environ, **both}
    found = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-20_000:]
    generated = re.search(r"([\d,]+) generated", found.stdout)
    assert generated is not None
    assert int(generated[1].replace(",", "")) >= 0.9 * CASES
    for log in (tmp_path / "0.log", tmp_path / "1.log"):
        told = log.read_text()
        assert told.count('"event": "request"') >= 0.9 * CASES, "each engine is asked"
        assert "Traceback" not in told
