"""The command line: `pledgebook …`. Exit 0: all well; 1: the data is at fault; 2: the call is."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from app import __version__, documents, keys
from app.db import Database
from app.errors import PledgebookError
from app.migrating import migrate, newest, revision_of
from app.observing import log_to_stderr
from app.settings import Settings
from app.shapes.meetings import MeetingLine
from app.texts import Texts
from app.verification import verify
from app.vocabulary import Scope

app = typer.Typer(
    help="Pledgebook: the open ledger of what states promise each other.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
key_app = typer.Typer(help="Keys: who may write.", no_args_is_help=True)
app.add_typer(key_app, name="key")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Paths = Annotated[list[Path], typer.Argument(help="YAML or JSON Lines files, or folders of them.")]
TextsFolder = Annotated[Path, typer.Option("--texts", exists=True, file_okay=False, help="Folder of the source texts.")]
OptionalTexts = Annotated[
    Path | None,
    typer.Option("--texts", exists=True, file_okay=False, help="Hold the lines against these source texts."),
]


def main() -> None:
    """The entry point: errors of the book become a line on stderr and exit 1."""
    log_to_stderr()
    try:
        app()
    except PledgebookError as error:
        err.print(error.detail, *(f"  {'.'.join(map(str, f.path))} {f.message}" for f in error.faults), sep="\n")
        sys.exit(1)
    except (DBAPIError, OSError) as error:
        err.print(f"The database cannot be used: {getattr(error, 'orig', error)}")
        sys.exit(1)


@contextmanager
def book(*, made: bool = True) -> Iterator[Database]:
    """The database of the settings; with `made`, one at this release's schema (an empty one is brought to it)."""
    try:
        database = Database(Settings().database_url, Settings().statement_timeout)
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


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Serve the book over HTTP. An empty database is migrated first; one of another release is refused."""
    import uvicorn  # the server is no matter of the other commands

    from app.main import create_app

    settings = Settings()
    with book():
        pass
    logging.basicConfig(level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(message)s")
    log_to_stderr(settings.log_level)
    uvicorn.run(
        create_app(settings),
        host=host or settings.host,
        port=settings.port if port is None else port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_grace,
    )


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
    with book() as database, Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("loading", total=None)
        report = documents.load(
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
def export() -> None:
    """Write the book to stdout as JSON Lines, the form that `load` reads."""
    with book() as database, database.reading() as session:
        for line in documents.export(session):
            sys.stdout.write(f"{line}\n")


@app.command()
def check(
    texts: TextsFolder,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders of book lines; else the book itself.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the words that each citation points to.")] = False,
) -> None:
    """Hold book lines against the source texts: every span, formula, due and condition. Stores nothing."""
    checker = documents.Checker(Texts(texts))
    lines = _placed_lines(paths)
    counted = wrong = 0
    for placed in lines:
        faults = placed.faults or checker.faults(placed)
        for fault in documents.file_faults(placed, faults):
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


def _placed_lines(paths: list[Path] | None) -> Iterator[documents.Placed]:
    if paths:
        yield from documents.read_lines(_existing(paths))
        return
    with book() as database, database.reading() as session:
        yield from documents.placed_export(session)


@app.command()
def schema() -> None:
    """Write the JSON Schema of a seed file to stdout, for editors to complete and check against."""
    sys.stdout.write(json.dumps(documents.schema(), ensure_ascii=False, indent=2) + "\n")


@app.command("verify")
def verify_command() -> None:
    """Walk the ledger's chain, make every document again from the tables, and see that the triggers stand."""
    with book() as database, database.reading() as session:
        findings = 0
        for finding in verify(session):
            findings += 1
            err.print(str(finding), markup=False)
    if findings:
        out.print(f"{findings} findings: the book is not as it was written.")
        raise typer.Exit(1)
    out.print("The chain holds, every document follows from the tables, and the triggers stand.")


@key_app.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="Whose key it is: the actor of what is written with it.")],
    scope: Annotated[Scope, typer.Option(help="What it may do; `write` includes `assess`.")] = Scope.write,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day (UTC) it is refused.")
    ] = None,
) -> None:
    """Make a key. It is printed this once; the book keeps only its hash."""
    with book() as database, database.writing() as session:
        key = keys.create_key(session, name, scope, expires.date() if expires else None)
    sys.stdout.write(f"{key}\n")


@key_app.command("list")
def key_list() -> None:
    """List the keys by name."""
    with book() as database, database.reading() as session:
        table = Table("name", "scope", "created", "expires", "revoked", box=None)
        for key in keys.list_keys(session):
            expires = str(key.expires_on or "never")
            table.add_row(key.name, key.scope, key.created_at[:10], expires, (key.revoked_at or "no")[:10])
    out.print(table)


@key_app.command("revoke")
def key_revoke(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """Take a key out of use, from now on."""
    with book() as database, database.writing() as session:
        keys.revoke_key(session, name)


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
