"""`make bench`: measure the project beside its peers and write `bench/RESULTS.md`: `python -m bench.run [SIZE…]`.

In a round every server gets every workload in turn, so that a slow minute of the machine is shared by all. Medians are
taken over the rounds, ratios within a round. BENCH_ROUNDS (3) and BENCH_SECONDS (3) say how long it takes.
"""

import json
import os
import shutil
import sys
from typing import Any

from bench import databases, in_process, reads, results, writes
from bench.goals import JUDGED_SIZE
from bench.servers import HOME

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))


def main(arguments: list[str]) -> int:
    """Measure books of these sizes; exit 2 if wrk or taskset is missing."""
    if missing := [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]:
        print(f"make bench needs {' and '.join(missing)}: apt-get install wrk util-linux", file=sys.stderr)
        return 2
    HOME.mkdir(exist_ok=True)
    sizes = sorted({int(size) for size in arguments} or {10_000, 100_000})
    judged = JUDGED_SIZE if JUDGED_SIZE in sizes else sizes[-1]
    found: dict[str, Any] = {"sizes": sizes, "judged": judged, "rounds": ROUNDS, "seconds": SECONDS}
    found["sqlite"] = {str(size): reads.on_sqlite(size, ROUNDS, SECONDS) for size in sizes}
    found["growth"] = {"SQLite": reads.growth([databases.book(size) for size in sizes], sizes, ROUNDS, SECONDS)}
    found["in_process"] = in_process.measure(databases.book(judged), judged, ROUNDS)
    with databases.postgresql() as server:
        found["postgresql"] = reads.on_postgresql(server, judged, ROUNDS, SECONDS)
        books = [server.book(size) for size in sizes]
        found["growth"]["PostgreSQL"] = reads.growth(books, sizes, ROUNDS, SECONDS)
    found["under_writes"] = writes.reads_under_writes(databases.book(sizes[0]), sizes[0], ROUNDS, SECONDS)
    found["posts"] = writes.posts(databases.book(judged), databases.plain(judged), ROUNDS)
    found["loads"] = writes.loads(databases.lines(judged), 1 if judged >= JUDGED_SIZE else ROUNDS)  # minutes each
    found["starts"] = reads.cold_starts(sizes[0], ROUNDS + 2)
    (HOME / "results.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    results.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
