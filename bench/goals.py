"""Goals: the figures to reach, each with what a run measured.

Reads are compared by CPU per request of the server process: it varies less from run to run than requests a second do.
"""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bench.load import Result
from bench.servers import ROOT
from bench.workloads import TITLES

JUDGED_SIZE = 100_000
_LINES_BEFORE = 16_385  # counted as `app_lines` does, at the commit that the goal was set at


class Goal(NamedTuple):
    """`bound` is the least (`≥`) or the most (`≤`) that `value` may be."""

    name: str
    sign: str
    bound: float
    value: float

    def is_reached(self, value: float) -> bool:
        return value >= self.bound if self.sign == "≥" else value <= self.bound


def goals(found: Mapping[str, Any]) -> Iterator[Goal]:
    """Every goal that the run has measured."""
    size = found["judged"]
    sqlite, postgresql = found["sqlite"][str(size)], found["postgresql"]
    where = f"SQLite {size:,}"
    for workload, title in TITLES.items():
        least = {"Q5": 1, "Q6": 4}.get(workload, 5)
        value = cpu_ratio(sqlite[workload], "datasette", "pledgebook")
        yield Goal(f"{where}: {workload} {title}, uncached, × Datasette", "≥", least, value)
    for workload in TITLES:
        value = cpu_ratio(sqlite[workload], "static", "cached")
        yield Goal(f"{where}: {workload} cached, × static", "≥", 0.6, value)
    yield Goal(f"{where}: Q1 cached, × Datasette", "≥", 25, cpu_ratio(sqlite["Q1"], "datasette", "cached"))
    for workload, title in TITLES.items():
        most = {"Q5": 8, "Q6": 4}.get(workload, 3)
        value = cpu_ratio(postgresql[workload], "pledgebook", "raw")
        yield Goal(f"PostgreSQL {size:,}: {workload} {title}, uncached, × raw psycopg's CPU", "≤", most, value)
    in_process = median(own / bare for own, bare in found["in_process"])
    yield Goal("in process: page by topic, × bare FastAPI route", "≤", 5, in_process)
    span = f"{found['sizes'][0]:,} → {found['sizes'][-1]:,}"
    for engine, by_workload in found["growth"].items():
        for workload, pairs in by_workload.items():
            value = median(large / small for small, large in pairs)
            yield Goal(f"{engine} growth {span}: {workload}", "≤", 1.5 if workload == "Q4" else 1.3, value)
    posts, loads, starts = found["posts"], found["loads"], found["starts"]
    yield Goal("W1 post by 64 clients, × tutorial", "≥", 1.2, ratio(posts["pledgebook"], posts["tutorial"]))
    yield Goal("W2 load, × `add_all`", "≥", 1.1, ratio(loads["add_all"], loads["pledgebook"]))
    cpu = {name: [cpu for _, cpu in each] for name, each in starts.items()}
    yield Goal("cold start, × Datasette", "≤", 2, ratio(cpu["pledgebook"], cpu["datasette"]))
    yield Goal("lines of Python in `app/` without drafting, fewer than before", "≥", 800, _LINES_BEFORE - app_lines())


def app_lines() -> int:
    """Lines of Python in `app/`, without `drafting/` and without the three files that are to move into it."""
    to_move = {"drafts.py", "draft_files.py", "stripping.py"}
    files = [file.relative_to(ROOT / "app") for file in (ROOT / "app").rglob("*.py")]
    counted = [file for file in files if "drafting" not in file.parts and str(file) not in to_move]
    return sum((ROOT / "app" / file).read_text(encoding="utf-8").count("\n") for file in counted)


def cpu_ratio(by_server: Mapping[str, Sequence[Result]], one: str, other: str) -> float:
    """CPU per request of one server divided by that of another in the same round: the median."""
    return ratio([result.cpu for result in by_server[one]], [result.cpu for result in by_server[other]])


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the quotients of the same round."""
    return median(a / b for a, b in zip(one, other, strict=True))


def median(values: Iterable[float]) -> float:
    return statistics.median(values)
