"""Load: one round of requests by wrk from core 1, and what it cost the server on core 0."""

import json
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.servers import HOME, ON_LOAD_CORE, Running

CONNECTIONS = 64
_SCRIPT = """
local targets = { %s }
local at = 0
request = function()
  at = at %% #targets + 1
  return wrk.format("GET", targets[at])
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %%d, "microseconds": %%d, "wrong": %%d, "p50": %%f, "p99": %%f}',
    summary.requests, summary.duration, errors.status + errors.connect + errors.read + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


class Result(NamedTuple):
    """One round of one server."""

    rate: float  # requests a second
    p50: float  # milliseconds
    p99: float
    cpu: float  # microseconds of CPU of the server process per request
    wrong: int  # answers that are not 2xx, and failed connections
    backend: float = 0.0  # microseconds of CPU of PostgreSQL's processes per request


def wrk(
    server: Running,
    targets: Sequence[str],
    seconds: int,
    *,
    backend_cpu: Callable[[], float] | None = None,
    settle: bool = True,
) -> Result:
    """Send the targets in turn over 64 connections, then wait for the server to settle.

    `backend_cpu` returns the CPU seconds of PostgreSQL so far.
    """
    script = HOME / "load.lua"
    script.write_text(_SCRIPT % ", ".join(json.dumps(target) for target in targets), encoding="utf-8")
    command = [*ON_LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    before = server.cpu(), backend_cpu() if backend_cpu else 0.0
    output = subprocess.run([*command, server.address], capture_output=True, text=True, check=True).stdout
    after = server.cpu(), backend_cpu() if backend_cpu else 0.0
    if settle:
        server.settle()
    found = json.loads(output[output.index('{"requests"') :])
    cpu, backend = ((end - start) / max(1, found["requests"]) * 1e6 for start, end in zip(before, after, strict=True))
    rate = found["requests"] / (found["microseconds"] / 1e6)
    return Result(rate, found["p50"], found["p99"], cpu, found["wrong"], backend)
