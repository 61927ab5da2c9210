"""Pages that a trusted signal vouches for are not asked for; one that is found wrong vouches for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from live_site import BASE, Asked, Observed, Ran, Reply, Site, source_of

from models.records import KnownPage, Page
from scrapers.capture import known_page
from scrapers.signals import Signal, entry, kind_of
from scrapers.vouching import Vouching

if TYPE_CHECKING:
    from scrapers.run_fetch import RunFetch

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
PAGES = 60
SAMPLED = 30  # 5 % of 60 are 3, so the least number counts


def facts(page: Page) -> bytes:
    """The facts of a page are its first line."""
    return page.body.split(b"\n")[0]


@dataclass
class World:
    """A site of small pages whose entries in a list say their edition, and what a run of ours has seen of it.

    ``edition`` is what the list says of each page, ``facts`` what the page says.
    """

    site: Site
    observed: Observed
    pages: int = PAGES
    facts: dict[int, int] = field(default_factory=dict)
    edition: dict[int, int] = field(default_factory=dict)
    noise: str = ""
    status: dict[int, int] = field(default_factory=dict)
    known: dict[str, KnownPage] = field(default_factory=dict)
    looks: int = 0

    def __post_init__(self) -> None:
        self.facts = dict.fromkeys(range(self.pages), 0)
        self.edition = dict.fromkeys(range(self.pages), 0)
        self.site.otherwise = self._answer

    def _answer(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(status=404)
        number = int(asked.path.rpartition("/")[2])
        status = self.status.get(number, 200)
        return Reply(f"{number} says {self.facts[number]}\n{self.noise}".encode(), status=status)

    def change(self, *numbers: int, told: bool) -> None:
        for number in numbers:
            self.facts[number] += 1
            self.edition[number] += told

    def signals(self, numbers: Sequence[int]) -> Mapping[str, Signal]:
        return {url(n): entry([str(self.edition[n])]) for n in numbers}

    def look(
        self, *, trusted: bool = True, days: float = 7, parts: int = 1, failed: Sequence[int] = (), read: bool = True
    ) -> tuple[Ran, list[Page], list[int]]:
        """Walk all pages in ``parts``; return the run, the pages yielded, and the numbers asked for at the host."""
        self.looks += 1
        as_of = FIRST + timedelta(days=days * self.looks)
        self.site.asked.clear()
        trust = frozenset({"entry"} if trusted else ())
        vouching = Vouching(
            seed=f"s{self.looks}", as_of=as_of, trusted=trust,
            same_facts=lambda old, new: facts(old) == facts(new),
        )  # fmt: skip

        async def walk(fetch: RunFetch) -> list[Page]:
            size = self.pages // parts
            ends = [*(size * part for part in range(parts)), self.pages]
            found = []
            for begin, end in pairwise(ends):
                numbers = range(begin, end)
                found += [page async for page in fetch.many(map(url, numbers), signals=self.signals(numbers))]
            return found

        known = [page for page in self.known.values() if page.url not in map(url, failed)]
        ran = self.observed.run(
            walk,
            source=source_of(concurrency=4),
            known=known,
            vouching=vouching,
            started=as_of,
            key=f"{self.looks:016}",
        )
        asked = [int(path.rpartition("/")[2]) for path in self.site.paths()]
        if not read:
            return ran, [], asked
        whole = [
            page if page.body else replace(page, body=self.observed.archive.body(page.place)) for page in ran.result
        ]
        self.known |= {page.url: k for page in whole if (k := known_page(page))}
        return ran, whole, asked


def url(number: int) -> str:
    return f"{BASE}/courses/{number}"


def counts(ran: Ran) -> dict[str, int]:
    return {name: count for name, count in ran.fetch.signals["entry"].items() if count}


@pytest.fixture
def world(site: Site, observed: Observed) -> World:
    return World(site, observed)


def said(pages: Sequence[Page]) -> list[str]:
    return [facts(page).decode() for page in pages]


def truth(world: World) -> list[str]:
    return [f"{n} says {world.facts[n]}" for n in range(world.pages)]


def test_only_a_sample_is_asked_for_and_the_order_stays(world: World) -> None:
    ran, _, asked = world.look()
    assert len(asked) == PAGES
    assert counts(ran) == {"known": PAGES}
    ran, pages, asked = world.look()
    assert len(asked) == SAMPLED
    assert counts(ran) == {"known": 60, "said_same": 60, "vouched": 30, "checked": 30}
    assert said(pages) == truth(world)
    assert [page.url for page in pages] == [url(n) for n in range(PAGES)]
    vouched = [page for page in pages if page.vouched]
    assert {page.at.date() for page in vouched} == {(FIRST + timedelta(days=7)).date()}
    assert [(page.unchanged, page.record, page.signal) for page in vouched] == [(True, None, entry(["0"]))] * 30
    assert [page.url for page in ran.told] != [page.url for page in pages]  # the sample came first, and was told of
    assert len(ran.told) == PAGES


def test_another_look_samples_other_pages_and_the_same_look_the_same(world: World) -> None:
    world.look()
    _, _, first = world.look()
    _, _, second = world.look()
    assert set(first) != set(second)
    world.looks -= 1
    _, _, again = world.look()
    assert set(again) == set(second)


def test_a_change_that_is_announced_is_fetched(world: World) -> None:
    world.look()
    world.look()
    world.change(3, 40, 41, told=True)
    ran, pages, asked = world.look()
    assert {3, 40, 41} <= set(asked)
    assert said(pages) == truth(world)
    assert counts(ran) == {
        "known": 60, "said_same": 57, "vouched": 27, "checked": 30, "moved": 3, "announced": 3,
    }  # fmt: skip


def test_new_pages_are_asked_for_and_gone_ones_not_walked(world: World) -> None:
    world.look()
    world.pages += 2
    world.facts |= {60: 0, 61: 0}
    world.edition |= {60: 0, 61: 0}
    _, pages, asked = world.look()
    assert {60, 61} <= set(asked)
    assert len(asked) == 32
    world.pages = 50
    _, pages, asked = world.look()
    assert len(pages) == 50
    assert len(asked) == 30


def test_one_miss_and_everything_is_asked_for_in_the_same_run(world: World) -> None:
    world.look()
    _, _, sampled = world.look(days=7)
    world.looks -= 1  # the same look again, so that we know its sample
    world.change(sampled[0], told=False)
    others = next(n for n in range(PAGES) if n not in sampled)
    world.change(others, told=False)
    ran, pages, asked = world.look()
    assert sorted(asked) == list(range(PAGES))  # each once
    assert said(pages) == truth(world)
    assert not any(page.vouched for page in pages)
    assert counts(ran) == {"known": 60, "said_same": 60, "checked": 60, "missed": 2}
    [problem] = ran.fetch.problems
    assert (problem.code, problem.url) == ("signal_missed", url(sampled[0]))
    assert problem.message.startswith("the facts of 1 of 30 pages checked had changed although entry stood still")
    assert ran.fetch.incomplete_reasons == []


def test_other_bytes_are_no_miss(world: World) -> None:
    world.look()
    world.noise = "a token"
    ran, pages, asked = world.look()
    assert len(asked) == SAMPLED
    assert counts(ran)["vouched"] == 30
    assert [page.unchanged for page in pages] == [page.vouched for page in pages]
    assert ran.fetch.problems == []


@pytest.mark.parametrize(("status", "missed"), [(404, True), (410, True), (500, False)])
def test_a_page_that_is_gone_is_a_miss_and_one_that_fails_is_none(world: World, status: int, missed: bool) -> None:
    world.look()
    _, _, sampled = world.look()
    world.looks -= 1
    world.status[sampled[5]] = status
    ran, pages, asked = world.look()
    assert [failure.url for failure in ran.fetch.failures] == [url(sampled[5])]
    assert len(pages) == PAGES - 1
    assert (len(set(asked)) == PAGES) is missed
    assert [problem.code for problem in ran.fetch.problems] == ["signal_missed"] * missed


def test_nothing_is_vouched_for_while_the_host_hardly_answers(world: World) -> None:
    world.look()
    world.status = dict.fromkeys(range(PAGES), 500)
    ran, pages, _ = world.look()
    assert (pages, len(ran.fetch.failures)) == ([], PAGES)
    assert ran.fetch.problems == []


def test_a_page_that_is_not_known_is_asked_for_whatever_its_signal_says(world: World) -> None:
    world.look()
    _, _, asked = world.look(failed=range(20))
    assert set(range(20)) <= set(asked)
    assert len(asked) == 20 + SAMPLED


def test_no_answer_vouched_for_is_older_than_ninety_days(world: World) -> None:
    world.look(days=0)
    pages = []
    for _ in range(9):
        before = world.looks
        _, pages, _ = world.look(days=10)
        now = FIRST + timedelta(days=10 * (before + 1))
        assert all(now - page.at < timedelta(days=90) for page in pages)
    world.looks = 6  # 70 days after the first, from which nothing was asked for
    world.known = {k.url: replace(k, at=FIRST) for k in world.known.values()}
    _, pages, asked = world.look(days=10)
    assert SAMPLED < len(asked) < PAGES
    world.known = {k.url: replace(k, at=FIRST) for k in world.known.values()}
    world.looks = 8
    _, _, asked = world.look(days=10)
    assert len(asked) == PAGES


def test_what_cannot_be_compared_neither_holds_nor_misses(world: World, tmp_path: Path) -> None:
    world.look()
    file = next((tmp_path / "archive").rglob("*.warc.gz"))
    file.write_bytes(bytes(file.stat().st_size))
    world.noise = "a token"
    ran, _, asked = world.look(read=False)
    assert len(asked) == SAMPLED
    assert counts(ran) == {"known": 60, "said_same": 60, "vouched": 30}


def test_trust_that_is_lost_late_makes_the_walk_incomplete(world: World) -> None:
    """A scraper that asks in several parts was given pages of an earlier part that were only vouched for."""
    world.pages = 120
    world.facts = dict.fromkeys(range(120), 0)
    world.edition = dict(world.facts)
    world.look(parts=2)
    world.change(*range(60, 120), told=False)
    ran, pages, asked = world.look(parts=2)
    assert set(range(60, 120)) <= set(asked)
    assert len(asked) == SAMPLED + 60
    assert ran.fetch.incomplete_reasons == ["entry had vouched for 30 pages before it was found wrong"]
    assert said(pages) == truth(world)


def test_without_trust_nothing_is_skipped_and_everything_is_counted(world: World) -> None:
    world.look()
    world.change(1, 2, told=False)
    world.change(3, 4, told=True)
    ran, pages, asked = world.look(trusted=False)
    assert sorted(asked) == list(range(PAGES))
    assert said(pages) == truth(world)
    assert counts(ran) == {
        "known": 60, "said_same": 58, "checked": 58, "missed": 2, "moved": 2, "announced": 2,
    }  # fmt: skip
    assert ran.fetch.problems == []  # nobody had relied on it


def test_of_a_large_catalogue_a_part_is_compared_but_announcements_are_looked_into(world: World) -> None:
    world.look()
    world.noise = "a token"
    world.change(*range(5), told=True)
    many = {f"{BASE}/courses/{n}": entry([str(n)]) for n in range(PAGES, 20_000)}
    signals = world.signals
    world.signals = lambda numbers: many | signals(numbers)  # type: ignore[method-assign]
    ran, pages, _ = world.look(trusted=False)
    assert said(pages) == truth(world)
    told = counts(ran)
    assert (told["moved"], told["announced"], told["said_same"]) == (5, 5, 55)
    assert told.get("checked", 0) < 20  # of 55 about one in twenty is expected


STEPS = st.lists(
    st.tuples(st.sets(st.integers(0, PAGES - 1), max_size=12), st.booleans(), st.booleans()), min_size=1, max_size=4
)
"""Steps of a history: pages that change, whether their entries say so, and whether every page bears other bytes."""


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[(set(range(12)), False, False)])
@example(steps=[(set(), True, False), ({1}, True, True), ({1, 2}, False, True), ({2}, True, False)])
def test_any_history(site: Site, observed: Observed, steps: list[tuple[set[int], bool, bool]]) -> None:
    """What is asked for is right; what an honest signal vouches for too; a lie that the sample meets ends all trust."""
    world = World(site, observed)
    world.look()
    silent: set[int] = set()
    """Pages that changed since they were last asked for, of which nothing was said since."""
    for number, (changed, honest, noisy) in enumerate(steps):
        world.noise = f"token {number}" if noisy else ""
        world.change(*changed, told=honest)
        silent = silent - changed if honest else silent | changed
        ran, pages, asked = world.look()
        told = counts(ran)
        lied = [page.url for page, now in zip(pages, truth(world), strict=True) if said([page]) != [now]]
        vouched = {page.url for page in pages if page.vouched}
        assert set(lied) <= vouched  # never a page that was asked for
        assert {url(n) for n in asked} | vouched == {page.url for page in pages}
        assert len(asked) + len(vouched) == PAGES
        assert lied == [url(n) for n in sorted(silent) if url(n) in vouched]
        if told.get("missed"):
            assert vouched == set()
            assert lied == []
            assert [problem.code for problem in ran.fetch.problems] == ["signal_missed"]
        else:
            assert not silent & set(asked)
            assert ran.fetch.problems == []
        silent -= set(asked)


def test_kinds_are_told_apart(world: World) -> None:
    """Trust in one kind is none in another, and another kind is not compared with what was known."""
    world.look()
    other: dict[str, Any] = {url(n): f"sitemap_lastmod {n}" for n in range(PAGES)}
    assert {kind_of(signal) for signal in other.values()} == {"sitemap_lastmod"}
    world.signals = lambda _: other  # type: ignore[method-assign]
    ran, _, asked = world.look()
    assert len(asked) == PAGES
    assert ran.fetch.signals["sitemap_lastmod"]["said_same"] == 0
