"""What the last runs found of each goal, so that it can be judged by the median of three and not by one's luck."""

import hashlib
import json
from collections.abc import Mapping

from bench.servers import HOME, ROOT

_KEPT = HOME / "runs.json"
_RUNS = 3


def record(found: Mapping[str, float], sizes: list[int], rounds: int, seconds: int) -> list[dict[str, float]]:
    """Keep what a run found; gives the last three, or as many as there are, of the same `app/`, sizes and rounds.

    Those of before a change of the bench itself are to be removed by hand, with the file.
    """
    kept = json.loads(_KEPT.read_text(encoding="utf-8")) if _KEPT.exists() else []
    measure = [_code(), sizes, rounds, seconds]
    runs = [*(run for run in kept if run["measure"] == measure), {"measure": measure, "found": dict(found)}]
    _KEPT.write_text(json.dumps(runs[-_RUNS:], indent=1), encoding="utf-8")
    return [run["found"] for run in runs[-_RUNS:]]


def _code() -> str:
    files = sorted((ROOT / "app").rglob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
