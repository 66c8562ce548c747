"""Database: engines, read and write transactions, and the choice between event loop and thread for reads.

On SQLite and PostgreSQL, a write transaction holds the write lock from its first statement, so that the ledger's `seq`
increases in commit order. It is committed to disk before `writing` returns. A connection for reads cannot write.
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
# Steps of SQLite's virtual machine: the number between two calls of the progress handler, and the maximum of a read on
# the event loop. A page that is read by an index stays far below the limit.
_STEPS_PER_CALL, _MAX_STEPS = 1000, 100_000
_MMAP_SIZE = 2**31 - 2**16  # bytes; the maximum that SQLite allows

_WRITE_LOCK = 0x706C6564  # "pled", the key of PostgreSQL's advisory lock for writes

# Database errors that mean "retry later": the cause is the state of the database, not the statement.
_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip
_READ_ONLY = "25006"
# Prefixes of SQLSTATE: connection exception, transaction rollback, insufficient resources, object not in prerequisite
# state (such as a lock timeout), operator intervention (such as a statement timeout or a restart), system error.
_POSTGRESQL_UNAVAILABLE = ("08", "40", "53", "55", "57", "58", _READ_ONLY)


def in_parts(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """The ids in batches of at most `size`, because a database limits the number of parameters of a statement."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def is_unavailable(error: Exception) -> bool:
    """True if an error means that the database is temporarily unavailable: locked, full, read-only or restarting."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _SQLITE_UNAVAILABLE
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRESQL_UNAVAILABLE)
    return error.connection_invalidated or isinstance(error, OperationalError)


class Database:
    """The database of a book: an engine for writes, and an engine for reads in autocommit mode.

    SQLite has a second engine for reads, for those on the event loop.
    """

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._steps = 0
        self._loop_connection: Connection | None = None
        self._loop_lock = Lock()
        if self.is_sqlite:
            self.writer, self.reader, self._loop_reader = _sqlite_engines(self.url, timeout, self._count_steps)
        else:
            self.writer, self.reader = _postgresql_engines(self.url, timeout)

    @property
    def exists(self) -> bool:
        """False if the SQLite file does not exist. Always True on PostgreSQL."""
        return not self.is_sqlite or Path(str(self.url.database)).exists()

    @contextmanager
    def reading(self, *, is_snapshot: bool = True) -> Iterator[Connection]:
        """A connection for reads only. With `is_snapshot`, all its statements see the same state of the book."""
        with self.reader.connect() as connection:
            if is_snapshot:
                connection.exec_driver_sql(_BEGIN_SNAPSHOT[connection.dialect.name])
            yield connection

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Connection]:
        """A connection that holds the write lock.

        If it ends without an error, all its writes are on disk. After an error, or with `commit=False`, nothing is
        written.
        """
        with self.writer.connect() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITE_LOCK})
            yield connection
            if commit:
                connection.commit()

    async def read(self, function: Callable[[Connection], T], *, is_snapshot: bool = True) -> T:
        """Run `function` on a connection for reads, and return its result. All reads of the server use this method.

        On SQLite, a read first runs on the event loop, and is interrupted after `_MAX_STEPS`. If it is interrupted or
        fails, it runs again in a thread. On PostgreSQL, every read runs in a thread. Because `function` can run twice,
        it must only read.
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
            self._loop_connection = self._loop_reader.connect()
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
        """Run `function` in this thread and return its result. Run it again if the server had closed the connection."""
        try:
            with self.reading(is_snapshot=is_snapshot) as connection:
                return function(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        # The server had closed the connection, for example at a restart. The pool has discarded all older connections.
        with self.reading(is_snapshot=is_snapshot) as connection:
            return function(connection)

    def _count_steps(self) -> bool:
        """The progress handler of SQLite for a read on the event loop. True interrupts the read."""
        self._steps += _STEPS_PER_CALL
        return self._steps > _MAX_STEPS

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy of an SQLite book to `file`, also during writes. Raises OSError if that fails."""
        # SQLite does not sync the copy to disk, and an interrupted VACUUM leaves an incomplete file. Therefore the file
        # gets its name only when it is complete. VACUUM runs on the driver, because it cannot run in a transaction.
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
        _sync_to_disk(unfinished)
        unfinished.rename(file)
        _sync_to_disk(file.parent)

    def close(self) -> None:
        """Close all connections. The next use opens new ones."""
        self._close_loop_connection()
        for engine in (self.writer, self.reader, *([self._loop_reader] if self.is_sqlite else [])):
            engine.dispose()


def _sync_to_disk(path: Path) -> None:
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


def _sqlite_engines(url: URL, timeout: float, count_steps: Callable[[], bool]) -> tuple[Engine, Engine, Engine]:
    """The writer, the reader, and the reader of the event loop, which has one connection and never waits for a lock."""
    # The timeout limits the wait for a lock of another process, like `lock_timeout` on PostgreSQL.
    arguments = {"check_same_thread": False, "timeout": timeout}
    # The writer has one connection, so its pool is the queue of write transactions.
    pool: dict[str, Any] = {"pool_timeout": timeout, "connect_args": arguments, "hide_parameters": True}
    writer = create_engine(url, pool_size=1, max_overflow=0, **pool)
    reader = create_engine(url, pool_size=8, max_overflow=32, **pool)
    no_wait: dict[str, Any] = {**pool, "pool_timeout": 0, "connect_args": {**arguments, "timeout": 0}}
    loop_reader = create_engine(url, pool_size=1, max_overflow=0, **no_wait)

    def open_writer(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def open_reader(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON", f"mmap_size={_MMAP_SIZE}"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(writer, "connect", open_writer)
    # IMMEDIATE takes the write lock at the start. Otherwise a transaction that reads first might not get the lock
    # later.
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader, "connect", open_reader)
    event.listen(loop_reader, "connect", open_reader)
    event.listen(
        loop_reader, "connect", lambda connection, _: connection.set_progress_handler(count_steps, _STEPS_PER_CALL)
    )
    return writer, reader, loop_reader


def _postgresql_engines(url: URL, timeout: float) -> tuple[Engine, Engine]:
    milliseconds = int(timeout * 1000)
    options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
    arguments = {"connect_timeout": max(2, int(timeout))}
    pool: dict[str, Any] = {"pool_timeout": timeout, "hide_parameters": True}
    # A failed write is not repeated, so the pool tests a connection before it is used.
    writing = {**arguments, "options": f"{options} -c synchronous_commit=on"}
    writer = create_engine(url, pool_size=4, max_overflow=28, pool_pre_ping=True, connect_args=writing, **pool)
    reading = {**arguments, "options": f"{options} -c default_transaction_read_only=on"}
    reader = create_engine(
        url, pool_size=8, max_overflow=32, isolation_level="AUTOCOMMIT", connect_args=reading, **pool
    )
    event.listen(writer, "handle_error", _discard_read_only_connections)
    return writer, reader


def _discard_read_only_connections(context: ExceptionContext) -> None:
    """Discard the pooled connections of a read-only server. They stay read-only after the server accepts writes."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True
