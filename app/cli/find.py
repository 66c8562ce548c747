"""`pledgebook find`: the one query on the command line, of the book at hand or of a server's.

The options are the fields of the query itself, so that a filter that is added there is an option here.
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

TABLE = "table"
_WIDE = 100
_BY_NAME = {format.name: format for format in OF_PLEDGES}
# Words stand by themselves on the command line, and pages are not asked for.
_NOT_OPTIONS = ("q", "cursor", "highlight")


class RefusedByServer(PledgebookError):
    """A server's own answer that it cannot give what is asked for."""


# The command's shape --------------------------------------------------------------------------------------------------


def parameters() -> list[inspect.Parameter]:
    """The parameters of the command: the words of a search, the form, the server, and every field of the query."""
    words = Annotated[list[str] | None, typer.Argument(help="Words to search for.")]
    made = [
        inspect.Parameter("words", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=words),
        _parameter("format", str, TABLE, "--format", f"{TABLE}, {', '.join(_BY_NAME)}."),
        _parameter("url", str | None, None, "--url", "Ask the server at this address, not the book at hand."),
    ]
    for name, field in PledgeQuery.model_fields.items():
        if name not in _NOT_OPTIONS:
            made.append(_parameter(name, _option_type(field), None, option(name), field.description or ""))
    return made


def option(name: str) -> str:
    """The option that sets a field: `held_on__gte` is `--held-on-gte`."""
    return f"--{name.replace('__', '-').replace('_', '-')}"


def _option_type(field: FieldInfo) -> Any:
    if get_origin(field.annotation) is tuple:
        return list[str] | None
    return bool | None if field.annotation == bool | None else str | None


def _parameter(name: str, kind: Any, default: Any, flag: str, about: str) -> inspect.Parameter:
    flags = f"{flag}/--no-{flag.removeprefix('--')}" if kind == bool | None else flag
    annotation = Annotated[kind, typer.Option(flags, help=about)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


# What it does ---------------------------------------------------------------------------------------------------------


def asked(given: dict[str, Any]) -> PledgeQuery:
    """The query that the options and words amount to."""
    words = given.pop("words", None)
    values = {name: value for name, value in given.items() if value not in (None, [])}
    if words:
        values["q"] = " ".join(words)
    try:
        return PledgeQuery.model_validate(values)
    except ValidationError as error:
        raise BadQuery("The query cannot be answered.", faults_of(error)) from None


def format_of(name: str) -> Format | None:
    """The format of a name; None is the table."""
    if name == TABLE:
        return None
    if name not in _BY_NAME:
        there = ", ".join([TABLE, *_BY_NAME])
        raise BadQuery("There is no such format.", [Fault(("format",), f"must be one of {there}")])
    return _BY_NAME[name]


def find_here(database: Database, query: PledgeQuery, format: Format | None, settings: Settings) -> None:
    """Write what the book at hand has."""
    if format is None or format is JSON:
        with database.reading() as connection:
            found = read_page(connection, query)
        _show(list_json(found.documents, found.next), is_table=format is None)
        return
    address = settings.public_url.rstrip("/")
    feed = Feed(address, f"/v1/pledges.{format.name}", query_string(query, {}))
    for part in render_pledges(database, format, query, feed):
        sys.stdout.buffer.write(part)


def find_at(url: str, query: PledgeQuery, format: Format | None) -> None:
    """Write what a server has."""
    sent = query.model_dump(mode="json", by_alias=True, exclude_unset=True)
    pairs = [
        (name, _sendable(item))
        for name, value in sent.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    address = f"{url.rstrip('/')}/v1/pledges.{(format or JSON).name}?{urlencode(pairs)}"
    if not address.startswith(("http://", "https://")):
        raise BadQuery("There is no such server.", [Fault(("url",), "must begin with http:// or https://")])
    try:
        with urlopen(Request(address), timeout=60) as answer:  # noqa: S310 (the scheme is checked above)
            if format is None or format is JSON:
                _show(answer.read().decode(), is_table=format is None)
            else:
                shutil.copyfileobj(answer, sys.stdout.buffer)
    except HTTPError as error:
        raise _refusal(error) from None
    except InvalidURL as error:
        raise BadQuery("There is no such server.", [Fault(("url",), f"must be an address: {error}")]) from None
    except URLError as error:
        raise RefusedByServer(f"The server cannot be reached: {error.reason}") from None
    except (HTTPException, ConnectionResetError, TimeoutError) as error:
        raise RefusedByServer(f"The server's answer broke off: {error!r}") from None
    except ValueError:
        raise RefusedByServer("What answers at this address is no Pledgebook.") from None


def _sendable(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refusal(error: HTTPError) -> PledgebookError:
    """A server's problem as ours."""
    try:
        problem = json.loads(error.read())
        faults = [Fault((fault["path"].removeprefix("query."),), fault["message"]) for fault in problem["errors"]]
        return (BadQuery if error.code == BadQuery.status else RefusedByServer)(problem["detail"], faults)
    except (ValueError, KeyError, TypeError):
        return RefusedByServer(f"The server answered {error.code}.")


# The table ------------------------------------------------------------------------------------------------------------


def _show(page: str, *, is_table: bool) -> None:
    if not is_table:
        sys.stdout.write(f"{page}\n")
        return
    console = Console(highlight=False)
    found = json.loads(page)
    if not found["items"]:
        console.print("No pledges match.")
        return
    console.print(table(found["items"], console.width))
    if found["next"]:
        count = len(found["items"])
        console.print(
            f"The first {count}; there are more: --limit shows up to 200, --format csv gives all.", style="dim"
        )


def table(pledges: list[dict[str, Any]], width: int) -> Table:
    """Pledges as a table for a terminal of some width: what does not fit beside stands below. Nothing is cut off."""
    wide = width >= _WIDE
    made = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    made.add_column("Made", no_wrap=True)
    made.add_column("Who", max_width=24, overflow="fold")
    made.add_column("Pledge", overflow="fold")
    if wide:
        made.add_column("Topics", max_width=28, overflow="fold")
        made.add_column("Due", no_wrap=True)
    for pledge in pledges:
        beside = [", ".join(pledge["topics"]), _last_day(pledge)] if wide else []
        made.add_row(pledge["held_on"], _who(pledge), _what(pledge, wide), *map(Text, beside))
    return made


def _who(pledge: dict[str, Any]) -> Text:
    who = Text(", ".join(pledge["pledgors"]))
    if pledge["towards"]:
        who.append(f" to {', '.join(pledge['towards'])}", style="dim")
    return who


def _what(pledge: dict[str, Any], wide: bool) -> Text:
    """The summary; below it the act, what else is known at a glance, and the id to ask on with."""
    due = f"due {_last_day(pledge)}" if _last_day(pledge) else ""
    facts = [pledge["act"], *([] if wide else [*pledge["topics"], due])]
    facts += [f"{party} {word}" for party, word in pledge["fulfilment"].items()]
    said = Text(pledge["summary"])
    said.append(f"\n{' · '.join(filter(None, facts))}\n{pledge['id']}", style="dim")
    return said


def _last_day(pledge: dict[str, Any]) -> str:
    return (pledge["due"] or {}).get("to") or ""


# The command ----------------------------------------------------------------------------------------------------------


def find(**given: Any) -> None:
    """Find pledges: the one query, in any format, of the book at hand or of a server's."""
    format_name, url = given.pop("format"), given.pop("url")
    try:
        format, query = format_of(format_name), asked(given)
        if url is not None:
            find_at(url, query, format)
            return
        with book() as database:
            find_here(database, query, format, Settings())
    except BadQuery as error:
        err.print(error.detail, markup=False)
        for fault in error.faults:
            err.print(f"  {option(str(fault.path[0]))} {fault.message}", markup=False)
        raise typer.Exit(2) from None


find.__signature__ = inspect.Signature(parameters())  # type: ignore[attr-defined]
find.__annotations__ = {each.name: each.annotation for each in parameters()}
