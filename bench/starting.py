"""Cold start: from the command to the first answer of a page, again and again, in turn."""

import statistics
import time
from pathlib import Path

from bench.servers import Server, peers, pledgebook, running
from bench.workloads import Question, of_datasette, of_pledgebook, of_tutorial


def cold_starts(book: Path, plain: Path, table: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Median seconds to the first page, of CPU until then, and in times of Datasette's CPU in the same round."""
    asked = Question(topic="topic-03")
    named = {server.name: server for server in peers(book, plain, table, book)}
    targets: list[tuple[Server, str]] = [
        (pledgebook(book, cached=True), of_pledgebook("Q1", asked)),
        (named["datasette"], of_datasette("Q1", asked)),
        (named["tutorial"], of_tutorial("Q1", asked)),
    ]
    took: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds + 2):
        for server, target in targets:
            began = time.perf_counter()
            with running(server, target) as started:
                took.setdefault(server.name, []).append((time.perf_counter() - began, started.cpu()))
    return {
        name: {
            "seconds": statistics.median(wall for wall, _ in all),
            "cpu": statistics.median(cpu for _, cpu in all),
            "ratio": statistics.median(own[1] / other[1] for own, other in zip(all, took["datasette"], strict=True)),
        }
        for name, all in took.items()
    }
