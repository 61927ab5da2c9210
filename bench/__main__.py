"""``python -m bench``: the whole pipeline against its peers on an invented site, all on this machine in one run.

Each contestant is a process of its own, all asking the same site over loopback; rounds are interleaved, and the table
gives the median of each. Ratios of one run compare; seconds of two machines, or of a busy one, do not. Ours fetches,
archives, reads, normalises, classifies, judges and loads with history; what the peers leave out stands in the table.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.environment import PEERS, python_of_peers, with_bytecode_kept
from bench.memory import peak_of
from flows import console

SOURCES = Path(__file__).with_name("sources")
COLUMNS = (
    "contest", "who", "keeps", "pages_per_second", "times_scrapy", "cpu_ms_per_page", "peak_mebibytes",
    "archive_kib_per_page", "note",
)  # fmt: skip
MEASURED = ("seconds", "cpu_seconds", "peak_mebibytes")
FIRST, WEEK_LATER = "2024-01-01", "2024-01-08"
EARNING = ((0.05, "2024-02-05"), (0.05, "2024-02-12"))
"""Looks in which the sitemap earns trust: the share of courses with another price by then, and the day."""
TRUSTED = (("large, trusted, unchanged", 0.05, "2024-02-19"), ("large, trusted, 5 % changed", 0.10, "2024-02-26"))
OURS, SCRAPY, KEEPING = "Microcred Observatory", "Scrapy", "Scrapy, HTTP cache"
MIXED, MARKUP, LARGE = "first, mixed", "first, no JSON-LD", "first, mixed, large"


@dataclass(frozen=True, slots=True)
class Site:
    """The invented site while it is served."""

    port: int
    pages: int

    def stand(self, **state: object) -> None:
        """Let the site stand as told, and have every page ready before anybody asks."""
        query = "&".join(f"{name}={value}" for name, value in state.items())
        self._ask(f"/-/state?{query}")

    def asked(self) -> int:
        """Return how many requests for pages there were since the site was told how to stand."""
        return int(self._ask("/-/asked"))

    def _ask(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=300) as answer:
            return str(answer.read().decode())


@contextmanager
def served(pages: int, json_ld_share: float) -> Iterator[Site]:
    """Serve the invented site from a process of its own."""
    command = [sys.executable, "-m", "bench.site", "--pages", str(pages), "--json-ld-share", str(json_ld_share)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Site(port=int(process.stdout.readline()), pages=pages)
        finally:
            process.kill()


def cost_of(command: Sequence[object]) -> dict[str, Any]:
    """Run a contestant and return what it printed of its cost, with the wall time of its whole process."""
    began = time.perf_counter()
    environment = with_bytecode_kept() | {"MICROCRED_SOURCES_DIR": str(SOURCES)}
    parts = [str(part) for part in command]
    with (
        subprocess.Popen(parts, stdout=subprocess.PIPE, text=True, env=environment) as process,
        peak_of(process.pid) as peak,
    ):
        said, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, parts)
    cost: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return cost | {"process_seconds": time.perf_counter() - began, "peak_mebibytes": peak.mebibytes}


def ours(slug: str, site: Site, data: Path, as_of: str, *options: str) -> dict[str, Any]:
    """Harvest once with this project."""
    before = archived_bytes(data)
    command = [sys.executable, "-m", "bench.harvest", slug, "--port", str(site.port), "--data", data, "--as-of", as_of]
    cost = cost_of([*command, *options])
    return cost | {"archive_kib_per_page": (archived_bytes(data) - before) / 1024 / site.pages}


def archived_bytes(data: Path) -> int:
    """Return how many bytes the archive of a data directory has."""
    return sum(file.stat().st_size for file in (data / "archive").rglob("*.warc.gz"))


def first_harvests(python: Path, site: Site, slug: str, contest: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Let everybody read the whole site once, with nothing known."""

    def peer(who: str, keeps: str, *command: object) -> dict[str, Any]:
        return {"contest": contest, "who": who, "keeps": keeps, "pages": site.pages} | cost_of([python, *command])

    site.stand()
    spider, port = PEERS / "scrapy_site.py", site.port
    yield peer(SCRAPY, "items", spider, port, folder / "scrapy.jsonl")
    yield peer(KEEPING, "items, pages", spider, port, folder / "scrapy.jsonl", "--keep", folder / "scrapy-cache")
    loop = (PEERS / "requests_loop.py", port, folder / "loop.csv")
    yield peer("requests + BeautifulSoup + pandas", "items", *loop)
    dlt = folder / "dlt"
    dlt.mkdir()
    yield peer("requests + BeautifulSoup + dlt", "rows", PEERS / "dlt_pipeline.py", port, dlt)
    site.stand()  # so that only our own requests are counted
    yield _row(contest, site, ours(slug, site, folder / "ours", FIRST))


def later_harvests(site: Site, slug: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Harvest a week later: nothing changed, 5 % changed, every byte changed and no fact; each on its own copy."""
    for contest, state in (
        ("again, unchanged", {}),
        ("again, 5 % changed", {"changed": 0.05}),
        ("again, other bytes, same facts", {"noise": "another"}),
    ):
        data = folder / f"ours-{contest.replace(' ', '-').replace('%', '')}"
        subprocess.run(["cp", "-r", str(folder / "ours"), str(data)], check=True)
        site.stand(**state)
        yield _row(contest, site, ours(slug, site, data, WEEK_LATER))


def trusted_harvests(python: Path, site: Site, slug: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Read a larger site with Scrapy and with ours; then let its sitemap earn trust, and harvest with that."""
    data, items = folder / "ours", folder / "scrapy.jsonl"
    site.stand()
    spider = (python, PEERS / "scrapy_site.py", site.port, items)
    large = {"contest": LARGE, "pages": site.pages}
    yield large | {"who": SCRAPY, "keeps": "items"} | cost_of(spider)
    yield large | {"who": KEEPING, "keeps": "items, pages"} | cost_of([*spider, "--keep", folder / "scrapy-cache"])
    site.stand()
    yield _row(LARGE, site, ours(slug, site, data, FIRST))
    site.stand()
    yield _row("large, again, unchanged", site, ours(slug, site, data, WEEK_LATER))
    for number, (changed, day) in enumerate(EARNING):
        site.stand(changed=changed)
        look = ours(slug, site, data, day)
        if number == 0:
            yield _row("large, again, 5 % changed", site, look)
    for contest, changed, day in TRUSTED:
        site.stand(changed=changed)
        yield _row(contest, site, ours(slug, site, data, day))


def _row(contest: str, site: Site, cost: dict[str, Any]) -> dict[str, Any]:
    note = f"{cost['outcome']}, {cost['new']} new, {cost['changed']} changed, {site.asked()} requests"
    note += f", loop late by {cost['loop_late_ms_max']:.0f} ms"
    row = {"contest": contest, "who": OURS, "keeps": "rows, history, pages", "pages": site.pages, "note": note}
    return row | cost


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a contest and contestant: medians over the rounds, and the speed in multiples of bare Scrapy's.

    Contests without Scrapy are compared with its first harvest of the mixed site, of the large one if it is that.
    """
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["contest"], row["who"]].append(row)
    medians = {
        key: {name: statistics.median(row[name] for row in found) for name in MEASURED}
        for key, found in grouped.items()
    }
    speed = {key: grouped[key][0]["pages"] / cost["seconds"] for key, cost in medians.items()}
    bare = {contest: found for (contest, who), found in speed.items() if who == SCRAPY}
    return [
        {
            "contest": contest,
            "who": who,
            "keeps": grouped[contest, who][0]["keeps"],
            "pages": grouped[contest, who][0]["pages"],
            "pages_per_second": speed[contest, who],
            "times_scrapy": speed[contest, who] / bare.get(contest, bare[MIXED if "large" not in contest else LARGE]),
            "cpu_ms_per_page": 1000 * cost["cpu_seconds"] / grouped[contest, who][0]["pages"],
            "peak_mebibytes": cost["peak_mebibytes"],
            "archive_kib_per_page": grouped[contest, who][-1].get("archive_kib_per_page"),
            "note": grouped[contest, who][-1].get("note", ""),
        }
        for (contest, who), cost in medians.items()
    ]


def main() -> None:
    """Run the contests and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=1500)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--trust-pages", type=int, default=10_000, help="pages of the site whose sitemap is trusted")
    arguments.add_argument("--quick", action="store_true", help="300 pages, one round: under two minutes")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    pages, rounds, trusting = (300, 1, 600) if asked.quick else (asked.pages, asked.rounds, asked.trust_pages)
    python = python_of_peers()
    rows: list[dict[str, Any]] = []
    with served(pages, 0.9) as mixed, served(pages, 0.0) as markup:
        for number in range(1, rounds + 1):
            console.say(f"round {number} of {rounds}: {pages} pages")
            with tempfile.TemporaryDirectory() as name:
                rows += first_harvests(python, mixed, "bench_pages", MIXED, Path(name))
                rows += later_harvests(mixed, "bench_pages", Path(name))
            with tempfile.TemporaryDirectory() as name:
                rows += first_harvests(python, markup, "bench_pages", MARKUP, Path(name))
    console.say(f"a sitemap earns trust: {trusting} pages")
    with served(trusting, 0.9) as site, tempfile.TemporaryDirectory() as name:
        rows += trusted_harvests(python, site, "bench_pages", Path(name))
    found = summary(rows)
    if asked.json:
        console.print_json({"rounds": rounds, "rows": found})
    else:
        console.print_table(found, COLUMNS)


if __name__ == "__main__":
    main()
