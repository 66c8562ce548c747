"""The results as a page (`bench/RESULTS.md`) and a plot of cost against size (`bench/cost.svg`)."""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.goals import goals, table
from bench.load import Result
from bench.runs import record
from bench.workloads import TITLES

HERE = Path(__file__).resolve().parent
COLUMNS = ("cached", "pledgebook", "static", "raw", "datasette", "tutorial", "drf")
_COLOURS = {"pledgebook": "#0b5394", "datasette": "#b45f06", "tutorial": "#a61c00", "drf": "#741b47", "raw": "#38761d"}

# Answers a second below which what 64 clients have asked and not been told yet is a large part of a round.
_FEW = 200

Reads = dict[str, dict[str, list[Result]]]


def write(found: dict[str, Any], sizes: list[int], rounds: int, seconds: int) -> None:
    (HERE / "RESULTS.md").write_text(_page(found, sizes, rounds, seconds), encoding="utf-8")
    (HERE / "cost.svg").write_text(_plot(found["reads"], sizes), encoding="utf-8")


def _page(found: dict[str, Any], sizes: list[int], rounds: int, seconds: int) -> str:
    wanted = list(goals(found, sizes))
    runs = record({goal.what: goal.found for goal in wanted}, sizes, rounds, seconds)
    told = _GOALS.format(runs=len(runs))
    parts = [_INTRODUCTION.format(rounds=rounds, seconds=seconds), "## Goals", told, table(wanted, runs)]
    for size in sizes:
        reads: Reads = found["reads"][str(size)]
        parts += [
            f"## {size:,} pledges, 64 connections", "Requests a second, medians:", _table(reads, _rate),
            "CPU of a request, in times of what the project takes uncached: the median of the ratios within a round:",
            _table(reads, _ratio(reads, "pledgebook")),
            "Microseconds of the server's CPU a request, medians:", _table(reads, _cpu),
            "Milliseconds, p50 / p99:", _table(reads, _latency),
            _unchanged(reads),
            f"Wrong answers: {_wrong(reads)}.",
            f"Memory of its own after the rounds, MB: {_memory(found['memory'][str(size)])}.",
        ]  # fmt: skip
    parts += ["## Cost and size", _growth(found, sizes), "![CPU a request against size](cost.svg)"]
    parts += ["## Connections", "Pages by topic a second.", _connections(found["connections"])]
    parts += [f"## PostgreSQL, {min(sizes):,} pledges", _POSTGRESQL, _beside_raw(found["postgresql"])]
    parts += ["## Reads while others write", _DISTURBED, _disturbed(found["disturbed"])]
    parts += [
        f"## Writing, a book of {found['written']:,} pledges",
        _writing(found),
        "## Cold start",
        _starting(found["starts"]),
    ]
    return "\n\n".join(parts) + "\n"


def _unchanged(reads: Reads) -> str:
    own, static = reads["304"]["cached"], reads["304"]["static"]
    over = _over(own, static)
    return f"An unchanged page (304): {_rate(own)} a second, {over} × the CPU that static takes to send the page."


def _memory(peaks: dict[str, float]) -> str:
    return ", ".join(f"{name} {peak:.0f}" for name, peak in peaks.items())


_INTRODUCTION = """# Results

Made by `make bench`; how is told in `bench/run.py`. Every figure is a median of {rounds} rounds of {seconds} s, in
which all servers had their turns one after the other, each with one worker on core 0, wrk on core 1. Goals are
judged by the CPU that a request takes of its server, which swings less than the rate does. `≤` marks where so few were
answered in a round that those left unanswered at its end weigh in: it takes at most so much.

`pledgebook` keeps no answers (`PLEDGEBOOK_CACHE_LIMIT=0`), `cached` does. `static` is a bare ASGI app that sends the
project's own answers from memory, with their headers; `raw` a bare ASGI app with one hand-written statement on the
project's database, which checks nothing. `datasette` has tuned tables, indexes and keyset SQL and an immutable file;
its tables are simpler than the project's. `tutorial` is FastAPI with SQLModel as their tutorials build it, `drf` Django
REST Framework over the same tables; neither is filled beyond 200,000 pledges, which would take `session.add_all` the
better part of an hour. Facets of `pledgebook` count mentions, undertakings and new ones; those of the others count
rows. P1 is a page of HTML with 50 pledges, asked for by 4 connections: the project's with facets beside it, and
Datasette's own page of a table."""


_GOALS = "Judged by the median of the last runs of this code ({runs}); all other figures are of the last one alone."


# Tables ---------------------------------------------------------------------------------------------------------------


def _table(reads: Reads, cell: Callable[[list[Result]], str]) -> str:
    lines = [f"| | {' | '.join(COLUMNS)} |", f"| --- |{' ---: |' * len(COLUMNS)}"]
    for workload, title in TITLES.items():
        cells = [cell(reads[workload][name]) if name in reads[workload] else "" for name in COLUMNS]
        lines.append(f"| {workload} {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _rate(results: list[Result]) -> str:
    return _short(statistics.median(one.rate for one in results))


def _cpu(results: list[Result]) -> str:
    """At most so much, where so few answers came in a round that those still begun at its end weigh in."""
    few = statistics.median(one.rate for one in results) < _FEW
    return ("≤ " if few else "") + _short(statistics.median(one.cpu for one in results))


def _latency(results: list[Result]) -> str:
    p50, p99 = (statistics.median(values) for values in zip(*((one.p50, one.p99) for one in results), strict=True))
    return f"{_short(p50)} / {_short(p99)}"


def _ratio(reads: Reads, over: str) -> Callable[[list[Result]], str]:
    of = {id(results): by_server[over] for by_server in reads.values() for results in by_server.values()
          if over in by_server}  # fmt: skip
    return lambda results: _over(results, of[id(results)])


def _over(results: Sequence[Result], others: Sequence[Result]) -> str:
    return _short(statistics.median(one.cpu / other.cpu for one, other in zip(results, others, strict=True)))


def _wrong(reads: Reads) -> str:
    wrong = {f"{name} {workload}": sum(one.wrong for one in results)
             for workload, by_server in reads.items() for name, results in by_server.items()}  # fmt: skip
    return ", ".join(f"{name} {count}" for name, count in wrong.items() if count) or "none"


def _short(value: float) -> str:
    """Three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _growth(found: dict[str, Any], sizes: list[int]) -> str:
    reads: dict[str, Reads] = found["reads"]
    first, last = str(min(sizes)), str(max(sizes))
    names = ("raw", "datasette", "tutorial", "drf")
    told = (f"CPU a request with {int(last):,} pledges against {int(first):,}: of the project from both in turn, of "
            "the others from the rounds above, between which the machine may have changed.")  # fmt: skip
    lines = [told, "", f"| | pledgebook | {' | '.join(names)} |", f"| --- |{' ---: |' * (len(names) + 1)}"]  # fmt: skip
    for workload, title in TITLES.items():
        small, large = zip(*found["growth"][workload], strict=True)
        cells = [_short(_median_cpu(reads[last], workload, name) / _median_cpu(reads[first], workload, name))
                 if name in reads[last][workload] else "" for name in names]  # fmt: skip
        lines.append(f"| {workload} {title} | {_over(large, small)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _median_cpu(reads: Reads, workload: str, name: str) -> float:
    return statistics.median(one.cpu for one in reads[workload][name])


def _connections(rates: dict[str, dict[str, float]]) -> str:
    counts = list(next(iter(rates.values())))
    lines = [f"| | {' | '.join(counts)} |", f"| --- |{' ---: |' * len(counts)}"]
    lines += [f"| {name} | {' | '.join(_short(rate) for rate in of.values())} |" for name, of in rates.items()]
    return "\n".join(lines)


_POSTGRESQL = """The project on PostgreSQL beside `raw`, a bare ASGI app with psycopg that sends the same statements by
hand and checks nothing: requests a second, and in brackets the CPU that the app takes for one, in times of what raw
takes."""

_DISTURBED = """Pages by topic by 64 connections, while ten clients change topics, together 50 times a second if they
are let: each change ends what was kept. Medians."""


def _beside_raw(reads: Reads) -> str:
    names = ("cached", "pledgebook", "raw")
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for workload, of in reads.items():
        cells = [f"{_rate(of[name])} ({_over(of[name], of['raw'])})" for name in names]
        lines.append(f"| {workload} {TITLES[workload]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _disturbed(found: dict[str, list[tuple[Result, float]]]) -> str:
    lines = ["| | pages a second | µs of CPU a page | p50 / p99 ms | writes a second |", f"| --- |{' ---: |' * 4}"]
    for name, rounds in found.items():
        results = [result for result, _ in rounds]
        written = _short(statistics.median(rate for _, rate in rounds))
        cells = (_rate(results), _short(statistics.median(one.cpu for one in results)), _latency(results), written)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _writing(found: dict[str, Any]) -> str:
    posts, crowded, loads = found["posts"], found["crowded"], found["loads"]
    told = ", ".join(f"{name} {_short(rate)}" for name, rate in posts.items())
    of_many = ", ".join(f"{name} {_short(rate)}" for name, rate in crowded.items())
    own, plain = loads["pledgebook"], loads["add_all"]
    return (
        f"W1, meetings of 6 participants and 20 pledges a second, each on disk, one client: {told}. The project writes "
        f"{_short(posts['pledgebook'] / posts['tutorial'])} × as many as the tutorial app, and "
        f"{_short(posts['pledgebook'] / posts['bare sqlite3'])} of what bare sqlite3 does with the same statements. "
        f"Of 64 clients that all wait to post: {of_many}, {_short(crowded['pledgebook'] / crowded['tutorial'])} × as "
        f"many.\n\nW2, the book loaded: {_short(own['cpu'])} s of CPU and {own['megabytes']:.0f} MB by "
        f"`pledgebook load`, {_short(plain['cpu'])} s and {plain['megabytes']:.0f} MB by the tutorial app's "
        f"`session.add_all`, which checks, hashes and indexes nothing: {_short(plain['cpu'] / own['cpu'])} × as fast."
    )


def _starting(starts: dict[str, dict[str, float]]) -> str:
    lines = ["From the command to the first page:", "", "| | seconds | of CPU |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {one['seconds']:.2f} | {one['cpu']:.2f} |" for name, one in starts.items()]
    lines.append("")
    lines.append(
        f"The project takes {starts['pledgebook']['ratio']:.2f} × Datasette's CPU of the same round: a median."
    )
    return "\n".join(lines)


# The plot -------------------------------------------------------------------------------------------------------------

_WIDE, _HIGH, _EDGE = 240, 170, 34


def _plot(reads: dict[str, Reads], sizes: list[int]) -> str:
    """A small plot for each workload: microseconds of CPU a request (up) against pledges (right), both logarithmic."""
    charts = "".join(
        f'<g transform="translate({column * (_WIDE + 30) + 10},{row * (_HIGH + 40) + 10})">'
        f"{_chart(reads, sizes, workload)}</g>"
        for row in range(2)
        for column, workload in enumerate(list(TITLES)[row * 3 : row * 3 + 3])
    )
    names = "".join(
        f'<text x="{20 + 130 * index}" y="{2 * (_HIGH + 40) + 24}" fill="{colour}">{name}</text>'
        for index, (name, colour) in enumerate(_COLOURS.items())
    )
    size = f'viewBox="0 0 {3 * (_WIDE + 30) + 10} {2 * (_HIGH + 40) + 40}"'
    style = 'font-family="sans-serif" font-size="12"'
    title = "<title>CPU of a request in microseconds against pledges in the book</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} role="img">{title}{charts}{names}</svg>\n'


def _chart(reads: dict[str, Reads], sizes: list[int], workload: str) -> str:
    left, right = math.log10(min(sizes)), math.log10(max(sizes))

    def across(size: int) -> float:
        return _EDGE + (math.log10(size) - left) / ((right - left) or 1) * (_WIDE - _EDGE - 10)

    def up(cpu: float) -> float:
        return _HIGH - 20 - (math.log10(max(cpu, 10)) - 1) / 6 * (_HIGH - 40)  # from 10 microseconds to 10 seconds

    parts = [f'<text x="{_EDGE}" y="12">{workload} {TITLES[workload]}</text>']
    for power in range(1, 8):
        y = up(10**power)
        parts.append(f'<line x1="{_EDGE}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        if power % 2:
            parts.append(f'<text x="0" y="{y + 4:.1f}" font-size="9">{_unit(10**power)}</text>')
    for size in sizes:
        parts.append(f'<text x="{across(size) - 14:.1f}" y="{_HIGH}" font-size="9">{size:,}</text>')
    for name, colour in _COLOURS.items():
        points = [(across(size), up(_median_cpu(reads[str(size)], workload, name))) for size in sizes
                  if name in reads[str(size)][workload]]  # fmt: skip
        parts.append(_line(points, colour))
    return "".join(parts)


def _line(points: Iterable[tuple[float, float]], colour: str) -> str:
    places = list(points)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def _unit(microseconds: int) -> str:
    return f"{microseconds} µs" if microseconds < 1000 else f"{microseconds // 1000} ms"
