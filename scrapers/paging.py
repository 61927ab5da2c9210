"""Walking a list over its pages: to the end, never in circles, and with the source's own total as a check."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from models.records import Page, Problem, Stage
from scrapers.decode import PageUnreadable
from scrapers.fields import EntryInvalid
from scrapers.scraper import Fetch, PageFailed
from scrapers.signals import Signal, entry


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list: how many entries it holds, the address of the next page, and the source's own total.

    ``details`` are the addresses of the pages its entries have to themselves, ``signals`` what the entries say of them
    (``scrapers.signals.entry``). ``said`` tells a page from another by its entries alone, where what stands around them
    (the address of the next page, a time) differs on pages that are otherwise the same.
    """

    entries: int
    next_url: str | None = None
    total: int | None = None
    details: tuple[str, ...] = ()
    signals: Mapping[str, Signal] = field(default_factory=dict)
    said: Signal | None = None


async def follow(
    fetch: Fetch, start: str, part_of: Callable[[Page], Part], *, accept: str | None = None
) -> AsyncIterator[Page]:
    """Yield the pages of a list from ``start`` on.

    A page that cannot be had ends the list, and its failure stands in the run: other lists of the source are read all
    the same. So does a page whose end cannot be read, a ``next`` that was read before, and a page that says what an
    earlier one of the list said (some hosts give the last page, or the first, for every number beyond the end), which
    is not yielded. The walk is then incomplete, unless the source states a total that was read before the list repeated
    itself. If the source states a total and fewer entries were read, the walk is incomplete too.

    Raises:
        SourceBlocked: if the host refuses us.
    """
    seen: set[str] = set()
    said: set[Hashable] = set()
    read = 0
    url: str | None = start
    total: int | None = None
    while url is not None:
        seen.add(url)
        try:
            page = await fetch.get(url, accept=accept)
        except PageFailed:
            return
        try:
            part = part_of(page)
            following = urljoin(page.final_url, part.next_url) if part.next_url else None
        except (PageUnreadable, EntryInvalid, ValueError) as error:
            yield page
            fetch.incomplete(f"the list breaks off at {url}: {error}")
            return
        total = part.total if part.total is not None else total
        saying = part.details or part.said or page.digest
        if part.entries and saying in said:
            if total is None or read < total:
                _stopped(fetch, url, f"the list repeats itself at {url}")
            return
        yield page
        said.add(saying)
        read += part.entries
        url = following
        if url in seen:
            _stopped(fetch, url, f"the list leads back to {url}")
            return
    if total is not None and read < total:
        _too_few(fetch, start, read, total)


class Details:
    """The pages that entries of lists have to themselves, gathered while the lists are followed, each once."""

    def __init__(self, part_of: Callable[[Page], Part]) -> None:
        self._part_of = part_of
        self._addresses: dict[str, None] = {}
        self._signals: dict[str, Signal] = {}

    def noted(self, page: Page) -> Part:
        """Return what a page of a list is, and remember what its entries link to and say of it."""
        part = self._part_of(page)
        self._addresses.update(dict.fromkeys(part.details))
        for address, signal in part.signals.items():
            known = self._signals.get(address)
            self._signals[address] = signal if known is None else entry((known, signal))
        return part

    async def pages(self, fetch: Fetch, *, accept: str) -> AsyncIterator[Page]:
        """Yield the pages gathered.

        Raises:
            SourceBlocked: if the host refuses us.
        """
        async for page in fetch.many(self._addresses, accept=accept, signals=self._signals):
            yield page


def with_query(url: str, **values: str | int) -> str:
    """Return ``url`` with query values set or replaced, everything else as it is."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    query = urlencode([*kept, *((name, str(value)) for name, value in values.items())], safe=",")
    return urlunsplit(parts._replace(query=query))


def same_page(url: str, other: str) -> bool:
    """Whether two addresses differ at most in their query."""
    return urlsplit(url)._replace(query="", fragment="") == urlsplit(other)._replace(query="", fragment="")


def _stopped(fetch: Fetch, url: str, message: str) -> None:
    fetch.problem(Problem(stage=Stage.FETCH, code="paging_stopped", message=message, url=url))
    fetch.incomplete(message)


def _too_few(fetch: Fetch, url: str, read: int, total: int) -> None:
    message = f"the source states {total} entries, {read} were listed"
    fetch.problem(Problem(stage=Stage.FETCH, code="total_mismatch", message=message, url=url))
    fetch.incomplete(message)
