"""The errors a command may meet in the ordinary course, which a person is told in one line without a traceback."""

from __future__ import annotations


def expected_errors() -> tuple[type[Exception], ...]:
    """Return the types of error whose message alone tells a person what to do (imported late: they span all rooms)."""
    from concurrent.futures import BrokenExecutor

    from sqlalchemy.exc import DBAPIError

    from models.store import RunExists
    from scrapers.archive import ArchiveDamaged
    from scrapers.replay import RecordingInvalid
    from scrapers.scraper import SourceBlocked
    from scrapers.source import SourceInvalid
    from scrapers.webarchives.errors import ArchiveFailed

    return (
        ValueError, OSError, BrokenExecutor, DBAPIError, RunExists, ArchiveDamaged, RecordingInvalid, SourceInvalid,
        ArchiveFailed, SourceBlocked,
    )  # fmt: skip
