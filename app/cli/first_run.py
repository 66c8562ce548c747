"""Setup for `make run`: load the seeds into an empty book, create a first key, and print the addresses.

A book that has meetings or keys already is not changed.
"""

from pathlib import Path

from sqlalchemy import select

from app.cli.console import book, out, run
from app.exchange import book_files
from app.records import keys
from app.settings import Settings
from app.store import models
from app.store.models import columns

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FIRST_KEY = "first"


def set_up() -> None:
    """Load the seeds if the book has no meeting, create a key if it has none, and print the addresses."""
    settings = Settings()
    address = settings.public_url.rstrip("/")
    with book() as database:
        with database.reading() as connection:
            is_empty = connection.execute(select(columns(models.Meeting).c.id).limit(1)).first() is None
            has_key = bool(keys.list_keys(connection))
        if is_empty:
            report = book_files.load(database, [SEEDS])
            out.print(f"The book was empty and was seeded with {report.created} records.")
        if not has_key:
            with database.writing() as connection:
                key = keys.create_key(connection, FIRST_KEY)
            out.print(f"Your key for writes, shown only once: [bold]{key}[/bold]")
    out.print(f"Pledges: {address}/v1/pledges?topic=opcon-transition")
    out.print(f"Documentation: {address}/docs")


if __name__ == "__main__":
    run(set_up)
