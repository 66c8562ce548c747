"""Every setting of Pledgebook, read from the environment with the prefix PLEDGEBOOK_."""

from ipaddress import ip_address
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _address(settings: dict[str, Any]) -> str:
    """Where this machine's own readers find the server; one that listens everywhere is found at 127.0.0.1."""
    host = settings["host"]
    try:
        number = ip_address(host)
    except ValueError:
        return f"http://{host}:{settings['port']}"
    shown = "127.0.0.1" if number.is_unspecified else f"[{number}]" if number.version == 6 else str(number)
    return f"http://{shown}:{settings['port']}"


class Settings(BaseSettings):
    """What an operator may set. The README lists the same names; a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="PLEDGEBOOK_", frozen=True)

    database_url: str = Field(
        "sqlite:///pledgebook.db", description="Where the book is kept: sqlite:///FILE or postgresql://…"
    )
    host: str = Field("127.0.0.1", description="The address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port the server listens on.")
    public_url: str = Field(
        default_factory=_address,
        description="The address readers use, printed at start and used in feeds; else made of host and port.",
    )
    body_limit: int = Field(2 * 1024 * 1024, gt=0, description="The largest request body, in bytes.")
    draft_limit: int = Field(8 * 1024 * 1024, gt=0, description="The largest body of a text to draft from, in bytes.")
    cache_limit: int = Field(
        32 * 1024 * 1024, ge=0, description="Bytes of finished answers kept in memory; 0 keeps none."
    )
    statement_timeout: float = Field(
        10.0,
        gt=0,
        description="Seconds that a wait for the writing lock may take, and on PostgreSQL a query.",
    )
    shutdown_grace: int = Field(8, ge=0, description="Seconds that running requests get after SIGTERM.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is written to the log."
    )
