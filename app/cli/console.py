"""Shared by all commands: the consoles for output and errors, the database of the settings, and error handling."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from app.errors import PledgebookError
from app.http.request_log import configure_logs
from app.settings import Settings
from app.store.database import Database
from app.store.schema_version import newest, revision_of

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def run(command: Callable[[], Any]) -> None:
    """Run a command. Errors are printed to stderr; the exit code is 2 for wrong settings, else 1."""
    configure_logs("info")
    try:
        command()
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        for fault in error.errors(include_input=False):
            if fault["type"] != "default_factory_not_called":
                err.print(f"PLEDGEBOOK_{fault['loc'][0]}".upper() + f": {fault['msg']}", markup=False)
        sys.exit(2)
    except PledgebookError as error:
        err.print(
            error.detail, *(f"  {'.'.join(map(str, f.path))} {f.message}" for f in error.faults), sep="\n", markup=False
        )
        sys.exit(1)
    except (DBAPIError, OSError) as error:
        err.print(f"The database cannot be used: {getattr(error, 'orig', error)}", markup=False)
        sys.exit(1)


@contextmanager
def book(*, migrated: bool = True) -> Iterator[Database]:
    """The database of the settings. With `migrated` it must have this release's schema; an empty one is migrated.

    Raises typer.Exit after printing the reason.
    """
    settings = Settings()
    try:
        database = Database(settings.database_url, settings.statement_timeout)
    except ValueError as error:
        err.print(f"PLEDGEBOOK_DATABASE_URL: {error}", markup=False)
        raise typer.Exit(2) from None
    try:
        if migrated:
            _require_schema(database)
        yield database
    finally:
        database.close()


def _require_schema(database: Database) -> None:
    current = revision_of(database)
    if current is None:
        from app.records.migrate import migrate  # imported here because it is slow and rarely needed

        migrate(database)
    elif current != newest():
        err.print(f"The schema of the database is {current}, this release needs {newest()}: run `pledgebook migrate`.")
        raise typer.Exit(1)
