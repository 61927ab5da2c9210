"""``python -m bench.year``: what a look costs when a source has been looked at for a year, week after week.

The invented site of ``python -m bench`` is harvested once a week; each week another percent of its courses has another
price. What a look costs must follow what is there and what changed, not how many looks there were before. The sitemap
earns trust after two looks, so that most pages are vouched for; ``--untrusted`` has every page asked for.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.__main__ import archived_bytes, ours, served
from flows import console

SLUG = "bench_pages"
BEGIN = date(2024, 1, 1)
CHANGED_A_WEEK = 0.01
MEASURED = ("seconds", "cpu_seconds", "requests", "changed", "archive_kib", "database_kib", "loop_late_ms_max")
COLUMNS = ("looks", *MEASURED)


def looks(pages: int, count: int, *, whole: bool) -> Iterator[dict[str, Any]]:
    """Harvest a site of ``pages`` courses ``count`` times, a week apart, and yield what each look cost."""
    with served(pages, 0.9) as site, tempfile.TemporaryDirectory() as name:
        data = Path(name)
        for number in range(count):
            site.stand(changed=round(CHANGED_A_WEEK * number, 4))
            before = archived_bytes(data), _database_bytes(data)
            day = BEGIN + timedelta(weeks=number)
            look = ours(SLUG, site, data, day.isoformat(), *(("--whole",) if whole else ()))
            after = archived_bytes(data), _database_bytes(data)
            archive_kib, database_kib = ((late - early) / 1024 for early, late in zip(before, after, strict=True))
            grown = {"archive_kib": archive_kib, "database_kib": database_kib}
            yield {"requests": site.asked()} | look | grown


def by_quarter(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first two looks one by one, and the medians of each thirteen that follow."""
    rows = [_medians(f"{number}", found[number - 1 : number]) for number in (1, 2) if number <= len(found)]
    for first in range(2, len(found), 13):
        some = found[first : first + 13]
        rows.append(_medians(f"{first + 1} to {first + len(some)}", some))
    return rows


def _medians(name: str, some: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"looks": name} | {column: statistics.median(look[column] for look in some) for column in MEASURED}


def _database_bytes(data: Path) -> int:
    return sum(file.stat().st_size for file in data.glob("observatory.sqlite*") if file.is_file())


def main() -> None:
    """Look at the site for a year and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=3000)
    arguments.add_argument("--looks", type=int, default=54, help="a week apart")
    arguments.add_argument("--untrusted", action="store_true", help="ask for every page, whatever the sitemap says")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    found = []
    for number, look in enumerate(looks(asked.pages, asked.looks, whole=asked.untrusted), 1):
        console.say(f"look {number} of {asked.looks}: {look['outcome']}, {look['seconds']:.2f} s")
        found.append(look)
    rows = by_quarter(found)
    if asked.json:
        console.print_json({"pages": asked.pages, "rows": rows})
    else:
        console.print_table(rows, COLUMNS)


if __name__ == "__main__":
    main()
