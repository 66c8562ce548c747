"""Results: `bench/RESULTS.md`, the goals with the last three runs in one table and the details of the last run."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.goals import Goal, cpu_ratio, goals, median, ratio
from bench.load import Result
from bench.servers import HOME, ROOT
from bench.workloads import TITLES

_PAGE = Path(__file__).resolve().parent / "RESULTS.md"
_RUNS = HOME / "runs.json"
_RUNS_JUDGED = 3

_INTRODUCTION = """# Results

Written by `make bench`; [README.md](README.md) says what is compared and how. A goal is judged by the median of the
last three runs of the same code ({runs} so far). Figures are medians of {rounds} rounds of {seconds} s, ratios are
taken within a round. CPU is that of the server process, per request. "× Datasette", "× static", "× tutorial" and
"× `add_all`" say how many times less the project takes; "× raw psycopg", "× bare FastAPI route", growth and cold start
say how many times more.

`pledgebook` is the project without its response cache, `cached` the project with it."""


def write(found: Mapping[str, Any]) -> None:
    """Write the page from what a run has found."""
    judged = list(goals(found))
    runs = _record(judged, found)
    introduction = _INTRODUCTION.format(runs=len(runs), rounds=found["rounds"], seconds=found["seconds"])
    parts = [introduction, "## Goals", _goals(judged, runs)]
    for size, reads in found["sqlite"].items():
        parts += [f"## SQLite, {int(size):,} pledges, 64 connections", *_reads(reads, "datasette")]
    parts += [
        f"## PostgreSQL, {found['judged']:,} pledges, 64 connections",
        *_reads(found["postgresql"], "raw"),
        "CPU of PostgreSQL's own processes, µs per request:",
        _by_server(found["postgresql"], lambda results: _figure(median(one.backend for one in results))),
        "## In process, growth, writes, starts",
        _in_process(found["in_process"]),
        *(_growth(engine, by_workload, found["sizes"]) for engine, by_workload in found["growth"].items()),
        _writes(found),
        _starts(found["starts"]),
        "## Reads while topics change 50 times a second",
        _under_writes(found["under_writes"]),
    ]
    _PAGE.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")


def _record(judged: Sequence[Goal], found: Mapping[str, Any]) -> list[dict[str, float]]:
    """Keep this run, and return the last three runs with the same code, sizes and rounds."""
    files = [file for folder in ("app", "bench") for file in sorted((ROOT / folder).rglob("*.py"))]
    code = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    key = json.dumps([code, *(found[name] for name in ("sizes", "rounds", "seconds"))])
    kept = json.loads(_RUNS.read_text(encoding="utf-8")) if _RUNS.exists() else {}
    runs: list[dict[str, float]] = [*kept.get(key, []), {goal.name: goal.value for goal in judged}][-_RUNS_JUDGED:]
    _RUNS.write_text(json.dumps({**kept, key: runs}, indent=1), encoding="utf-8")
    return runs


# Tables ---------------------------------------------------------------------------------------------------------------


def _goals(judged: Sequence[Goal], runs: Sequence[Mapping[str, float]]) -> str:
    rows = []
    for goal in judged:
        values = [run[goal.name] for run in runs]
        middle = median(values)
        cells = [_figure(value) for value in values] + [""] * (_RUNS_JUDGED - len(values))
        reached = "yes" if goal.is_reached(middle) else "**no**"
        rows.append([goal.name, f"{goal.sign} {goal.bound:g}", *cells, _figure(middle), reached])
    return _table(["", "goal", *(f"run {number + 1}" for number in range(_RUNS_JUDGED)), "median", "reached"], rows)


def _reads(reads: Mapping[str, Mapping[str, list[Result]]], other: str) -> list[str]:
    wrong = {f"{name} {workload}": sum(one.wrong for one in results)
             for workload, by_server in reads.items() for name, results in by_server.items()}  # fmt: skip
    ratios = [[f"{workload} {TITLES[workload]}", *(_figure(cpu_ratio(by_server, name, other)) for name in by_server)]
              for workload, by_server in reads.items()]  # fmt: skip
    return [
        "CPU, µs per request:",
        _by_server(reads, lambda results: _figure(median(one.cpu for one in results))),
        f"CPU, ÷ that of {other}:",
        _table(["", *reads["Q1"]], ratios),
        "Requests a second, with p50 / p99 in ms:",
        _by_server(reads, _rate),
        f"Wrong answers: {', '.join(f'{name} {count}' for name, count in wrong.items() if count) or 'none'}.",
    ]


def _by_server(reads: Mapping[str, Mapping[str, list[Result]]], cell: Callable[[list[Result]], str]) -> str:
    rows = [[f"{workload} {TITLES[workload]}", *map(cell, by_server.values())] for workload, by_server in reads.items()]
    return _table(["", *reads["Q1"]], rows)


def _rate(results: list[Result]) -> str:
    rate, p50, p99 = (median(getattr(one, name) for one in results) for name in ("rate", "p50", "p99"))
    return f"{_figure(rate)} ({_figure(p50)} / {_figure(p99)})"


def _in_process(rounds: Sequence[Sequence[float]]) -> str:
    own, bare = (median(values) for values in zip(*rounds, strict=True))
    return (
        f"In process, without an HTTP server and without the cache: {_figure(own)} µs of CPU for a page by topic of 50 "
        f"pledges, {_figure(bare)} µs for a bare FastAPI route that returns 15 kB."
    )


def _growth(engine: str, by_workload: Mapping[str, Sequence[Sequence[float]]], sizes: Sequence[int]) -> str:
    if not by_workload:
        return ""
    rows = []
    for workload, pairs in by_workload.items():
        small, large = zip(*pairs, strict=True)
        rows.append(
            [f"{workload} {TITLES[workload]}", *map(_figure, (median(small), median(large), ratio(large, small)))]
        )
    heading = f"Growth on {engine}, the two books measured in turn, CPU in µs per request:"
    return f"{heading}\n\n{_table(['', f'{sizes[0]:,}', f'{sizes[-1]:,}', 'ratio'], rows)}"


def _writes(found: Mapping[str, Any]) -> str:
    rates = ", ".join(f"{name} {_figure(median(each))}" for name, each in found["posts"].items())
    cpu = ", ".join(f"{name} {_figure(median(each))} s" for name, each in found["loads"].items())
    return (
        f"W1, a book of {found['judged']:,} pledges, meetings of 20 pledges a second that 64 clients post: {rates}.\n\n"
        f"W2, CPU to load {found['judged']:,} pledges: {cpu}."
    )


def _starts(starts: Mapping[str, Sequence[Sequence[float]]]) -> str:
    rows = [[name, *(f"{median(values):.2f}" for values in zip(*each, strict=True))] for name, each in starts.items()]
    return f"From the command to the first page:\n\n{_table(['', 'seconds', 'seconds of CPU'], rows)}"


def _under_writes(found: Mapping[str, Sequence[tuple[Result, float]]]) -> str:
    rows = []
    for name, rounds in found.items():
        results = [result for result, _ in rounds]
        cpu = _figure(median(result.cpu for result in results))
        rows.append([name, cpu, _rate(results), _figure(median(written for _, written in rounds))])
    header = ["", "CPU, µs per page", "pages a second (p50 / p99 ms)", "writes a second"]
    return f"The cache must not hurt here. CPU includes that of the writes.\n\n{_table(header, rows)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *(["---:"] * (len(header) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
