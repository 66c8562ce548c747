"""Schemathesis reads the OpenAPI document and looks for requests that the API answers otherwise than it says.

All its checks, on requests generated one by one and in chains that follow the links between operations: some 1,000 on
each engine here, 10,000 by `make fuzz`, which also takes each operation through every limit that its schema names.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, serving

_SHORT = 1_000
CASES = int(os.environ.get("FUZZ_CASES", _SHORT))
_OPERATIONS = 64  # about as many as the document has: what --max-examples is multiplied by
PHASES = "fuzzing,stateful" if CASES <= _SHORT else "examples,coverage,fuzzing,stateful"


def test_schemathesis_finds_nothing(seeded_url: str, tmp_path: Path) -> None:
    with serving(seeded_url, tmp_path / "server.log") as server:
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml"),
            "run", f"{server.address}/openapi.json", "--header", f"Authorization: Bearer {server.key}",
            "--phases", PHASES, "--max-examples", str(max(1, CASES // _OPERATIONS)), "--seed", "20241031", "--no-color",
            "--generation-database", "none",  # each run has a folder of its own: what it would keep, none would read
        ]  # fmt: skip
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        log = (tmp_path / "server.log").read_text()
    assert found.returncode == 0, found.stdout[-20_000:]
    generated = re.search(r"([\d,]+) generated", found.stdout)
    assert generated is not None
    assert int(generated[1].replace(",", "")) >= 0.9 * CASES
    assert "Traceback" not in log
