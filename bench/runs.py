"""What the last runs found of each goal, so that it can be judged by the median of three and not by one's luck."""

import hashlib
import json
from collections.abc import Mapping

from bench.servers import HOME, ROOT

_KEPT = HOME / "runs.json"
_RUNS = 3


def record(found: Mapping[str, float], sizes: list[int], rounds: int, seconds: int) -> list[dict[str, float]]:
    """Keep what a run found; gives the last three, or as many as there are, of the same `app/`, sizes and rounds.

    After a change of the bench itself they are to be removed by hand, with the file.
    """
    kept = json.loads(_KEPT.read_text(encoding="utf-8")) if _KEPT.exists() else {}
    measure = json.dumps([_code(), sizes, rounds, seconds, list(found)])
    kept[measure] = runs = [*kept.get(measure, []), dict(found)][-_RUNS:]
    _KEPT.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return runs


def _code() -> str:
    """A hash of all that is measured: templates and lexicons too."""
    files = (file for file in sorted((ROOT / "app").rglob("*")) if file.is_file() and file.suffix != ".pyc")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
