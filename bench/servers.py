"""The servers that are measured, each a process on core 0: how it is started, what it costs."""

import contextlib
import os
import shutil
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
SERVERS_CORE, LOAD_CORE = "0", "1"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """How one is started; `{port}` stands for its port."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT


@dataclass
class Running:
    """One that answers."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        return self.server.name

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _family(self) -> list[Path]:
        """Its process and those that it has started."""
        own = Path("/proc") / str(self.process.pid)
        children = (own / "task" / str(self.process.pid) / "children").read_text().split()
        return [own, *(Path("/proc") / child for child in children)]

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = [(one / "stat").read_text().rpartition(")")[2].split() for one in self._family()]
        return sum(int(one[11]) + int(one[12]) for one in fields) / _TICKS

    def memory(self) -> float:
        """Megabytes that are its own, without the pages of mapped files: those are the system's, and only lent."""
        lines = [line for one in self._family() for line in (one / "status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def pledgebook(database: Path | str, *, cached: bool, name: str = "pledgebook") -> Server:
    """The project itself over a file or an address, as it is served; its log, as the peers', tells of warnings only."""
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    settings = {"DATABASE_URL": url, "LOG_LEVEL": "warning"} | ({} if cached else {"CACHE_LIMIT": "0"})
    command = [sys.executable, "-m", "app", "serve", "--port", "{port}"]
    return Server(name, command, {f"PLEDGEBOOK_{setting}": value for setting, value in settings.items()})


def uvicorn(name: str, environment: Mapping[str, str], module: str = "", python: str = str(PEERS / "python")) -> Server:
    """A peer that uvicorn serves: the app of the module that is called as it is, or of another."""
    served = f"bench.peers.{module or name}:app"
    quiet = ["--no-access-log", "--log-level", "error"]
    return Server(name, [python, "-m", "uvicorn", "--port", "{port}", *quiet, served], environment)


def peers(book: Path, plain: Path | None, table: Path, answers: Path) -> list[Server]:
    """The others: over the project's own database, the tutorial's (if there is one), and the table of Datasette."""
    gunicorn = [str(PEERS / "gunicorn"), "--bind", "127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    gunicorn += ["--graceful-timeout", "1"]
    datasette = [str(PEERS / "datasette"), "serve", "-i", str(table), "-m", str(table.with_suffix(".json"))]
    limits = ["--setting", "sql_time_limit_ms", "20000", "--setting", "num_sql_threads", "1"]
    found = [
        uvicorn("static", {"BENCH_ANSWERS": str(answers)}),
        uvicorn("raw", {"BENCH_DATABASE": str(book)}),
        Server("datasette", [*datasette, "-p", "{port}", *limits]),
    ]
    if plain is not None:
        filled = {"BENCH_DATABASE": str(plain)}
        found.append(uvicorn("tutorial", filled))
        found.append(Server("drf", [*gunicorn, "--log-level", "error", "bench.peers.drf:application"], filled))
    return found


@contextlib.contextmanager
def running(server: Server, probe: str = "/") -> Iterator[Running]:
    """The server, from its first answer on."""
    port = _free_port()
    started = Running(server, port, _started(server, port))
    try:
        until_answered(started, probe)
        yield started
    finally:
        _stop(started.process)


def settle(server: Running) -> None:
    """Wait until a server is done with what its clients have left behind, so that the next has the core for itself.

    One that would take longer than a start is started anew.
    """
    for _ in range(10):
        before = server.cpu()
        time.sleep(0.2)
        if server.cpu() - before < 0.02:
            return
    _stop(server.process)
    server.process = _started(server.server, server.port)
    until_answered(server, "/")


def _started(server: Server, port: int) -> subprocess.Popen[bytes]:
    command = [part.replace("{port}", str(port)) for part in server.command]
    # Compiled files are kept, as on any machine: those of the peers' packages are there already.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, **server.environment}
    pinned = ["taskset", "-c", SERVERS_CORE] if shutil.which("taskset") else []
    with (HOME / f"{server.name}.log").open("wb") as log:
        return subprocess.Popen([*pinned, *command], cwd=server.folder, env=environment, stdout=log, stderr=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:  # it is still at the questions it was asked last
        process.kill()
        process.wait()


def until_answered(server: Running, target: str) -> None:
    """Ask until any answer comes."""
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
