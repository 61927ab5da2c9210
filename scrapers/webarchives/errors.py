"""What can go wrong with a web archive, by name. That it refuses us is ``scrapers.scraper.SourceBlocked``."""

from __future__ import annotations


class ArchiveFailed(Exception):
    """An archive did not give what was asked for. The message says why; ``url`` is the address asked."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.reason = reason
        self.url = url


class ArchiveUnavailable(ArchiveFailed):
    """There was no answer, or only errors that may pass, after all attempts. Asking on another day may help."""


class IndexUnreadable(ArchiveFailed):
    """An answer is not what an index of captures says: an error page, cut JSON, wrong types, pages in a circle."""


class IndexTooLarge(ArchiveFailed):
    """An index holds more than we read at once. What was read before is good; a narrower question gives the rest."""


class NotArchived(ArchiveFailed):
    """The archive has no such capture."""


class CaptureExcluded(ArchiveFailed):
    """The archive does not show this address to anyone, usually because its owner asked for that."""


class CaptureUnreadable(ArchiveFailed):
    """What the archive gave is not the capture that its index names, or cannot be read."""
