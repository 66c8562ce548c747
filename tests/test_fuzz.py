"""Schemathesis reads the OpenAPI document and looks for requests that the API answers otherwise than it says.

All checks, generated and stateful. Run by `make fuzz` (FUZZ_CASES, 10,000 an engine) and not by `make test`: how long a
run takes is not bounded by its number of examples, since each operation has every phase.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, serving

CASES = int(os.environ.get("FUZZ_CASES", "0"))
_OPERATIONS = 60  # about as many as the document has: what a run of --max-examples is multiplied by


@pytest.mark.skipif(CASES == 0, reason="make fuzz sets FUZZ_CASES")
def test_schemathesis_finds_nothing(seeded_url: str, tmp_path: Path) -> None:
    with serving(seeded_url, tmp_path / "server.log") as server:
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml"),
            "run", f"{server.address}/openapi.json", "--header", f"Authorization: Bearer {server.key}",
            "--max-examples", str(max(1, CASES // _OPERATIONS)), "--seed", "20241031", "--no-color",
        ]  # fmt: skip
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        log = (tmp_path / "server.log").read_text()
    assert found.returncode == 0, found.stdout[-20_000:]
    generated = re.search(r"([\d,]+) generated", found.stdout)
    assert generated is not None
    assert int(generated[1].replace(",", "")) > 0
    assert "Traceback" not in log
