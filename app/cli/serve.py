"""`pledgebook serve`: run the HTTP server."""

import logging
import sys
from typing import Annotated, Any

import typer

from app.cli.console import book
from app.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Serve the book over HTTP. An empty database is migrated first; the schema of another release is an error."""
    import uvicorn  # imported here because only this command needs it

    from app.main import create_app

    options: dict[str, Any] = {"host": host, "port": port}
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    with book():  # checks the schema, or migrates an empty database
        pass
    logging.basicConfig(level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(message)s")
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_grace,
    )
