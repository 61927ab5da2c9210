"""Waiting for a database that is locked by others, or that is gone for a while: how long, and for what."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 120.0
"""So long a database is waited for, unless the settings say otherwise: longer than a server takes to be restarted."""

PAUSE_SECONDS, PAUSE_MAX_SECONDS = 0.2, 5.0
"""The first wait before another attempt; each is twice as long as the one before, up to the second figure."""

_GONE = frozenset({"57P01", "57P02", "57P03", "53300"})
"""States of PostgreSQL that pass: ended or crashing server, one that does not take connections yet, or too many
(https://www.postgresql.org/docs/current/errcodes-appendix.html). Where no server answers there is no state."""

Made = TypeVar("Made")


def is_gone(error: BaseException) -> bool:
    """Whether an error says that a server does not answer, or that a connection to it was cut.

    A SQLite file has no server: what is wrong with it does not pass by itself.
    """
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", "")
    return isinstance(error, OperationalError) and (state is None or state in _GONE)


class Patience:
    """How long the work of a process waits for a database that is gone.

    The time counts from the first failure, whosever it was, to the next success: sources that come to their end one
    after the other while the server is away do not each wait anew.

    Args:
        seconds: how long; 0 to try only once.
    """

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._gone_since: float | None = None

    def repeated(self, work: Callable[[], Made]) -> Made:
        """Do work until it succeeds, again each time the database was gone meanwhile; in a thread that may wait.

        Args:
            work: one transaction, or several of which each does no harm twice. What of it was not committed is undone;
                whether a commit arrived whose answer was lost is not known, so the work must find out.

        Raises:
            DBAPIError: if the database is gone for longer than that, or anything else is wrong with it.
        """
        pause = PAUSE_SECONDS
        while True:
            try:
                made = work()
            except DBAPIError as error:
                left = self._seconds_left(error)
                if left <= 0:
                    raise
                time.sleep(min(pause, left))
                pause = min(2 * pause, PAUSE_MAX_SECONDS)
            else:
                self._is_back()
                return made

    def _seconds_left(self, error: DBAPIError) -> float:
        if not is_gone(error):
            return 0.0
        now = time.monotonic()
        since = self._gone_since  # read once: a thread of another source may find the database again at any moment
        if since is None:
            self._gone_since = since = now
            words = str(error.orig).strip().partition("\n")[0]
            log.warning("the database is gone; it is tried for up to %g s: %s", self._seconds, words)
        return since + self._seconds - now

    def _is_back(self) -> None:
        since, self._gone_since = self._gone_since, None
        if since is not None:
            log.warning("the database is there again after %.1f s", time.monotonic() - since)
