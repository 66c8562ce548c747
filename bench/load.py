"""Load by wrk from core 1: requests sent in turn, by so many connections for so many seconds, and what came of it."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from bench.servers import HOME, LOAD_CORE, Running, settle

_SCRIPT = """
local targets = { %s }
local at = 0
request = function()
  at = at %% #targets + 1
  return wrk.format("GET", targets[at], { %s })
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %%d, "microseconds": %%d, "wrong": %%d, "p50": %%f, "p99": %%f}',
    summary.requests, summary.duration, errors.status + errors.connect + errors.read + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


class Result(NamedTuple):
    """Of one round: requests a second, milliseconds, microseconds of the server's CPU a request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    wrong: int


def wrk(
    server: Running, targets: Sequence[str], connections: int, seconds: int, if_none_match: str = "", *,
    alone: bool = True,
) -> Result:  # fmt: skip
    """One round, of a server that is asked by nobody else if `alone`. Answers that are no 2xx or 3xx count as wrong."""
    script = HOME / "load.lua"
    header = f'["If-None-Match"] = {json.dumps(if_none_match)}' if if_none_match else ""
    script.write_text(_SCRIPT % (", ".join(json.dumps(target) for target in targets), header), encoding="utf-8")
    pinned = ["taskset", "-c", LOAD_CORE] if shutil.which("taskset") else []
    command = [*pinned, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    before = server.cpu()
    answer = subprocess.run([*command, server.address], capture_output=True, text=True, check=True)
    spent = server.cpu() - before
    if alone:
        settle(server)
    told = json.loads(answer.stdout[answer.stdout.index('{"requests"') :])
    count = max(1, told["requests"])
    return Result(
        told["requests"] / (told["microseconds"] / 1e6), told["p50"], told["p99"], spent / count * 1e6, told["wrong"]
    )
