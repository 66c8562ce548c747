"""`pledgebook serve`. What the server does not need to give its first answers is loaded once it listens."""

import gc
import logging
import sys
from functools import partial
from typing import Annotated, Any

import typer

from app.console import book
from app.db import Database
from app.settings import Settings

# The command alone: what only the others need is not loaded for it.
alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@alone.callback()
def _options() -> None:
    """Makes of the one command one that is called by its name."""


@alone.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Serve the book over HTTP. An empty database is migrated first; one of another release is refused."""
    gc.disable()
    import uvicorn  # the server is no matter of the other commands

    from app.front import Front
    from app.later import Later
    from app.observing import configure_logs
    from app.protocol import protocol_of

    given: dict[str, Any] = {"host": host, "port": port}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    with book() as database:
        logging.basicConfig(level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(message)s")
        configure_logs(settings.log_level)
        front = Front(settings, database, Later(partial(_load, settings, database)))
        uvicorn.run(
            front,
            host=settings.host,
            port=settings.port,
            http=protocol_of(front),
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=settings.shutdown_grace,
        )


def _load(settings: Settings, database: Database) -> Any:
    from app.main import routed

    app = routed(settings, database).behind
    gc.freeze()  # what is loaded now stays; looking through it again and again would make answers wait
    gc.enable()
    return app
