"""Every setting of Pledgebook, read from the environment with the prefix PLEDGEBOOK_."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set. The README lists the same names; a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="PLEDGEBOOK_", frozen=True)

    database_url: str = Field(
        "sqlite:///pledgebook.db", description="Where the book is kept: sqlite:///FILE or postgresql://…"
    )
    host: str = Field("127.0.0.1", description="The address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port the server listens on.")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="The address readers use; printed at start and used in feeds."
    )
    body_limit: int = Field(2 * 1024 * 1024, gt=0, description="The largest request body, in bytes.")
    cache_limit: int = Field(
        32 * 1024 * 1024, ge=0, description="Bytes of finished answers kept in memory; 0 keeps none."
    )
    statement_timeout: float = Field(
        10.0,
        gt=0,
        description="Seconds a query or a wait for the writing lock may take (PostgreSQL, and SQLite's lock).",
    )
    shutdown_grace: int = Field(8, ge=0, description="Seconds that running requests get after SIGTERM.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is written to the log."
    )
