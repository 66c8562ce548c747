"""`pledgebook key …`: make, list and revoke the keys that write."""

import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.console import book, out
from app.records import keys
from app.schemas.vocabulary import Scope

key_app = typer.Typer(help="Keys: who may write.", no_args_is_help=True)


@key_app.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="Whose key it is: the actor of what is written with it.")],
    scope: Annotated[Scope, typer.Option(help="What it may do; `write` includes `assess`.")] = Scope.write,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day (UTC) it is refused.")
    ] = None,
) -> None:
    """Make a key. It is printed this once; the book keeps only its hash."""
    with book() as database, database.writing() as connection:
        key = keys.create_key(connection, name, scope, expires.date() if expires else None)
    sys.stdout.write(f"{key}\n")


@key_app.command("list")
def key_list() -> None:
    """List the keys by name."""
    with book() as database, database.reading() as connection:
        table = Table("name", "scope", "created", "expires", "revoked", box=None)
        for key in keys.list_keys(connection):
            expires = str(key.expires_on or "never")
            table.add_row(Text(key.name), key.scope, key.created_at[:10], expires, (key.revoked_at or "no")[:10])
    out.print(table)


@key_app.command("revoke")
def key_revoke(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """Take a key out of use, from now on."""
    with book() as database, database.writing() as connection:
        keys.revoke_key(connection, name)
