"""`pledgebook find`: query pledges in the local database or on a server.

The options are generated from the fields of the query model, so that each filter is also an option.
"""

import inspect
import json
import shutil
import sys
from http.client import HTTPException, InvalidURL
from typing import Annotated, Any, get_origin
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.console import book, err
from app.errors import BadQuery, Fault, PledgebookError
from app.exchange.feeds import Feed
from app.exchange.media_types import JSON, OF_PLEDGES, Format
from app.exchange.renderers import render_pledges
from app.query.filters import query_string
from app.query.pages import PledgeQuery, read_page
from app.schemas.canonical_json import list_json
from app.schemas.faults import faults_of
from app.settings import Settings
from app.store.database import Database

_TABLE = "table"
_WIDE_TERMINAL = 100  # columns
_FORMATS = {format.name: format for format in OF_PLEDGES}
# The search words are arguments, and the command line does not need pages and highlights.
_NOT_OPTIONS = ("q", "cursor", "highlight")


class RefusedByServer(PledgebookError):
    """The server cannot be reached, or it answered with an error."""


# Options --------------------------------------------------------------------------------------------------------------


def _parameters() -> list[inspect.Parameter]:
    """The parameters of the command: search words, format, server, and one for each field of the query."""
    words = Annotated[list[str] | None, typer.Argument(help="Words to search for.")]
    return [
        inspect.Parameter("words", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=words),
        _parameter("format", str, _TABLE, "--format", f"The output format: {_TABLE}, {', '.join(_FORMATS)}."),
        _parameter("url", str | None, None, "--url", "Query the server at this address, not the local database."),
        *(
            _parameter(name, _option_type(field), None, option(name), field.description or "")
            for name, field in PledgeQuery.model_fields.items()
            if name not in _NOT_OPTIONS
        ),
    ]


def option(name: str) -> str:
    """The option of a field of the query: `--held-on-gte` for `held_on__gte`."""
    return f"--{name.replace('__', '-').replace('_', '-')}"


def _option_type(field: FieldInfo) -> Any:
    if get_origin(field.annotation) is tuple:
        return list[str] | None
    return bool | None if field.annotation == bool | None else str | None


def _parameter(name: str, type: Any, default: Any, flag: str, description: str) -> inspect.Parameter:
    flags = f"{flag}/--no-{flag.removeprefix('--')}" if type == bool | None else flag
    annotation = Annotated[type, typer.Option(flags, help=description)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


# Query ----------------------------------------------------------------------------------------------------------------


def _build_query(words: list[str] | None, options: dict[str, Any]) -> PledgeQuery:
    """The query with these search words and options. Raises BadQuery."""
    values = {name: value for name, value in options.items() if value not in (None, [])}
    if words:
        values["q"] = " ".join(words)
    try:
        return PledgeQuery.model_validate(values)
    except ValidationError as error:
        raise BadQuery("The query is not valid.", faults_of(error)) from None


def _find_format(name: str) -> Format | None:
    """The format with this name; None for the table. Raises BadQuery for an unknown name."""
    if name == _TABLE:
        return None
    if name not in _FORMATS:
        names = ", ".join([_TABLE, *_FORMATS])
        raise BadQuery("The format is unknown.", [Fault(("format",), f"must be one of {names}")])
    return _FORMATS[name]


def _query_database(database: Database, query: PledgeQuery, format: Format | None, settings: Settings) -> None:
    """Write the result from the local database to stdout."""
    if format is None or format is JSON:
        with database.reading() as connection:
            page = read_page(connection, query)
        _print_page(list_json(page.documents, page.next), is_table=format is None)
        return
    address = settings.public_url.rstrip("/")
    feed = Feed(address, f"/v1/pledges.{format.name}", query_string(query, {}))
    for part in render_pledges(database, format, query, feed):
        sys.stdout.buffer.write(part)


def _query_server(url: str, query: PledgeQuery, format: Format | None) -> None:
    """Write the result from a server to stdout. Raises BadQuery and RefusedByServer."""
    values = query.model_dump(mode="json", by_alias=True, exclude_unset=True)
    parameters = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
    address = f"{url.rstrip('/')}/v1/pledges.{(format or JSON).name}?{urlencode(parameters, doseq=True)}"
    if not address.startswith(("http://", "https://")):
        raise BadQuery(
            "The address of the server is not valid.", [Fault(("url",), "must begin with http:// or https://")]
        )
    try:
        with urlopen(Request(address), timeout=60) as response:  # noqa: S310 (the scheme is checked above)
            if format is None or format is JSON:
                _print_page(response.read().decode(), is_table=format is None)
            else:
                shutil.copyfileobj(response, sys.stdout.buffer)
    except HTTPError as error:
        raise _server_error(error) from None
    except InvalidURL as error:
        raise BadQuery(
            "The address of the server is not valid.", [Fault(("url",), f"must be an address: {error}")]
        ) from None
    except URLError as error:
        raise RefusedByServer(f"The server cannot be reached: {error.reason}") from None
    except (HTTPException, ConnectionResetError, TimeoutError) as error:
        raise RefusedByServer(f"The server's response is incomplete: {error!r}") from None
    except ValueError:
        raise RefusedByServer("The response is not that of a Pledgebook server.") from None


def _server_error(error: HTTPError) -> PledgebookError:
    """The error of this project that corresponds to a server's error response."""
    try:
        problem = json.loads(error.read())
        faults = [Fault((fault["path"].removeprefix("query."),), fault["message"]) for fault in problem["errors"]]
        return (BadQuery if error.code == BadQuery.status else RefusedByServer)(problem["detail"], faults)
    except (ValueError, KeyError, TypeError):
        return RefusedByServer(f"The server answered with status {error.code}.")


# Table ----------------------------------------------------------------------------------------------------------------


def _print_page(page: str, *, is_table: bool) -> None:
    if not is_table:
        sys.stdout.write(f"{page}\n")
        return
    console = Console(highlight=False)
    result = json.loads(page)
    if not result["items"]:
        console.print("No pledges match.")
        return
    console.print(table(result["items"], console.width))
    if result["next"]:
        count = len(result["items"])
        console.print(f"Showing the first {count}. Use --limit for up to 200, or --format csv for all.", style="dim")


def table(pledges: list[dict[str, Any]], width: int) -> Table:
    """Pledges as a table for a terminal of `width` columns. Text is wrapped, not cut off.

    A narrow table has topics and deadline below the summary instead of in columns.
    """
    is_wide = width >= _WIDE_TERMINAL
    result = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    result.add_column("Made", no_wrap=True)
    result.add_column("Who", max_width=24, overflow="fold")
    result.add_column("Pledge", overflow="fold")
    if is_wide:
        result.add_column("Topics", max_width=28, overflow="fold")
        result.add_column("Due", no_wrap=True)
    for pledge in pledges:
        cells = [", ".join(pledge["topics"]), _last_day(pledge)] if is_wide else []
        result.add_row(pledge["held_on"], _parties(pledge), _summary(pledge, is_wide), *map(Text, cells))
    return result


def _parties(pledge: dict[str, Any]) -> Text:
    cell = Text(", ".join(pledge["pledgors"]))
    if pledge["towards"]:
        cell.append(f" to {', '.join(pledge['towards'])}", style="dim")
    return cell


def _summary(pledge: dict[str, Any], is_wide: bool) -> Text:
    """The summary; below it the act, the fulfilment and the id, and in a narrow table topics and deadline too."""
    due = f"due {_last_day(pledge)}" if _last_day(pledge) else ""
    details = [pledge["act"], *([] if is_wide else [*pledge["topics"], due])]
    details += [f"{party} {word}" for party, word in pledge["fulfilment"].items()]
    cell = Text(pledge["summary"])
    cell.append(f"\n{' · '.join(filter(None, details))}\n{pledge['id']}", style="dim")
    return cell


def _last_day(pledge: dict[str, Any]) -> str:
    return (pledge["due"] or {}).get("to") or ""


# Command --------------------------------------------------------------------------------------------------------------


def find(*, words: list[str] | None, format: str, url: str | None, **options: Any) -> None:
    """Find pledges in the local database or on a server, and show them as a table or in any other format."""
    try:
        output, query = _find_format(format), _build_query(words, options)
        if url is not None:
            _query_server(url, query, output)
            return
        with book() as database:
            _query_database(database, query, output, Settings())
    except BadQuery as error:
        err.print(error.detail, markup=False)
        for fault in error.faults:
            err.print(f"  {option(str(fault.path[0]))} {fault.message}", markup=False)
        raise typer.Exit(2) from None


# Typer reads the options from the signature and the annotations.
find.__signature__ = inspect.Signature(_parameters())  # type: ignore[attr-defined]
find.__annotations__ = {parameter.name: parameter.annotation for parameter in _parameters()}
