"""The errors a command may meet in the ordinary course, told in one line that ends with what to do."""

from __future__ import annotations

import errno
import re

SEE_URL = "`microcred db url` prints where it is"
_MOST_SHOWN = 400
_MAKE_ROOM = "make room on the disk, then start it again; what was stored before stays"
_GET_RIGHT = "give yourself the right to the file and its folder, or name another database with MICROCRED_DATABASE_URL"
_DAMAGED = "it is damaged or none of ours: set it aside, then make it anew from the archive with `microcred rebuild`"


def expected_errors() -> tuple[type[Exception], ...]:
    """Return the types of error whose message alone tells a person what to do (imported late: they span all rooms)."""
    from concurrent.futures import BrokenExecutor

    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    from models.store import RunExists
    from scrapers.archive import ArchiveDamaged
    from scrapers.replay import RecordingInvalid
    from scrapers.scraper import SourceBlocked
    from scrapers.source import SourceInvalid
    from scrapers.webarchives.errors import ArchiveFailed

    return (
        ValueError, OSError, BrokenExecutor, DBAPIError, RunExists, ArchiveDamaged, RecordingInvalid, SourceInvalid,
        ArchiveFailed, SourceBlocked, ArgumentError, NoSuchModuleError,
    )  # fmt: skip


def told(error: Exception) -> str:
    """Return what a person is told of an expected error: what went wrong, then what to do about it."""
    words, step = _words(error), _next_step(error)
    return f"{words}: {step}" if step else words


def exit_code(error: Exception) -> int:
    """Return 2 for what was asked wrongly, 1 for what went wrong although it was asked rightly."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    return 2 if isinstance(error, ValueError | ValidationError | ArgumentError | NoSuchModuleError) else 1


def _words(error: Exception) -> str:
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DBAPIError

    if isinstance(error, ValidationError):
        return "; ".join(f"MICROCRED_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
    if isinstance(error, ArgumentError):
        return "MICROCRED_DATABASE_URL is no URL of a database"  # the message would repeat a password in it
    words = str(error.orig if isinstance(error, DBAPIError) else error).strip() or type(error).__name__
    if isinstance(error, DBAPIError):
        words = words.splitlines()[0]
    return words if len(words) <= _MOST_SHOWN or isinstance(error, ValueError) else f"{words[:_MOST_SHOWN]} ..."


def _next_step(error: Exception) -> str:
    """Return what to do, or nothing where the message says so itself."""
    from concurrent.futures import BrokenExecutor

    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    if isinstance(error, ArgumentError | NoSuchModuleError):
        return "write sqlite:///FILE or postgresql://USER@HOST/NAME"
    if isinstance(error, ValidationError):
        return "mend it in the environment or in .env (README, Settings)"
    if isinstance(error, OSError):
        return _step_of_system(error)
    if isinstance(error, DBAPIError):
        return _step_of_database(str(error.orig).lower())
    if isinstance(error, BrokenExecutor):
        return "a process that read pages was ended, often for want of memory: start it again with fewer --jobs"
    return ""


def _step_of_system(error: OSError) -> str:
    from scrapers.bucket import StorageFailed

    if isinstance(error, StorageFailed):
        return "see that it answers, and that its keys are in the environment of this command (docs/operate.md)"
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return _MAKE_ROOM
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "give yourself the right to it, or name another folder with MICROCRED_DATA_DIR"
    if error.errno == errno.EADDRINUSE:
        return "choose another --port, or end what listens there"
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}:
        return "name another path"
    return ""


_DATABASE_STEPS = (
    ("database or disk is full|no space left", _MAKE_ROOM),
    ("disk i/o error", f"{_MAKE_ROOM} (if there is room, the disk fails: see the log of the system)"),
    ("database is locked|lock timeout|could not obtain lock", "another command writes: wait until that has ended"),
    ("readonly database|unable to open database|permission denied|read-only", _GET_RIGHT),
    ("file is not a database|malformed|disk image", _DAMAGED),
    ("password|authentication|role .* does not exist", f"mend user and password in MICROCRED_DATABASE_URL; {SEE_URL}"),
    ("database .* does not exist", f"make it with `createdb`, or mend MICROCRED_DATABASE_URL; {SEE_URL}"),
    ("connect|resolve|translate host|timeout|server closed", f"start it, or mend MICROCRED_DATABASE_URL; {SEE_URL}"),
)


def _step_of_database(words: str) -> str:
    for pattern, step in _DATABASE_STEPS:
        if re.search(pattern, words):
            return step
    return f"{SEE_URL}; `microcred db upgrade` brings it up to date"
