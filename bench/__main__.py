"""``python -m bench``: the whole pipeline against its peers on an invented site, all on this machine in one run.

Each contestant is a process of its own, all asking the same site over loopback; rounds are interleaved, and the table
gives the median of each. A machine may be twice as slow a minute later: bare Scrapy reads the site right before each of
our later looks as well, and "times Scrapy" is the median of the ratios of neighbours. Seconds of two machines, or of a
busy one, do not compare. Ours fetches, archives, reads, normalises, classifies, judges and loads with history; what the
peers leave out stands in the table.
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
from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Peers:
    """The other contestants, run by a Python that has them; what they write goes to ``folder``."""

    python: Path
    site: Site
    folder: Path

    def scrapy(self, contest: str) -> dict[str, Any]:
        """Let bare Scrapy, which knows no later look, read the site as it stands."""
        return self._row(contest, SCRAPY, "items", "scrapy_site.py", self.folder / "scrapy.jsonl")

    def keeping_scrapy(self, contest: str) -> dict[str, Any]:
        """Let Scrapy read it, keeping every page."""
        options = (self.folder / "scrapy.jsonl", "--keep", self.folder / "scrapy-cache")
        return self._row(contest, KEEPING, "items, pages", "scrapy_site.py", *options)

    def loops(self, contest: str) -> Iterator[dict[str, Any]]:
        """Let a plain loop read it, that writes a frame, and one that hands rows to dlt."""
        loop, dlt = "requests + BeautifulSoup + pandas", "requests + BeautifulSoup + dlt"
        yield self._row(contest, loop, "items", "requests_loop.py", self.folder / "loop.csv")
        (self.folder / "dlt").mkdir()
        yield self._row(contest, dlt, "rows", "dlt_pipeline.py", self.folder / "dlt")

    def _row(self, contest: str, who: str, keeps: str, script: str, *options: object) -> dict[str, Any]:
        cost = cost_of([self.python, PEERS / script, self.site.port, *options])
        return {"contest": contest, "who": who, "keeps": keeps, "pages": self.site.pages} | cost


def first_harvests(peers: Peers, slug: str, contest: str) -> Iterator[dict[str, Any]]:
    """Let everybody read the whole site once, with nothing known."""
    site = peers.site
    site.stand()
    yield from peers.loops(contest)
    yield peers.keeping_scrapy(contest)
    yield peers.scrapy(contest)
    site.stand()  # so that only our own requests are counted
    yield _row(contest, site, ours(slug, site, peers.folder / "ours", FIRST))


def later_harvests(peers: Peers, slug: str) -> Iterator[dict[str, Any]]:
    """Harvest a week later: nothing changed, 5 % changed, every byte changed and no fact; each on its own copy."""
    site, folder = peers.site, peers.folder
    for contest, state in (
        ("again, unchanged", {}),
        ("again, 5 % changed", {"changed": 0.05}),
        ("again, other bytes, same facts", {"noise": "another"}),
    ):
        data = folder / f"ours-{contest.replace(' ', '-').replace('%', '')}"
        subprocess.run(["cp", "-r", str(folder / "ours"), str(data)], check=True)
        site.stand(**state)
        yield peers.scrapy(contest)
        site.stand(**state)
        yield _row(contest, site, ours(slug, site, data, WEEK_LATER))


def large_harvests(peers: Peers, slug: str) -> Iterator[dict[str, Any]]:
    """Read a larger site with Scrapy and with ours; then let its sitemap earn trust, and harvest with that."""
    site, data = peers.site, peers.folder / "ours"

    def beside_scrapy(contest: str, day: str, **state: object) -> Iterator[dict[str, Any]]:
        site.stand(**state)
        yield peers.scrapy(contest)
        site.stand(**state)
        yield _row(contest, site, ours(slug, site, data, day))

    site.stand()
    yield peers.keeping_scrapy(LARGE)
    yield from beside_scrapy(LARGE, FIRST)
    yield from beside_scrapy("large, again, unchanged", WEEK_LATER)
    (changed, day), *more = EARNING
    yield from beside_scrapy("large, again, 5 % changed", day, changed=changed)
    for changed, day in more:
        site.stand(changed=changed)
        ours(slug, site, data, day)
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

    Contests without Scrapy are compared with its first harvest of the mixed site, of the large one if it is that, in
    the same round.
    """
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["contest"], row["who"]].append(row)
    return [
        {
            "contest": contest,
            "who": who,
            "keeps": found[0]["keeps"],
            "pages": found[0]["pages"],
            "pages_per_second": statistics.median(row["pages"] / row["seconds"] for row in found),
            "times_scrapy": statistics.median(
                bare["seconds"] / row["seconds"] for bare, row in zip(_beside(contest, grouped), found, strict=True)
            ),
            "cpu_ms_per_page": statistics.median(1000 * row["cpu_seconds"] / row["pages"] for row in found),
            "peak_mebibytes": statistics.median(row["peak_mebibytes"] for row in found),
            "archive_kib_per_page": found[-1].get("archive_kib_per_page"),
            "note": found[-1].get("note", ""),
        }
        for (contest, who), found in grouped.items()
    ]


def _beside(contest: str, grouped: Mapping[tuple[str, str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return what bare Scrapy took in each round for what a contest is compared with."""
    return grouped.get((contest, SCRAPY)) or grouped[LARGE if "large" in contest else MIXED, SCRAPY]


def main() -> None:
    """Run the contests and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=1500)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--large-pages", type=int, default=10_000, help="pages of the site whose sitemap is trusted")
    arguments.add_argument("--quick", action="store_true", help="200 pages, one round: under two minutes")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    pages, rounds, large_pages = (200, 1, 300) if asked.quick else (asked.pages, asked.rounds, asked.large_pages)
    python = python_of_peers()
    rows: list[dict[str, Any]] = []
    with served(pages, 0.9) as mixed, served(pages, 0.0) as markup:
        for number in range(1, rounds + 1):
            console.say(f"round {number} of {rounds}: {pages} pages")
            with tempfile.TemporaryDirectory() as name:
                peers = Peers(python, mixed, Path(name))
                rows += first_harvests(peers, "bench_pages", MIXED)
                rows += later_harvests(peers, "bench_pages")
            with tempfile.TemporaryDirectory() as name:
                rows += first_harvests(Peers(python, markup, Path(name)), "bench_pages", MARKUP)
    with served(large_pages, 0.9) as site:
        for number in range(1, rounds + 1):
            console.say(f"round {number} of {rounds}: {large_pages} pages, whose sitemap earns trust")
            with tempfile.TemporaryDirectory() as name:
                rows += large_harvests(Peers(python, site, Path(name)), "bench_pages")
    found = summary(rows)
    if asked.json:
        console.print_json({"rounds": rounds, "rows": found})
    else:
        console.print_table(found, COLUMNS)


if __name__ == "__main__":
    main()
