"""What every command stands on: the two consoles, the book of the settings, and how errors end it."""

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
    """Run a command: errors of the book become a line on stderr and exit 1, those of the settings exit 2."""
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
def book(*, made: bool = True) -> Iterator[Database]:
    """The database of the settings; with `made`, one at this release's schema (an empty one is brought to it)."""
    settings = Settings()
    try:
        database = Database(settings.database_url, settings.statement_timeout)
    except ValueError as error:
        err.print(f"PLEDGEBOOK_DATABASE_URL: {error}", markup=False)
        raise typer.Exit(2) from None
    try:
        if made:
            _bring_up(database)
        yield database
    finally:
        database.close()


def _bring_up(database: Database) -> None:
    standing = revision_of(database)
    if standing is None:
        from app.records.migrate import migrate  # what makes a book is loaded when one is made

        migrate(database)
    elif standing != newest():
        err.print(f"The database is at schema {standing}, this release needs {newest()}: run `pledgebook migrate`.")
        raise typer.Exit(1)
