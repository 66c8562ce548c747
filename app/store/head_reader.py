"""Head reader: read the head of the ledger on the event loop, over a separate connection.

A request gets a head that was read after the request arrived, so the head includes all writes that were acknowledged
before. On PostgreSQL, requests that arrive during a read share the next read.
"""

import asyncio
import sqlite3
from contextlib import suppress

import psycopg
from psycopg import AsyncConnection

from app.store.database import Database
from app.store.ledger import HEAD_SQL, Head


class HeadReader:
    """Reads the head of the ledger over one connection."""

    def __init__(self, database: Database, timeout: float) -> None:
        self.database = database
        self.timeout = timeout
        self._sqlite: sqlite3.Connection | None = None
        self._postgresql: AsyncConnection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[Head] | None = None

    async def read(self) -> Head | None:
        """The current head, or None if the database cannot be read."""
        try:
            return self._read_sqlite() if self.database.is_sqlite else await self._read_shared()
        except (sqlite3.Error, psycopg.Error, OSError):  # TimeoutError is an OSError
            return None

    def _read_sqlite(self) -> Head:
        try:
            if self._sqlite is None:
                file = str(self.database.url.database)
                self._sqlite = sqlite3.connect(file, isolation_level=None, timeout=0, check_same_thread=False)
            row = self._sqlite.execute(HEAD_SQL).fetchone()
        except sqlite3.Error:
            self.close()
            raise
        return Head(*row) if row else Head()

    async def _read_shared(self) -> Head:
        """The result of the next read. All requests that arrive before it begins share it."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a connection, a lock and a task belong to their event loop
            self.close()
            self._loop, self._lock, self._next = loop, asyncio.Lock(), None
        if self._next is None:
            self._next = loop.create_task(self._read_when_free())
        return await asyncio.shield(self._next)

    async def _read_when_free(self) -> Head:
        async with self._lock:
            self._next = None  # requests that arrive from now on need another read
            try:
                async with asyncio.timeout(self.timeout):
                    return await self._read_postgresql()
            except BaseException:
                self.close()
                raise

    async def _read_postgresql(self) -> Head:
        if self._postgresql is not None:
            with suppress(psycopg.OperationalError):  # the server may have closed the connection since the last read
                return await self._query(self._postgresql)
            self.close()
        address = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._postgresql = await AsyncConnection.connect(address, autocommit=True)
        return await self._query(self._postgresql)

    async def _query(self, connection: AsyncConnection) -> Head:
        row = await (await connection.execute(HEAD_SQL)).fetchone()
        return Head(*row) if row else Head()

    def close(self) -> None:
        """Close the connection. The next read opens a new one."""
        if self._sqlite is not None:
            self._sqlite.close()
        if self._postgresql is not None:
            self._postgresql.pgconn.finish()
        self._sqlite, self._postgresql = None, None
