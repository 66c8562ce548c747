"""Server processes: start them on core 0, wait until they answer, read their CPU time."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".bench"
PEERS = HOME / "peers" / "bin"
ON_SERVER_CORE = ("taskset", "-c", "0")
ON_LOAD_CORE = ("taskset", "-c", "1")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A name and the command that starts the server; `{port}` in the command is replaced by a free port."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Running:
    """A started server."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        return self.server.name

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds of the process and its children, threads included, since the start."""
        return family_cpu(self.process.pid)

    def settle(self) -> None:
        """Wait until the server has finished the requests of clients that are gone; after 2 seconds, restart it."""
        for _ in range(10):
            before = self.cpu()
            time.sleep(0.2)
            if self.cpu() - before < 0.02:
                return
        _stop(self.process)
        self.process = _start(self.server, self.port)
        _wait_for_answer(self, "/")


def family_cpu(process: int) -> float:
    """CPU seconds of a process, of its children that run, and of its children that have ended."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return (_ticks(process, with_ended_children=True) + sum(_ticks(int(child)) for child in children)) / _TICKS


def _ticks(process: int, *, with_ended_children: bool = False) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it ended after its parent's list was read
        return 0
    return sum(int(one) for one in fields[11 : 15 if with_ended_children else 13])


# The servers ----------------------------------------------------------------------------------------------------------


def pledgebook(database: Path | str, *, cached: bool, name: str = "") -> Server:
    """The project as `serve` starts it, over a SQLite file or a PostgreSQL address, with warnings in its log only."""
    command = [sys.executable, "-m", "app", "serve", "--port", "{port}"]
    return Server(name or ("cached" if cached else "pledgebook"), command, settings(database, cached=cached))


def settings(database: Path | str, *, cached: bool) -> dict[str, str]:
    """The project's environment. Without the cache every response is computed."""
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    found = {"PLEDGEBOOK_DATABASE_URL": url, "PLEDGEBOOK_LOG_LEVEL": "warning"}
    return found if cached else {**found, "PLEDGEBOOK_CACHE_LIMIT": "0"}


def static(answers: Path) -> Server:
    return _uvicorn("static", {"BENCH_ANSWERS": str(answers)})


def raw(database: Path | str) -> Server:
    """The bare app of the database's engine."""
    module = "raw" if isinstance(database, Path) else "raw_postgresql"
    return _uvicorn("raw", {"BENCH_DATABASE": str(database)}, module)


def tutorial(database: Path) -> Server:
    return _uvicorn("tutorial", {"BENCH_DATABASE": str(database)})


def datasette(table: Path) -> Server:
    command = [str(PEERS / "datasette"), "serve", "-i", str(table), "-m", str(table.with_suffix(".json"))]
    limits = ["--setting", "sql_time_limit_ms", "20000", "--setting", "num_sql_threads", "1"]
    return Server("datasette", [*command, "-p", "{port}", *limits])


def _uvicorn(name: str, environment: Mapping[str, str], module: str = "") -> Server:
    command = [str(PEERS / "uvicorn"), "--port", "{port}", "--no-access-log", "--log-level", "error"]
    return Server(name, [*command, f"bench.peers.{module or name}:app"], environment)


# Starting and stopping ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def running(server: Server, probe: str = "/") -> Iterator[Running]:
    """Start the server; it has answered `probe` when the block begins, and is stopped when the block ends."""
    port = _free_port()
    started = Running(server, port, _start(server, port))
    try:
        _wait_for_answer(started, probe)
        yield started
    finally:
        _stop(started.process)


def _start(server: Server, port: int) -> subprocess.Popen[bytes]:
    command = [part.replace("{port}", str(port)) for part in server.command]
    # Every server may use and write compiled files, as on any machine.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**inherited, **server.environment}
    with (HOME / f"{server.name}.log").open("wb") as log:
        return subprocess.Popen([*ON_SERVER_CORE, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:  # it still works on its last requests
        process.kill()
        process.wait()


def _wait_for_answer(server: Running, target: str) -> None:
    """Send a request every 10 ms until one is answered, with whatever status."""
    for _ in range(12_000):
        try:
            with urllib.request.urlopen(f"{server.address}{target}", timeout=60):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if server.process.poll() is not None:
                raise RuntimeError(f"{server.name} did not start; see {HOME / server.name}.log") from None
            time.sleep(0.01)
    raise RuntimeError(f"{server.name} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
