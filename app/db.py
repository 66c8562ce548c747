"""The engines and the two kinds of session: reading and writing.

On both engines a write transaction holds one lock from its first statement, so that the ledger's `seq` rises in commit
order; it is committed, to disk, before `writing` returns. A reading session sees one snapshot and cannot write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

# SQLite waits this long for another process's lock before it gives up; PostgreSQL gets the same by lock_timeout.
_WRITER_LOCK = 0x706C6564  # "pled", the advisory lock of all writers


class Database:
    """The book's database: one engine that writes, one that reads."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer, self.reader = _sqlite_engines(self.url, timeout)
        else:
            self.writer, self.reader = _postgresql_engines(self.url, timeout)

    @property
    def exists(self) -> bool:
        """False only for an SQLite file that nobody has made yet."""
        return not self.is_sqlite or Path(str(self.url.database)).exists()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one snapshot of the book."""
        with Session(self.reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Session]:
        """A session that holds the writing lock; all of it is on disk when this returns, or none of it is kept."""
        with Session(self.writer, autoflush=False, expire_on_commit=False) as session:
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
            yield session
            if commit:
                session.commit()
            else:
                session.rollback()

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def _with_driver(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("the database URL must begin with sqlite:/// or postgresql://")
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        raise ValueError("SQLite needs a file: sqlite:///pledgebook.db")
    return parsed


def _sqlite_engines(url: URL, timeout: float) -> tuple[Engine, Engine]:
    arguments = {"check_same_thread": False, "timeout": timeout}
    # One writing connection, whose pool is the queue of writers.
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=timeout, connect_args=arguments)
    reader = create_engine(url, pool_size=8, max_overflow=32, pool_timeout=timeout, connect_args=arguments)

    def open_writer(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def open_reader(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON", "mmap_size=268435456"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(writer, "connect", open_writer)
    event.listen(reader, "connect", open_reader)
    # IMMEDIATE: a transaction that first reads and then writes would otherwise lose the lock, or another's update.
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, reader


def _postgresql_engines(url: URL, timeout: float) -> tuple[Engine, Engine]:
    milliseconds = int(timeout * 1000)
    options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c synchronous_commit=on"
    arguments = {"options": options}
    writer = create_engine(
        url, pool_size=4, max_overflow=28, pool_timeout=timeout, pool_pre_ping=True, connect_args=arguments
    )
    reader = create_engine(
        url,
        pool_size=8,
        max_overflow=32,
        pool_timeout=timeout,
        pool_pre_ping=True,
        connect_args=arguments,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )
    return writer, reader
