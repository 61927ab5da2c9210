"""Which sources were forgotten on request, as people decided (docs/decisions/0032): what nothing may bring back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.decisions import ALLOW, FORGET, FORGOTTEN, Decisions
from scrapers.bucket import StorageFailed

log = logging.getLogger(__name__)


class SourceForgotten(ValueError):
    """A source was forgotten on request, and nobody has allowed it since. The message says why, and what allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """That a source is forgotten: why, when (aware) and by which user of the machine, and what was found to remove.

    ``found`` holds ``rows``, ``files`` and ``bytes``. ``is_done`` says whether everything has gone.
    """

    source: str
    reason: str
    by: str
    at: datetime
    found: Mapping[str, int] = field(default_factory=dict)
    is_done: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        told = {"source": self.source, "at": self.at, "by": self.by, "reason": self.reason, "is_done": self.is_done}
        return told | {"found": dict(self.found)}

    def words(self) -> str:
        """Return in words that, when and why."""
        return f"{self.source} was forgotten on {self.at:%Y-%m-%d}: {self.reason}"


def forgotten(decisions: Decisions) -> dict[str, Forgotten]:
    """Return the sources that are forgotten now, by slug; what was allowed again is not among them."""
    found: dict[str, Forgotten] = {}
    for decided in sorted(decisions.about_forgetting(), key=lambda one: str(one.facts.get("decided_at", ""))):
        slug, facts = str(decided.facts.get("source", "")), decided.facts
        if decided.kind == ALLOW:
            found.pop(slug, None)
        elif decided.kind == FORGET:
            found[slug] = _forgotten(slug, facts)
        elif decided.kind == FORGOTTEN and slug in found:
            before = found[slug]
            found[slug] = Forgotten(
                source=slug, reason=before.reason, by=before.by, at=before.at, found=before.found, is_done=True
            )
    return found


def forgotten_here(decisions: Decisions, on_this_machine: Decisions) -> dict[str, Forgotten]:
    """Return the same; if the archive cannot be asked, what this machine was told itself."""
    try:
        return forgotten(decisions)
    except StorageFailed as error:
        log.warning("whether a source was forgotten elsewhere cannot be told: %s", error)
        return forgotten(on_this_machine)


def refuse_forgotten(slugs: Iterable[str], gone: Mapping[str, Forgotten]) -> None:
    """Make sure that nobody asked for a source that is forgotten.

    Raises:
        SourceForgotten: if somebody did.
    """
    for slug in slugs:
        if slug in gone:
            raise SourceForgotten(
                f'{gone[slug].words()}; `microcred forget {slug} --undo --reason "..."` allows it again'
            )


def _forgotten(slug: str, facts: Mapping[str, Any]) -> Forgotten:
    try:
        at = datetime.fromisoformat(str(facts["decided_at"])).astimezone(UTC)
    except (KeyError, ValueError):
        at = datetime.fromtimestamp(0, UTC)  # a line that somebody spoilt still forbids
    found = facts.get("found")
    counts = {str(name): int(n) for name, n in found.items()} if isinstance(found, dict) else {}
    return Forgotten(source=slug, reason=str(facts.get("reason", "")), by=str(facts.get("by", "")), at=at, found=counts)
