"""The command line: `pledgebook …`. Exit 0: all well; 1: the data is at fault; 2: the call is."""

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

# What only one command needs is loaded by it, so that the others start sooner.
if TYPE_CHECKING:
    from app.records.verify import Checkpoint

app = typer.Typer(
    help="Pledgebook: the open ledger of what states promise each other.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(key_app, name="key")

Paths = Annotated[list[Path], typer.Argument(help="YAML or JSON Lines files, or folders of them.")]
TextsFolder = Annotated[Path, typer.Option("--texts", exists=True, file_okay=False, help="Folder of the source texts.")]
OptionalTexts = Annotated[
    Path | None,
    typer.Option("--texts", exists=True, file_okay=False, help="Hold the lines against these source texts."),
]


app.command()(serve)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to this release's schema."""
    with book(made=False) as database:
        migrate(database)
        out.print(f"The database is at schema {revision_of(database)}.")


@app.command()
def load(
    paths: Paths,
    texts: OptionalTexts = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also change what others than `load` wrote last.")
    ] = False,
) -> None:
    """Put book lines into the book: create what is new, change what differs, leave what is the same."""
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
        err.print(f"skipped: {skipped}; --overwrite changes it all the same", markup=False)
    out.print(f"{report.created} created, {report.changed} changed, {report.left} left as they were.")
    if not report.is_clean:
        raise typer.Exit(1)


def _existing(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            err.print(f"There is no {path}.", markup=False)
            raise typer.Exit(2)
    return paths


@app.command()
def export(
    as_of: Annotated[
        int | None, typer.Option(min=1, max=LAST_SEQ, help="As the book stood at this seq of the ledger.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--package", file_okay=False, help="Write CSV tables, JSON Lines and datapackage.json into DIR."),
    ] = None,
) -> None:
    """Write the book to stdout as JSON Lines, the form that `load` reads; or into a folder, as a data package."""
    from app.exchange import data_package

    with book() as database, database.reading() as connection:
        head = read_head(connection) if as_of is None else read_head_at(connection, as_of)
        if head is None:
            err.print(f"The ledger has no seq {as_of}: it ends at {read_head(connection).seq}.")
            raise typer.Exit(2)
        if folder is None:
            for line in book_files.export(connection, head.seq):
                sys.stdout.write(f"{line}\n")
            return
        if folder.exists() and any(folder.iterdir()) and not (folder / data_package.DESCRIPTOR).exists():
            err.print(f"{folder} holds something else than a data package; name a new folder.", markup=False)
            raise typer.Exit(2)
        data_package.write_package(connection, head, folder)
    out.print(f"The book at seq {head.seq} ({head.hash}) is in {folder}.", markup=False)


app.command()(find)


@app.command()
def check(
    texts: TextsFolder,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders of book lines; else the book itself.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the words that each citation points to.")] = False,
) -> None:
    """Hold book lines against the source texts: every span, formula, due and condition. Stores nothing."""
    checker = book_files.Checker(Texts(texts))
    lines = _placed_lines(paths)
    counted = wrong = 0
    for placed in lines:
        faults = placed.faults or checker.faults(placed)
        for fault in book_files.file_faults(placed, faults):
            wrong += 1
            err.print(str(fault), markup=False)
        if isinstance(placed.line, MeetingLine):
            for cited in checker.words(placed.line):
                counted += 1
                if show:
                    out.print(
                        f"{placed.line.id}-{cited.pledge:02} {cited.source}: {' '.join(cited.words.split())}",
                        markup=False,
                    )
    out.print(f"{counted} citations held against their texts, {wrong} faults.")
    if wrong:
        raise typer.Exit(1)


def _placed_lines(paths: list[Path] | None) -> Iterator[book_files.Placed]:
    if paths:
        yield from book_files.read_lines(_existing(paths))
        return
    with book() as database, database.reading() as connection:
        yield from book_files.placed_export(connection)


@app.command()
def schema() -> None:
    """Write the JSON Schema of a seed file to stdout, for editors to complete and check against."""
    sys.stdout.write(json.dumps(book_files.schema(), ensure_ascii=False, indent=2) + "\n")


@app.command("verify")
def verify_command(
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A head kept from /v1/changes/head, to hold the ledger against."
        ),
    ] = None,
) -> None:
    """Walk the ledger's chain, make every document again from the tables, and see that the triggers stand."""
    from app.records.verify import Checkpoint, check_checkpoint, verify

    kept = _checkpoint(checkpoint) if checkpoint else Checkpoint(0, "")
    with book() as database, database.reading() as connection:
        findings = 0
        for finding in chain(check_checkpoint(connection, kept), verify(connection)):
            findings += 1
            err.print(str(finding), markup=False)
    if findings:
        out.print(f"{findings} findings: the book is not as it was written.")
        raise typer.Exit(1)
    out.print("The chain holds, every document follows from the tables, and the triggers stand.")


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A statement's text, plain or HTML.")],
    held_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the meeting.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="A party to the meeting, by code. Repeat it.")] = None,
    title: Annotated[str | None, typer.Option(help="The meeting's title.")] = None,
    save_text: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Keep the plain text that offsets count in, as HTML needs it.")
    ] = None,
) -> None:
    """Draft a meeting's pledges from a text, as YAML to correct and load. The notes are comments; nothing is stored."""
    from app.drafting.from_book import draft_meeting
    from app.drafting.yaml_draft import draft_yaml

    media_type = "text/html" if file.suffix.lower() in (".html", ".htm") else "text/plain"
    hints = {"held_on": held_on.date() if held_on else None, "parties": party or [], "title": title}
    try:
        with file.open(encoding="utf-8", newline="") as text:
            request = DraftRequest.model_validate({"text": text.read(), "media_type": media_type, "meeting": hints})
    except (UnicodeDecodeError, ValidationError):
        err.print(f"{file} is not a text in UTF-8, or a hint is not valid.", markup=False)
        raise typer.Exit(2) from None
    with book() as database, database.reading() as connection:
        answer = draft_meeting(connection, request)
    if save_text is not None:
        save_text.write_text(answer["text"], encoding="utf-8", newline="")
    elif media_type == "text/html":
        err.print("note: offsets count in the text without its HTML; --save-text keeps that, to check against")
    sys.stdout.write(draft_yaml(answer))


def _checkpoint(file: Path) -> "Checkpoint":
    from app.records.verify import Checkpoint

    try:
        head = json.loads(file.read_text(encoding="utf-8"))
        return Checkpoint(int(head["seq"]), str(head["hash"]))
    except (ValueError, KeyError, TypeError):
        err.print(
            f"{file} is no head of a ledger: it needs seq and hash, as /v1/changes/head gives them.", markup=False
        )
        raise typer.Exit(2) from None


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The new file; it must not be there yet.")]) -> None:
    """Write a copy of the book to a file, whole and consistent, while others write (SQLite)."""
    with book() as database:
        if not database.is_sqlite:
            err.print("PostgreSQL has its own: pg_dump --format=custom --file FILE DATABASE-URL")
            raise typer.Exit(2)
        if file.exists():
            err.print(f"{file} is there already; a backup never writes over one.", markup=False)
            raise typer.Exit(2)
        database.copy_to(file)
    out.print(f"The book is in {file}; point PLEDGEBOOK_DATABASE_URL at it, or copy it back.", markup=False)


def _version(value: Any) -> None:
    if value:
        out.print(f"pledgebook {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the release.")
    ] = False,
) -> None:
    """Options of the command itself."""
