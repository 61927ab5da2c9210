"""What makes a harvest red: which of its failures are news, and which a person has been told before (decision 0019).

Plain functions: no Prefect here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.queries import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a harvest found of trouble, by source; a source is in one of the four at most.

    Attributes:
        newly: the last look before was well, or could not be stored now: reason of the run.
        reminded: failing before, and this is its first look in another ISO week: reason, with the day since when.
        still: failing before: reason, with the day since when.
        recovered: failing before, and well now: the day since when it was.
        is_named: whether the sources were asked for by name, so that every failure is an answer.
    """

    newly: Mapping[str, str] = field(default_factory=dict)
    reminded: Mapping[str, str] = field(default_factory=dict)
    still: Mapping[str, str] = field(default_factory=dict)
    recovered: Mapping[str, str] = field(default_factory=dict)
    is_named: bool = False

    @property
    def red(self) -> dict[str, str]:
        """The sources that make the harvest end failed, with their reasons."""
        told = {**self.newly, **self.reminded}
        return {**told, **self.still} if self.is_named else told

    @property
    def quiet(self) -> dict[str, str]:
        """The sources that fail and do not make the harvest end failed."""
        return {} if self.is_named else dict(self.still)


def verdict(
    before: Mapping[str, Trouble],
    failed: Mapping[str, str],
    stored: frozenset[str],
    moment: datetime,
    *,
    is_named: bool,
) -> Verdict:
    """Tell news from what is known.

    Args:
        before: the sources that were failing before the harvest.
        failed: the sources whose look failed in it, with the reason.
        stored: the sources of which the harvest stored a run, however it ended.
        moment: aware time the looks speak for.
        is_named: whether the sources were asked for by name.
    """
    newly: dict[str, str] = {}
    reminded: dict[str, str] = {}
    still: dict[str, str] = {}
    for slug, reason in failed.items():
        trouble = before.get(slug)
        if trouble is None or slug not in stored:
            # What was not stored is trouble of ours, and nothing would remember it tomorrow.
            newly[slug] = reason
            continue
        is_of_another_week = trouble.last.isocalendar()[:2] != moment.isocalendar()[:2]
        (reminded if is_of_another_week else still)[slug] = f"{reason} (failing since {trouble.since:%Y-%m-%d})"
    recovered = {
        slug: f"well again; it was failing since {before[slug].since:%Y-%m-%d}"
        for slug in sorted(stored & before.keys() - failed.keys())
    }
    return Verdict(newly=newly, reminded=reminded, still=still, recovered=recovered, is_named=is_named)
