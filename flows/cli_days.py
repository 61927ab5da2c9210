"""Days and times as people write them behind an option of the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import typer


def moment_of(text: str, option: str) -> datetime:
    """Return an aware time; one without a zone is in UTC, a day is its first midnight.

    Raises:
        typer.BadParameter: if it is no date or time of RFC 3339; the message shows how one is written.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        how = "write 2026-11-24 or 2026-11-24T02:15:00Z"
        raise typer.BadParameter(f"{option}: {text!r} is no date or time; {how}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(text: str, option: str) -> date:
    """Return the day in UTC of a date or time.

    Raises:
        typer.BadParameter: as ``moment_of``.
    """
    return moment_of(text, option).astimezone(UTC).date()
