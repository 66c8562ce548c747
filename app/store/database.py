"""The database: its engines, the writing lock, snapshots, and the rule which reads run in a thread.

On SQLite and PostgreSQL alike, a write transaction holds one lock from its first statement, so that the ledger's `seq`
rises in commit order; it is committed, to disk, before `writing` returns. A reading connection cannot write.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from anyio import to_thread
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")

_BEGIN_SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ"}
# Steps of SQLite's virtual machine: a page by an index takes some 3,000.
_STEPS_A_CALL, _MOST_STEPS = 1000, 100_000
_MAPPED = 2**31 - 2**16  # bytes of the file that a reader maps into memory: as much as SQLite takes

_WRITER_LOCK = 0x706C6564  # "pled", the advisory lock of all writers

# What the database's state is to blame for, not the statement: it may be otherwise when tried again.
_SQLITE_FAULTS = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip
_READ_ONLY = "25006"
# SQLSTATE, or its class: connection lost, transaction rolled back, out of resources, not in this state, stopped by
# its operator (a time limit and a restart among them), a fault of the system it runs on.
_POSTGRESQL_FAULTS = ("08", "40", "53", "55", "57", "58", _READ_ONLY)


def in_parts(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Ids in order, so many at a time: a statement that names them all would outgrow what an engine takes."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def is_unavailable(error: Exception) -> bool:
    """Is it the database that cannot serve just now (locked, full, read-only, restarting), not the request?"""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _SQLITE_FAULTS
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRESQL_FAULTS)
    return error.connection_invalidated or isinstance(error, OperationalError)


class Database:
    """The book's database: one engine that writes, and one that reads in autocommit mode."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._steps = 0
        self._loop_connection: Connection | None = None
        self._loop_lock = Lock()
        if self.is_sqlite:
            self.writer, self.reader, self._short = _sqlite_engines(self.url, timeout, self._is_long)
        else:
            self.writer, self.reader = _postgresql_engines(self.url, timeout)

    @property
    def exists(self) -> bool:
        """False only for an SQLite file that nobody has made yet."""
        return not self.is_sqlite or Path(str(self.url.database)).exists()

    @contextmanager
    def reading(self, *, is_snapshot: bool = True) -> Iterator[Connection]:
        """A connection that cannot write. With `is_snapshot`, all its statements see one state of the book."""
        with self.reader.connect() as connection:
            if is_snapshot:
                connection.exec_driver_sql(_BEGIN_SNAPSHOT[connection.dialect.name])
            yield connection

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Connection]:
        """A connection that holds the writing lock; all of it is on disk when this returns, or none of it is kept."""
        with self.writer.connect() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
            yield connection
            if commit:
                connection.commit()

    async def read(self, function: Callable[[Connection], T], *, is_snapshot: bool = True) -> T:
        """Run a read and return what it returns. This is the one rule for threads, for all reads of the server.

        On SQLite, a read first runs on the event loop, and is stopped after `_MOST_STEPS`. A read that is stopped or
        fails there runs again in a thread, as do all reads on PostgreSQL. So `function` must only read.
        """
        if self.is_sqlite and self._loop_lock.acquire(blocking=False):
            try:
                return self._read_on_loop(function, is_snapshot)
            except DBAPIError:
                self._close_loop_connection()
            finally:
                self._loop_lock.release()
        return await to_thread.run_sync(self.read_in_thread, function, is_snapshot)

    def _read_on_loop(self, function: Callable[[Connection], T], is_snapshot: bool) -> T:
        self._steps = 0
        if self._loop_connection is None:
            self._loop_connection = self._short.connect()
        connection = self._loop_connection
        try:
            if is_snapshot:
                connection.exec_driver_sql(_BEGIN_SNAPSHOT["sqlite"])
            return function(connection)
        finally:
            connection.rollback()

    def _close_loop_connection(self) -> None:
        if self._loop_connection is not None:
            self._loop_connection.close()
            self._loop_connection = None

    def read_in_thread(self, function: Callable[[Connection], T], is_snapshot: bool = True) -> T:
        """Run a read in this thread and return what it returns; again, if its connection turns out to be closed."""
        try:
            with self.reading(is_snapshot=is_snapshot) as connection:
                return function(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        # The database server had closed the connection. The pool has now dropped all that are as old.
        with self.reading(is_snapshot=is_snapshot) as connection:
            return function(connection)

    def _is_long(self) -> bool:
        """Called by SQLite every `_STEPS_A_CALL` steps of a read on the event loop; True stops it."""
        self._steps += _STEPS_A_CALL
        return self._steps > _MOST_STEPS

    def copy_to(self, file: Path) -> None:
        """A consistent copy of an SQLite book, made while others write. VACUUM must stand outside a transaction."""
        # SQLite does not bring the copy to disk itself, and a stopped VACUUM leaves half a file: a whole one is named.
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        with self.reader.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA query_only=OFF")
            try:
                driver.execute("VACUUM INTO ?", (str(unfinished),))
            except sqlite3.Error as error:
                unfinished.unlink(missing_ok=True)
                raise OSError(f"{file} cannot be written: {error}") from error
            finally:
                driver.execute("PRAGMA query_only=ON")
        _bring_to_disk(unfinished)
        unfinished.rename(file)
        _bring_to_disk(file.parent)

    def close(self) -> None:
        """Close all connections. The next use opens new ones."""
        self._close_loop_connection()
        for engine in (self.writer, self.reader, *([self._short] if self.is_sqlite else [])):
            engine.dispose()


def _bring_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("the database URL must begin with sqlite:/// or postgresql://") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("the database URL must begin with sqlite:/// or postgresql://")
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        raise ValueError("SQLite needs a file: sqlite:///pledgebook.db")
    return parsed


def _sqlite_engines(url: URL, timeout: float, is_long: Callable[[], bool]) -> tuple[Engine, Engine, Engine]:
    """The writer, the reader, and a reader of one connection that never waits, for the event loop."""
    # So long it waits for another process's lock; PostgreSQL gets the same by lock_timeout.
    arguments = {"check_same_thread": False, "timeout": timeout}
    # One writing connection, whose pool is the queue of writers.
    pool: dict[str, Any] = {"pool_timeout": timeout, "connect_args": arguments, "hide_parameters": True}
    writer = create_engine(url, pool_size=1, max_overflow=0, **pool)
    reader = create_engine(url, pool_size=8, max_overflow=32, **pool)
    no_wait: dict[str, Any] = {**pool, "pool_timeout": 0, "connect_args": {**arguments, "timeout": 0}}
    short = create_engine(url, pool_size=1, max_overflow=0, **no_wait)

    def open_writer(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def open_reader(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON", f"mmap_size={_MAPPED}"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(writer, "connect", open_writer)
    # IMMEDIATE: a transaction that first reads and then writes would otherwise lose the lock, or another's update.
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader, "connect", open_reader)
    event.listen(short, "connect", open_reader)
    event.listen(short, "connect", lambda connection, _: connection.set_progress_handler(is_long, _STEPS_A_CALL))
    return writer, reader, short


def _postgresql_engines(url: URL, timeout: float) -> tuple[Engine, Engine]:
    milliseconds = int(timeout * 1000)
    options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
    arguments = {"connect_timeout": max(2, int(timeout))}
    pool: dict[str, Any] = {"pool_timeout": timeout, "hide_parameters": True}
    # A write is never sent twice, so its connection is checked first.
    writing = {**arguments, "options": f"{options} -c synchronous_commit=on"}
    writer = create_engine(url, pool_size=4, max_overflow=28, pool_pre_ping=True, connect_args=writing, **pool)
    reading = {**arguments, "options": f"{options} -c default_transaction_read_only=on"}
    reader = create_engine(
        url, pool_size=8, max_overflow=32, isolation_level="AUTOCOMMIT", connect_args=reading, **pool
    )
    event.listen(writer, "handle_error", _leave_what_has_become_read_only)
    return writer, reader


def _leave_what_has_become_read_only(context: ExceptionContext) -> None:
    """A connection that was opened on a read-only server stays so: go on with new ones, which may find it writing."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True
