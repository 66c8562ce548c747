"""The server is killed while clients write; whatever it acknowledged is there. `make crash` does so 200 times."""

import os
from pathlib import Path

from tests.conftest import CopyMaker
from tests.crash import Harness

KILLS = int(os.environ.get("CRASH_KILLS", "6"))
_KILLS_OF_A_BOOK = 20  # then a fresh one, so that checking the whole of it stays quick


def test_what_was_acknowledged_survives_every_kill(make_copy: CopyMaker, tmp_path: Path) -> None:
    """Half of the kills fall on each engine."""
    left, written = KILLS // 2, 0
    while left > 0:
        with make_copy(False, tmp_path) as url:
            harness = Harness(url, tmp_path / "server.log", seed=left)
            for _ in range(min(left, _KILLS_OF_A_BOOK)):
                written += harness.live_and_die()
                harness.check()
                left -= 1
    assert written > KILLS, "the clients have written something between the kills"
