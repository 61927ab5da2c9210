"""Settings, from the environment and a ``.env`` file; every name begins with ``MICROCRED_``."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from scrapers.bucket import redacted

KEY_PREFIX = "MICROCRED_KEY_"


class Settings(BaseSettings):
    """What one installation decides. Its repr shows no address that may hold a password.

    Keys of sources are read by ``key`` and are never part of it.
    """

    model_config = SettingsConfigDict(
        env_prefix="MICROCRED_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    data_dir: Annotated[Path, Field(description="Where the archive and the default database lie")] = Path("data")
    archive_url: Annotated[
        str | None,
        Field(
            description="Where the archive lies: a folder, or object storage (s3://BUCKET/PREFIX); default: archive in "
            "the data directory",
            repr=False,
        ),
    ] = None
    database_url: Annotated[
        str | None,
        Field(description="SQLAlchemy URL; default: SQLite file observatory.sqlite in the data directory", repr=False),
    ] = None
    database_patience_seconds: Annotated[
        float,
        Field(description="How long a database is waited for that others lock, or that goes away during a run", ge=0),
    ] = 120.0
    contact: Annotated[
        str | None,
        Field(description="URL or e-mail sent in the User-Agent of every request, so that hosts can reach you"),
    ] = None
    loopback_port: Annotated[
        int | None,
        Field(description="Read every host from a sandbox on this port of 127.0.0.1 instead of the internet"),
    ] = None
    trust_signals: Annotated[
        bool,
        Field(description="Whether a page may be skipped when a signal that has earned trust says that it is the same"),
    ] = True
    reader_process: Annotated[
        bool, Field(description="Read pages in a second process while many come at once; false: in this one only")
    ] = True
    browser: Annotated[
        str | None, Field(description="The Chromium that prints reports; the first that is installed if unset")
    ] = None
    engine: Annotated[
        Literal["processes", "dask"],
        Field(description="Where archived pages are read: processes of this machine, or workers of a Dask cluster"),
    ] = "processes"
    dask_address: Annotated[
        str | None,
        Field(description="The Dask scheduler to join, tcp://HOST:8786; a cluster on this machine is begun if unset"),
    ] = None

    @field_validator("data_dir")
    @classmethod
    def _is_of_this_machine(cls, value: Path) -> Path:
        # A Path makes one slash of two.
        if re.match(r"[a-z][a-z0-9+.-]+:/", str(value)):
            raise ValueError(
                "it is a folder of this machine; only the archive may lie elsewhere (MICROCRED_ARCHIVE_URL)"
            )
        return value

    @field_validator("database_url", "archive_url", "contact", "browser", "dask_address", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'observatory.sqlite'}"

    @property
    def readings_dir(self) -> Path:
        """The folder of what pages were read as; it may be removed at any time."""
        return self.data_dir / "readings"

    @property
    def trial_dirs(self) -> tuple[Path, Path]:
        """The folders of pages that were asked for to check, and to try, a source; archives of their own."""
        return self.data_dir / "checks", self.data_dir / "trials"

    @property
    def archive_bucket(self) -> str | None:
        """The address of the archive if it lies in object storage."""
        url = self.archive_url or ""
        return url if "://" in url and not url.startswith("file://") else None

    @property
    def archive_dir(self) -> Path:
        """The folder in which WARC files are written: the archive, or where files wait to be brought to it."""
        if self.archive_bucket is not None:
            return (
                self.data_dir / "spool" / re.sub(r"[^a-z0-9]+", "-", redacted(self.archive_bucket).lower()).strip("-")
            )
        return Path((self.archive_url or "").removeprefix("file://") or self.data_dir / "archive")


def open_to_others(file: Path = Path(".env")) -> str | None:
    """Return a warning if settings in a file that hold a key or a password can be read by other users, else nothing."""
    try:
        mode = file.stat().st_mode
    except OSError:
        return None
    if os.name != "posix" or not mode & 0o077:
        return None
    holds = [name for name, value in dotenv_values(file).items() if value and _is_secret(name, value)]
    return f"{file.absolute()} holds {holds[0]} and is open to other users: chmod 600 {file}" if holds else None


def _is_secret(name: str, value: str) -> bool:
    is_named = name.startswith((KEY_PREFIX, "AWS_SECRET", "PGPASSWORD"))
    return is_named or re.search(r"://[^/@\s]*:[^/@\s]+@", value) is not None


@cache
def _dotenv() -> dict[str, str | None]:
    return dict(dotenv_values(".env"))


def value_of(variable: str) -> str | None:
    """Return what a variable is set to, in the environment before ``.env``; ``None`` if it is not, or to nothing."""
    return os.environ.get(variable) or _dotenv().get(variable) or None
