"""What `make run` does before it serves: fill an empty book with the seeds, make a first key, say where to go."""

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


def start() -> None:
    settings = Settings()
    address = settings.public_url.rstrip("/")
    with book() as database:
        with database.reading() as connection:
            is_empty = connection.execute(select(columns(models.Meeting).c.id).limit(1)).first() is None
            has_key = bool(keys.list_keys(connection))
        if is_empty:
            report = book_files.load(database, [SEEDS])
            out.print(f"An empty book: seeded it with {report.created} records.")
        if not has_key:
            with database.writing() as connection:
                key = keys.create_key(connection, FIRST_KEY)
            out.print(f"A key to write with, shown this once: [bold]{key}[/bold]")
    out.print(f"The book: {address}/v1/pledges?topic=opcon-transition")
    out.print(f"The docs: {address}/docs")


if __name__ == "__main__":
    run(start)
