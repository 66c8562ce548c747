"""`pledgebook key`: create, list and revoke keys."""

import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.console import book, out
from app.records import keys
from app.schemas.vocabulary import Scope

key_app = typer.Typer(help="Create, list and revoke keys, which allow writes.", no_args_is_help=True)


@key_app.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="The name of the key, which the ledger records with each write.")],
    scope: Annotated[Scope, typer.Option(help="What the key allows; `write` includes `assess`.")] = Scope.write,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day (UTC) from which the key is not valid.")
    ] = None,
) -> None:
    """Create a key and print it. It cannot be shown again, because only its hash is stored."""
    with book() as database, database.writing() as connection:
        key = keys.create_key(connection, name, scope, expires.date() if expires else None)
    sys.stdout.write(f"{key}\n")


@key_app.command("list")
def key_list() -> None:
    """List all keys by name."""
    with book() as database, database.reading() as connection:
        table = Table("name", "scope", "created", "expires", "revoked", box=None)
        for key in keys.list_keys(connection):
            expires = str(key.expires_on or "never")
            table.add_row(Text(key.name), key.scope, key.created_at[:10], expires, (key.revoked_at or "no")[:10])
    out.print(table)


@key_app.command("revoke")
def key_revoke(name: Annotated[str, typer.Argument(help="The name of the key.")]) -> None:
    """Revoke a key. It is not valid from now on."""
    with book() as database, database.writing() as connection:
        keys.revoke_key(connection, name)
