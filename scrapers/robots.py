"""What a robots.txt allows us (RFC 9309), and why, in words that a run records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from protego import Protego

AGENT = "MicrocredObservatory"
"""The product token robots.txt rules are matched with, and the name in the User-Agent header."""

ROBOTS_BYTES_MAX = 500 * 1024
"""RFC 9309, 2.5: a crawler must parse at least 500 kibibytes; more is not read."""

ROBOTS_AGE_MAX = timedelta(hours=24)
"""RFC 9309, 2.4: a robots.txt should not be used longer than that."""

_CENTURY = 100 * 366 * 24 * 3600
"""In seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one host as they were at ``at``.

    ``delay`` is the least number of seconds between two requests that the host asks for (0 if it asks for none).
    ``unreachable`` says why the rules could not be had; then nothing is allowed for now.
    """

    at: datetime
    reason: str
    delay: float = 0.0
    unreachable: str | None = None
    _parsed: Protego | None = None

    @classmethod
    def of(cls, body: bytes, at: datetime) -> Self:
        """Return the rules in the text of a robots.txt; a byte order mark and bytes that are not UTF-8 do no harm."""
        parsed = Protego.parse(body[:ROBOTS_BYTES_MAX].decode("utf-8-sig", errors="replace"))
        rate = parsed.request_rate(AGENT)
        # A rate of thousands of digits is beyond what divides; nobody who asks for a century means more.
        by_rate = min(rate.seconds, _CENTURY) / min(rate.requests, _CENTURY) if rate and rate.requests > 0 else 0.0
        delay = max(parsed.crawl_delay(AGENT) or 0.0, by_rate, 0.0)
        return cls(at=at, reason="rules of robots.txt", delay=delay, _parsed=parsed)

    @classmethod
    def none(cls, reason: str, at: datetime) -> Self:
        """Return the rules of a host without a robots.txt: everything is allowed."""
        return cls(at=at, reason=reason)

    @classmethod
    def out_of_reach(cls, reason: str, at: datetime) -> Self:
        """Return the rules of a host whose robots.txt could not be had: nothing is allowed for now."""
        return cls(at=at, reason=reason, unreachable=reason)

    def allows(self, url: str) -> bool:
        """Whether we may ask for ``url``."""
        if self.unreachable is not None:
            return False
        return self._parsed is None or bool(self._parsed.can_fetch(url, AGENT))

    def sitemaps(self) -> tuple[str, ...]:
        """Return the addresses of sitemaps that robots.txt names."""
        return tuple(self._parsed.sitemaps) if self._parsed is not None else ()

    def words(self) -> str:
        """Return the decision for the record of a run."""
        if self.unreachable is not None:
            return f"forbidden: {self.reason}"
        delay = f", crawl-delay {self.delay:g} s" if self.delay else ""
        return f"allowed: {self.reason}{delay}"
