"""Settings: read from environment variables with the prefix `PLEDGEBOOK_`."""

from ipaddress import ip_address
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_public_url(settings: dict[str, Any]) -> str:
    """The address of the server on this machine, made of host and port. 0.0.0.0 and :: become 127.0.0.1."""
    host = settings["host"]
    try:
        number = ip_address(host)
    except ValueError:
        return f"http://{host}:{settings['port']}"
    shown = "127.0.0.1" if number.is_unspecified else f"[{number}]" if number.version == 6 else str(number)
    return f"http://{shown}:{settings['port']}"


class Settings(BaseSettings):
    """The settings of one server or command. A test compares the documented list with these fields."""

    model_config = SettingsConfigDict(env_prefix="PLEDGEBOOK_", frozen=True)

    database_url: str = Field("sqlite:///pledgebook.db", description="The database: sqlite:///FILE or postgresql://…")
    host: str = Field("127.0.0.1", description="The address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port the server listens on.")
    public_url: str = Field(
        default_factory=_default_public_url,
        description="The public address, shown at start and used in feeds. The default is made of host and port.",
    )
    body_limit: int = Field(2 * 1024 * 1024, gt=0, description="The maximum size of a request body, in bytes.")
    draft_limit: int = Field(
        8 * 1024 * 1024, gt=0, description="The maximum size of a request body for drafting, in bytes."
    )
    cache_limit: int = Field(
        32 * 1024 * 1024, ge=0, description="The size of the response cache, in bytes; 0 turns it off."
    )
    statement_timeout: float = Field(
        10.0,
        gt=0,
        description="The timeout for the write lock, and on PostgreSQL for each query, in seconds.",
    )
    shutdown_grace: int = Field(8, ge=0, description="How long requests may continue after SIGTERM, in seconds.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest level of messages that are logged."
    )
