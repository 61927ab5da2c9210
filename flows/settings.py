"""Settings, from the environment and a ``.env`` file; every name begins with ``MICROCRED_``."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_PREFIX = "MICROCRED_KEY_"


class Settings(BaseSettings):
    """What one installation decides. Keys of sources are read by ``key`` and are never part of the model's repr."""

    model_config = SettingsConfigDict(env_prefix="MICROCRED_", env_file=".env", extra="ignore")

    data_dir: Annotated[Path, Field(description="Where the archive and the default database lie")] = Path("data")
    database_url: Annotated[
        str | None, Field(description="SQLAlchemy URL; default: SQLite file observatory.sqlite in the data directory")
    ] = None
    contact: Annotated[
        str | None,
        Field(description="URL or e-mail sent in the User-Agent of every request, so that hosts can reach you"),
    ] = None
    loopback_port: Annotated[
        int | None,
        Field(description="Read every host from a sandbox on this port of 127.0.0.1 instead of the internet"),
    ] = None
    browser: Annotated[
        str | None, Field(description="The Chromium that prints reports; the first that is installed if unset")
    ] = None

    @field_validator("database_url", "contact", "browser", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'observatory.sqlite'}"

    @property
    def archive_dir(self) -> Path:
        """The folder of the WARC files."""
        return self.data_dir / "archive"


@cache
def _dotenv() -> dict[str, str | None]:
    return dict(dotenv_values(".env"))


def key(name: str) -> str | None:
    """Return the key a source needs (``MICROCRED_KEY_<NAME>``, environment before ``.env``), or ``None`` if unset."""
    variable = f"{KEY_PREFIX}{name.upper()}"
    return os.environ.get(variable) or _dotenv().get(variable) or None
