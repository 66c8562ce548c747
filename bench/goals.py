"""The goals that were set, each with what was reached, from the figures themselves.

Reads are held against each other by the CPU that an answer takes of its server: a server with a core for itself answers
as many as that allows, and where other work shares the core, one of several threads is given more of it.
"""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bench.load import Result
from bench.workloads import TITLES

Reads = dict[str, dict[str, list[Result]]]


JUDGED = 100_000  # the size that goals are set at


class Goal(NamedTuple):
    """What was wanted, and what a run found; `least` or `most` says which way is good."""

    what: str
    found: float
    least: float | None = None
    most: float | None = None

    def is_reached(self, value: float) -> bool:
        return value >= self.least if self.least is not None else value <= (self.most or 0)


def table(wanted: Iterable[Goal], runs: Sequence[Mapping[str, float]]) -> str:
    """A row for each goal: its median over the runs, and what each of them found."""
    lines = ["| | wanted | median | runs | |", "| --- | ---: | ---: | ---: | --- |"]
    for goal in wanted:
        sign, bound = ("≥", goal.least) if goal.least is not None else ("≤", goal.most)
        each = [run[goal.what] for run in runs]
        middle = _median(each)
        told = ", ".join(f"{value:.3g}" for value in each)
        judged = "reached" if goal.is_reached(middle) else "not reached"
        lines.append(f"| {goal.what} | {sign} {bound:g} | {middle:.3g} | {told} | {judged} |")
    return "\n".join(lines)


def goals(found: dict[str, Any], sizes: list[int]) -> Iterator[Goal]:
    """Each with what was found: of the reads at the size that they are set at, or the largest that was measured."""
    small, large = str(min(sizes)), str(max(sizes))
    reads: Reads = found["reads"][str(JUDGED if JUDGED in sizes else max(sizes))]
    for workload in ("Q1", "Q2", "Q3", "Q4", "Q5"):
        yield Goal(f"{workload} cached, × static", _times(reads, workload, "cached", "static"), least=0.9)
    yield Goal("Q1 cached, × Datasette", _times(reads, "Q1", "cached", "datasette"), least=40)
    yield Goal("304, × static", _times(reads, "304", "cached", "static"), least=1.2)
    for workload, least in (("Q1", 8), ("Q2", 7), ("Q3", 8), ("Q4", 5), ("Q5", 5), ("Q6", 5)):
        times = _times(reads, workload, "pledgebook", "datasette")
        yield Goal(f"{workload} {TITLES[workload]}, uncached, × Datasette", times, least=least)
    yield Goal("P1 page for people, uncached, × Datasette", _times(reads, "P1", "pledgebook", "datasette"), least=1)
    for workload in ("Q1", "Q3"):
        times = _times(reads, workload, "pledgebook", "tutorial")
        yield Goal(f"{workload}, uncached, × tutorial", times, least=100)
    for workload in TITLES if small != large else ():
        if workload != "P1":  # pages for people are none of these goals
            grown = _median(of_large.cpu / of_small.cpu for of_small, of_large in found["growth"][workload])
            what = f"{workload}, CPU a request at {int(large):,} pledges, × that at {int(small):,}"
            yield Goal(what, grown, most=1.5 if workload == "Q4" else 1.3)
    yield from _rest(found, large)


def _rest(found: dict[str, Any], large: str) -> Iterator[Goal]:
    posts, loads, starts = found["posts"], found["loads"], found["starts"]
    crowded = found["crowded"]
    yield Goal("W1, 64 clients, × tutorial", crowded["pledgebook"] / crowded["tutorial"], least=3)
    yield Goal("W1, one client, × tutorial", posts["pledgebook"] / posts["tutorial"], least=3)
    yield Goal("W1, one client, × bare sqlite3", posts["pledgebook"] / posts["bare sqlite3"], least=0.7)
    yield Goal("W2, × `session.add_all`", loads["add_all"]["cpu"] / loads["pledgebook"]["cpu"], least=5)
    yield Goal("cold start, × Datasette's", starts["pledgebook"]["ratio"], most=1.3)
    yield Goal(f"MB under load, {int(large):,} pledges", found["memory"][large]["pledgebook"], most=250)


def _times(reads: Reads, workload: str, own: str, other: str) -> float:
    pairs = zip(reads[workload][own], reads[workload][other], strict=True)
    return _median(another.cpu / one.cpu for one, another in pairs)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
