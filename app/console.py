"""What every command stands on: the two consoles, and the book of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from app.db import Database
from app.migrating import migrate, newest, revision_of
from app.settings import Settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def book(*, made: bool = True) -> Iterator[Database]:
    """The database of the settings; with `made`, one at this release's schema (an empty one is brought to it)."""
    settings = Settings()
    try:
        database = Database(settings.database_url, settings.statement_timeout)
    except ValueError as error:
        err.print(f"PLEDGEBOOK_DATABASE_URL: {error}")
        raise typer.Exit(2) from None
    try:
        if made:
            standing = revision_of(database)
            if standing is None:
                migrate(database)
            elif standing != newest():
                err.print(
                    f"The database is at schema {standing}, this release needs {newest()}: run `pledgebook migrate`."
                )
                raise typer.Exit(1)
        yield database
    finally:
        database.close()
