"""One run's ``Fetch``: what an answer means and what is kept of it; what may be asked for is for ``scrapers.door``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Self

import httpx

from models.records import EMPTY, ArchivePlace, KnownPage, Origin, Page, PageFailure, Source
from scrapers.addresses import authority
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.client import IN_FLIGHT_MAX, Answer, FetchLimits, can_be_sent
from scrapers.door import REDIRECTS, Door, next_hop
from scrapers.heads import Heads
from scrapers.hosts import Hosts, NoPage, OnWait, content_headers, page_of
from scrapers.posting import split
from scrapers.run_record import closing_record
from scrapers.scraper import PageFailed
from scrapers.secret import Secret
from scrapers.signals import Signal
from scrapers.sniff import challenge, expected_of, sniff
from scrapers.turns import HeldPage, end, in_turn
from scrapers.vouching import ArchivedBodies, Plan, Said, SignalWatch, Vouching
from scrapers.warc import Exchange, Original, Purpose, RunWriter, encoded_url

REFUSALS = frozenset({401, 403, 451})
GONE = frozenset({404, 410})


class RunFetch(Door):
    """The ``Fetch`` of one run, and its record.

    ``pages`` in the order met, without bodies, which lie in the archive; besides, what ``Door`` records.
    URLs in the record have the key of the source redacted. Pages have ``place`` set to the record that holds their
    body: the original, if they are unchanged; ``record`` is always their own.
    """

    origin = Origin.LIVE

    def __init__(
        self,
        hosts: Hosts,
        source: Source,
        *,
        agent: str,
        writer: RunWriter,
        archive: Archive,
        known: Mapping[str, KnownPage],
        on_page: Callable[[Page | PageFailure], None] | None,
        secret: str | None,
        on_wait: OnWait | None = None,
        vouching: Vouching | None = None,
        left: Mapping[tuple[str, str], ArchivePlace] | None = None,
    ) -> None:
        super().__init__(hosts, source, agent=agent, on_wait=on_wait)
        self.pages: list[Page] = []
        self._writer = writer
        self._archive = archive
        self._heads = Heads(archive)
        self._known = known
        self._left = left or {}
        self._on_page = on_page
        self._key = secret
        self._secret = Secret(secret, source.key.prefix if source.key else "")
        self._watch = SignalWatch(vouching, known, ArchivedBodies(archive)) if vouching is not None else None
        self._tasks: set[asyncio.Task[Page]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the requests still under way, and close what was read from."""
        await end(self._tasks)
        self._heads.close()
        # They refer back to this run, which is let go with all its pages as soon as nobody asks for them.
        self._hosts.clear()

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url``, archived.

        Raises:
            PageFailed: if it could not be had (recorded).
            SourceBlocked: if the host refuses us (recorded).
        """
        return await self._got(url, accept, bare=False)

    async def _got(self, url: str, accept: str | None, *, bare: bool, signal: Signal | None = None) -> Page:
        """Return the page at ``url``; ``bare``: without its body if the host says that it is what it was."""
        self._stop_if_blocked()
        self._count()
        asked_for = self._redact(url)
        said = self._watch.told(asked_for, signal) if self._watch and signal else Said.NOTHING
        try:
            page = await self._page(url, asked_for, accept, bare=bare, signal=signal)
        except NoPage as missing:
            if self._watch and signal and missing.answer and missing.answer.status in GONE:
                self._watch.gone(asked_for, signal, said)
            raise self._failed(asked_for, missing) from None
        if signal is not None and self._watch:
            await self._watch.met(page, said)
        self.pages.append(replace(page, body=b"") if page.body else page)
        self._tell(page)
        return page

    async def many(
        self, urls: Iterable[str], *, accept: str | None = None, signals: Mapping[str, Signal] = EMPTY
    ) -> AsyncIterator[Page]:
        """Yield the pages at ``urls`` in the order asked, as many in flight as the source allows.

        A page that is what it was (``unchanged``) may come without its body, which lies at its ``place``. Pages that
        trusted signals vouch for are not asked for, unless one of the pages that are asked for first was not what its
        signal said; those are held back, packed, until it is their turn.

        Raises:
            SourceBlocked: if the host refuses us; requests under way are given up.
        """
        steps: Iterable[str | Page] = urls
        if self._watch and signals:
            listed = list(urls)
            addresses = [(url, self._redact(url)) for url in listed]
            # Tens of thousands of addresses take a while: the requests of other sources go on meanwhile.
            plan = await asyncio.to_thread(self._watch.plan, addresses, signals)
            held: dict[str, HeldPage | None] = {self._redact(url): None for url in plan.first}
            async with aclosing(self._in_turn((u for u in listed if u in plan.first), accept, signals)) as early:
                async for page in early:
                    held[page.url] = HeldPage.of(page)
            self._tell_of_misses()
            if 2 * sum(page is not None for page in held.values()) < len(held):
                plan = replace(plan, vouched=frozenset())  # a host that hardly answers has confirmed nothing
            steps = self._steps(listed, plan, held, signals)
        async with aclosing(self._in_turn(steps, accept, signals)) as pages:
            async for page in pages:
                yield page
        self._tell_of_misses()

    def _steps(
        self, urls: Iterable[str], plan: Plan, held: dict[str, HeldPage | None], signals: Mapping[str, Signal]
    ) -> Iterator[str | Page]:
        """Yield for each address the page that need not be asked for, or the address; nothing for one that failed."""
        assert self._watch is not None
        for url in urls:
            if (asked_for := self._redact(url)) in held:
                early = held.pop(asked_for)
                if early is not None:
                    yield early.page()
            elif url in plan.vouched and (page := self._watch.vouched(asked_for, signals[url])) is not None:
                self.pages.append(page)
                self._tell(page)
                yield page
            else:
                yield url

    def _in_turn(
        self, steps: Iterable[str | Page], accept: str | None, signals: Mapping[str, Signal]
    ) -> AsyncGenerator[Page]:
        def ask(url: str) -> asyncio.Task[Page]:
            return self._start(self._got(url, accept, bare=True, signal=signals.get(url)))

        at_once = max(1, min(self._source.concurrency, IN_FLIGHT_MAX))
        return in_turn(steps, ask, at_once=at_once, is_stopped=lambda: self._is_paging_stopped)

    @property
    def signals(self) -> dict[str, dict[str, int]]:
        """What the signals of this walk said, and how often they were right, by kind (``scrapers.vouching.COUNTS``)."""
        return self._watch.counts if self._watch else {}

    def summary(self) -> dict[str, Any]:
        """Return the record of all that was fetched, for the metadata record that closes its archive file."""
        return closing_record(
            pages=self.pages,
            failures=self.failures,
            problems=self.problems,
            robots=self.robots,
            incomplete=self.incomplete_reasons,
            blocked=self.blocked,
            signals=self.signals,
        )

    # ---- one page ------------------------------------------------------------------------

    async def _page(self, url: str, asked_for: str, accept: str | None, *, bare: bool, signal: Signal | None) -> Page:
        url, body = _split(url)
        # A validator stands for what a GET would bring.
        known = self._known.get(asked_for) if body is None else None
        for _ in range(self._limits.redirects + 1):
            address = self._allowed(url)
            await self._obey_robots(address)
            answer = await self._put(address, self._conditional(accept, known), body)
            if known is not None and self._archive.bucket is not None:
                # What is compared next is read in a thread, so that other requests go on meanwhile.
                await asyncio.to_thread(self._archive.bring, known.place)
            location = answer.header("location")
            if answer.status in REDIRECTS and location:
                if body is not None:
                    raise NoPage("not followed: a redirect of what was posted", answer)
                self._keep(answer, asked_for, "redirect")
                url = next_hop(address, location)
            elif answer.status == 304:
                page = self._not_modified(answer, asked_for, known, bare=bare, signal=signal)
                if page is not None:
                    return page
                known = None
            else:
                return self._accepted(answer, asked_for, accept, signal)
        raise NoPage(f"more than {self._limits.redirects} redirects")

    async def _put(self, address: httpx.URL, headers: dict[str, str], body: bytes | None) -> Answer:
        """Ask with the key of the source in its place, which nobody else ever sees."""
        place = self._source.key
        if place is not None and self._key is not None:
            if place.query:
                address = address.copy_merge_params({place.query: self._key})
            if place.header:
                headers = {**headers, place.header: f"{place.prefix}{self._key}"}
        return await self._said(address, headers, self._limits, body)

    async def _said(
        self, address: httpx.URL, headers: Mapping[str, str], limits: FetchLimits, body: bytes | None = None
    ) -> Answer:
        """Ask, and let nobody see what a host says back of the key: from here on there is none in anything."""
        try:
            return (await super()._said(address, headers, limits, body)).without(self._secret)
        except NoPage as missing:
            answer = missing.answer and missing.answer.without(self._secret)
            raise NoPage(self._redact(str(missing)), answer) from None

    def _accepted(self, answer: Answer, asked_for: str, accept: str | None, signal: Signal | None) -> Page:
        page = page_of(answer, asked_for)
        refusal = answer.status_words() if answer.status in REFUSALS else challenge(page)
        if refusal:
            self._keep(answer, asked_for, "failed")
            raise self.refused(f"{authority(httpx.URL(answer.url))}: {refusal}", asked_for)
        if answer.status not in {200, 203}:
            raise NoPage(answer.status_words(), answer)
        wrong = answer.damage or sniff(page, expected_of(accept))
        if wrong:
            raise NoPage(wrong, answer)
        return self._kept_page(page, answer, signal)

    def _kept_page(self, page: Page, answer: Answer, signal: Signal | None) -> Page:
        exchange = self._exchange(answer, page.url, "page", page.digest)
        known = self._known.get(page.url)
        unchanged = known is not None and known.digest == page.digest
        there = known.place if known is not None and unchanged else self._left.get((page.url, page.digest))
        original = self._there(there, page.url, is_told=unchanged)
        if original is None:
            place = self._writer.response(exchange)
            return replace(page, place=place, record=place, unchanged=unchanged, signal=signal)
        record = self._writer.revisit(exchange, original, not_modified=False)
        return replace(page, place=original.place, record=record, unchanged=unchanged, signal=signal)

    def _there(self, place: ArchivePlace | None, url: str, *, is_told: bool) -> Original | None:
        """Return the archived response that holds a body already; one that is damaged is told of if it must be."""
        if place is None:
            return None
        try:
            return self._archive.original(place)[0]
        except ArchiveDamaged as error:
            if is_told:
                self._archive_damaged(error, url)
            return None

    def _not_modified(
        self, answer: Answer, asked_for: str, known: KnownPage | None, *, bare: bool, signal: Signal | None
    ) -> Page | None:
        """Return the page a 304 stands for, or ``None`` if it must be asked for anew."""
        if known is None or not (known.etag or known.last_modified):
            raise NoPage("304 to a request without validators", answer)
        try:
            original, headers, body = self._archived(known, bare=bare)
        except ArchiveDamaged as error:
            self._archive_damaged(error, asked_for)
            return None
        if original.digest != known.digest or original.url != encoded_url(self._redact(answer.url)):
            # Another address answered than last time, whose validators ours are not.
            return None
        record = self._writer.revisit(self._exchange(answer, asked_for, "page"), original, not_modified=True)
        merged = {**headers, **content_headers(answer)}
        return Page(
            url=asked_for,
            final_url=asked_for if answer.url == asked_for else answer.url,
            at=answer.at,
            status=200,
            content_type=merged.get("content-type", known.content_type),
            body=body,
            digest=known.digest,
            headers=merged,
            unchanged=True,
            place=original.place,
            record=record,
            signal=signal,
        )

    def _archived(self, known: KnownPage, *, bare: bool) -> tuple[Original, Mapping[str, str], bytes]:
        if bare:
            return *self._heads.of(known.place), b""
        return self._archive.original(known.place)

    def _conditional(self, accept: str | None, known: KnownPage | None) -> dict[str, str]:
        headers = self._headers(accept)
        if known is not None and can_be_sent(known.etag):
            headers["If-None-Match"] = known.etag
        if known is not None and can_be_sent(known.last_modified):
            headers["If-Modified-Since"] = known.last_modified
        return headers

    # ---- what is kept --------------------------------------------------------------------

    def _redact(self, text: str) -> str:
        return self._secret.kept_out_of(text)

    def _keep(self, answer: Answer, asked_for: str, purpose: Purpose) -> None:
        self._writer.response(self._exchange(answer, asked_for, purpose))

    def _exchange(self, answer: Answer, asked_for: str, purpose: Purpose, digest: str | None = None) -> Exchange:
        body, truncated = answer.body, answer.truncated
        if purpose == "failed" and len(body) > self._limits.error_body_bytes:
            body, truncated = body[: self._limits.error_body_bytes], truncated or "length"
        return Exchange(
            asked_for=asked_for,
            url=answer.url,
            at=answer.at,
            purpose=purpose,
            request_headers=answer.request_headers,
            protocol=answer.protocol,
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            body=body,
            truncated=truncated,
            sent=answer.sent,
            digest=digest,
        )

    # ---- what is recorded ----------------------------------------------------------------

    def _failed(self, asked_for: str, missing: NoPage) -> PageFailed:
        failed = super()._failed(asked_for, missing)
        self._tell(self.failures[-1])
        return failed

    def _archive_damaged(self, error: ArchiveDamaged, url: str) -> None:
        self._note("archive_damaged", f"the archived page could not be read and was asked for anew: {error}", url)

    def _tell_of_misses(self) -> None:
        for miss in self._watch.misses() if self._watch else ():
            self._note("signal_missed", miss.words(), miss.url)
            if miss.skipped:
                # They were given away already; only another walk can ask for them.
                self.incomplete(f"{miss.kind} had vouched for {miss.skipped} pages before it was found wrong")

    def _tell(self, result: Page | PageFailure) -> None:
        if self._on_page is not None:
            self._on_page(result)

    def _start(self, page: Coroutine[Any, Any, Page]) -> asyncio.Task[Page]:
        task = asyncio.create_task(page)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _split(url: str) -> tuple[str, bytes | None]:
    try:
        return split(url)
    except ValueError as error:
        raise NoPage(str(error)) from error
