"""Commands of `pledgebook`. Exit codes: 0 for success, 1 for a problem with the data, 2 for a wrong call."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from app import __version__
from app.cli.console import book, err, out
from app.cli.find import find
from app.cli.keys import key_app
from app.cli.serve import serve
from app.exchange import book_files
from app.exchange.check_texts import Texts
from app.records.migrate import migrate
from app.schemas.drafts import DraftRequest
from app.schemas.meetings import MeetingLine
from app.store.ledger import LAST_SEQ, read_head, read_head_at
from app.store.schema_version import revision_of

# Modules that only one command needs are imported in that command, so that the others start faster.
if TYPE_CHECKING:
    from app.records.verify import Checkpoint

app = typer.Typer(
    help="Pledgebook: the open ledger of what states promise each other.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(key_app, name="key")

Paths = Annotated[list[Path], typer.Argument(help="YAML or JSON Lines files, or folders with such files.")]
TextsFolder = Annotated[
    Path, typer.Option("--texts", exists=True, file_okay=False, help="The folder with the source texts.")
]
OptionalTexts = Annotated[
    Path | None,
    typer.Option(
        "--texts", exists=True, file_okay=False, help="Check citations against the source texts in this folder."
    ),
]


app.command()(serve)


@app.command("migrate")
def migrate_command() -> None:
    """Migrate the database to the schema of this release."""
    with book(migrated=False) as database:
        migrate(database)
        out.print(f"The schema of the database is {revision_of(database)}.")


@app.command()
def load(
    paths: Paths,
    texts: OptionalTexts = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also change records that were last written by others than `load`.")
    ] = False,
) -> None:
    """Load document lines: create new records, change those that differ, and leave equal ones unchanged."""
    from rich.progress import Progress

    with book() as database, Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("loading", total=None)
        report = book_files.load(
            database,
            _existing(paths),
            overwrite=overwrite,
            texts=Texts(texts) if texts else None,
            on_line=lambda: progress.advance(task),
        )
    for fault in report.faults:
        err.print(str(fault), markup=False)
    for remark in report.remarks:
        err.print(f"note: {remark}", markup=False)
    for skipped in report.skipped:
        err.print(f"skipped: {skipped}; use --overwrite to change it", markup=False)
    out.print(f"{report.created} created, {report.changed} changed, {report.left} unchanged.")
    if not report.is_clean:
        raise typer.Exit(1)


def _existing(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            err.print(f"{path} does not exist.", markup=False)
            raise typer.Exit(2)
    return paths


@app.command()
def export(
    as_of: Annotated[
        int | None, typer.Option(min=1, max=LAST_SEQ, help="Export the state at this seq of the ledger.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--package",
            file_okay=False,
            help="Write a data package into this folder: CSV tables, JSON Lines and datapackage.json.",
        ),
    ] = None,
) -> None:
    """Export the book to stdout as JSON Lines, which `load` reads, or into a folder as a data package."""
    from app.exchange import data_package

    with book() as database, database.reading() as connection:
        head = read_head(connection) if as_of is None else read_head_at(connection, as_of)
        if head is None:
            err.print(f"The ledger has no seq {as_of}; the newest is {read_head(connection).seq}.")
            raise typer.Exit(2)
        if folder is None:
            for line in book_files.export(connection, head.seq):
                sys.stdout.write(f"{line}\n")
            return
        if folder.exists() and any(folder.iterdir()) and not (folder / data_package.DESCRIPTOR).exists():
            err.print(f"{folder} has other files than a data package. Use a new folder.", markup=False)
            raise typer.Exit(2)
        data_package.write_package(connection, head, folder)
    out.print(f"The book at seq {head.seq} ({head.hash}) is in {folder}.", markup=False)


app.command()(find)


@app.command()
def check(
    texts: TextsFolder,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="YAML or JSON Lines files, or folders; default: the book itself.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the quotation of each citation.")] = False,
) -> None:
    """Check document lines against the source texts: every span, formula, due and condition. Writes nothing."""
    checker = book_files.Checker(Texts(texts))
    citation_count = fault_count = 0
    for located in _located_lines(paths):
        faults = located.faults or checker.faults(located)
        for fault in book_files.file_faults(located, faults):
            fault_count += 1
            err.print(str(fault), markup=False)
        if isinstance(located.line, MeetingLine):
            for quotation in checker.quotations(located.line):
                citation_count += 1
                if show:
                    words = " ".join(quotation.words.split())
                    out.print(f"{located.line.id}-{quotation.pledge:02} {quotation.source}: {words}", markup=False)
    out.print(f"{citation_count} citations checked, {fault_count} faults.")
    if fault_count:
        raise typer.Exit(1)


def _located_lines(paths: list[Path] | None) -> Iterator[book_files.LocatedLine]:
    if paths:
        yield from book_files.read_lines(_existing(paths))
        return
    with book() as database, database.reading() as connection:
        yield from book_files.located_export(connection)


@app.command()
def schema() -> None:
    """Write the JSON Schema of seed files to stdout. Editors use it for completion and checks."""
    sys.stdout.write(json.dumps(book_files.schema(), ensure_ascii=False, indent=2) + "\n")


@app.command("verify")
def verify_command(
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A saved response of /v1/changes/head that the ledger must contain."
        ),
    ] = None,
) -> None:
    """Verify the ledger's hashes, that each document matches the tables, and that the append-only triggers exist."""
    from app.records.verify import Checkpoint, check_checkpoint, verify

    saved = _checkpoint(checkpoint) if checkpoint else Checkpoint(0, "")
    with book() as database, database.reading() as connection:
        findings = 0
        for finding in chain(check_checkpoint(connection, saved), verify(connection)):
            findings += 1
            err.print(str(finding), markup=False)
    if findings:
        out.print(f"{findings} findings: the book was changed outside the ledger.")
        raise typer.Exit(1)
    out.print("No findings: the hashes are correct, the documents match the tables, and the triggers exist.")


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The text of a statement, plain or HTML.")],
    held_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the meeting.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="The code of a party; repeat the option for several.")] = None,
    title: Annotated[str | None, typer.Option(help="The title of the meeting.")] = None,
    save_text: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="Write the plain text to this file. The offsets of an HTML text count in it."
        ),
    ] = None,
) -> None:
    """Draft the pledges of a meeting from a text, as YAML to correct and load. Stores nothing."""
    from app.drafting.from_book import draft_meeting
    from app.drafting.yaml_draft import draft_yaml

    media_type = "text/html" if file.suffix.lower() in (".html", ".htm") else "text/plain"
    hints = {"held_on": held_on.date() if held_on else None, "parties": party or [], "title": title}
    try:
        with file.open(encoding="utf-8", newline="") as text:
            request = DraftRequest.model_validate({"text": text.read(), "media_type": media_type, "meeting": hints})
    except (UnicodeDecodeError, ValidationError):
        err.print(f"{file} is not a text in UTF-8, or an option is not valid.", markup=False)
        raise typer.Exit(2) from None
    with book() as database, database.reading() as connection:
        result = draft_meeting(connection, request)
    if save_text is not None:
        save_text.write_text(result["text"], encoding="utf-8", newline="")
    elif media_type == "text/html":
        err.print("note: offsets count in the plain text of the HTML; write it to a file with --save-text")
    sys.stdout.write(draft_yaml(result))


def _checkpoint(file: Path) -> "Checkpoint":
    from app.records.verify import Checkpoint

    try:
        head = json.loads(file.read_text(encoding="utf-8"))
        return Checkpoint(int(head["seq"]), str(head["hash"]))
    except (ValueError, KeyError, TypeError):
        err.print(
            f"{file} is not a checkpoint: it must have seq and hash, like a response of /v1/changes/head.", markup=False
        )
        raise typer.Exit(2) from None


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The new file, which must not exist yet.")]) -> None:
    """Copy the book to a file (SQLite only). The copy is consistent even if others write at the same time."""
    with book() as database:
        if not database.is_sqlite:
            err.print("For PostgreSQL use pg_dump --format=custom --file FILE DATABASE-URL")
            raise typer.Exit(2)
        if file.exists():
            err.print(f"{file} exists already, and a backup does not overwrite files.", markup=False)
            raise typer.Exit(2)
        database.copy_to(file)
    out.print(f"The copy is in {file}. To use it, set PLEDGEBOOK_DATABASE_URL to it, or copy it back.", markup=False)


def _version(value: Any) -> None:
    if value:
        out.print(f"pledgebook {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of `pledgebook` without a command."""
