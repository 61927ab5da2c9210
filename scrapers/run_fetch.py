"""One run's ``Fetch``: every rule about what may be asked for, what an answer means, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import httpx

from models.records import KnownPage, Page, PageFailure, Problem, Source, Stage
from scrapers.addresses import authority, declared, is_private, parsed, redirected
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.client import IN_FLIGHT_MAX, Answer
from scrapers.hosts import HostRun, Hosts, NoPage, page_of
from scrapers.posting import split
from scrapers.robots import ROBOTS_BYTES_MAX, Rules
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.sniff import challenge, expected_of, sniff
from scrapers.warc import Exchange, Purpose, RunWriter, encoded_url

REFUSALS = frozenset({401, 403, 451})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ROBOTS_AGE_MAX = timedelta(hours=24)
"""RFC 9309, 2.4: a robots.txt should not be used longer than that."""


class RunFetch:
    """The ``Fetch`` of one run, and its record.

    ``pages`` (without bodies, which lie in the archive), ``failures`` and ``problems`` in the order met, ``robots``
    with the decision for each host, ``sitemaps`` as the hosts' robots.txt name them, ``incomplete_reasons``, and
    ``blocked`` with the reason if the host refused.
    URLs in the record have the key of the source redacted. Pages have ``place`` set to the record that holds their
    body: the original, if they are unchanged.
    """

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
    ) -> None:
        self.pages: list[Page] = []
        self.failures: list[PageFailure] = []
        self.problems: list[Problem] = []
        self.robots: dict[str, str] = {}
        self.sitemaps: dict[str, tuple[str, ...]] = {}
        self.incomplete_reasons: list[str] = []
        self.blocked: str | None = None
        self._shared = hosts
        self._limits = hosts.limits
        self._agent = agent
        self._source = source
        self._writer = writer
        self._archive = archive
        self._known = known
        self._on_page = on_page
        self._secret = secret
        self._declared = declared(source)
        self._hosts: dict[str, HostRun] = {}
        self._tasks: set[asyncio.Task[Page]] = set()
        self._asked = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the requests still under way."""
        await _end(self._tasks)

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url``, archived.

        Raises:
            PageFailed: if it could not be had (recorded).
            SourceBlocked: if the host refuses us (recorded).
        """
        self._stop_if_blocked()
        self._count()
        asked_for = self._writer.redact(url)
        try:
            page = await self._page(url, asked_for, accept)
        except NoPage as missing:
            raise self._failed(asked_for, missing) from None
        self.pages.append(replace(page, body=b""))
        self._tell(page)
        return page

    async def many(self, urls: Iterable[str], *, accept: str | None = None) -> AsyncIterator[Page]:
        """Yield the pages at ``urls`` in the order asked, as many in flight as the source allows.

        Raises:
            SourceBlocked: if the host refuses us; requests under way are given up.
        """
        ahead: deque[asyncio.Task[Page]] = deque()
        waiting = iter(urls)
        in_flight = max(1, min(self._source.concurrency, IN_FLIGHT_MAX))
        try:
            while True:
                while len(ahead) < in_flight and not self._is_paging_stopped:
                    url = next(waiting, None)
                    if url is None:
                        break
                    ahead.append(self._start(self.get(url, accept=accept)))
                if not ahead:
                    return
                try:
                    page = await ahead[0]
                except PageFailed:
                    ahead.popleft()
                    continue
                ahead.popleft()
                yield page
        finally:
            await _end(ahead)

    def problem(self, problem: Problem) -> None:
        """Record a problem met while walking."""
        self.problems.append(problem)

    def incomplete(self, reason: str) -> None:
        """Record that this walk cannot list everything although no page failed."""
        self.incomplete_reasons.append(reason)

    def summary(self) -> dict[str, Any]:
        """Return the record of the run as JSON values, for the metadata record that closes its archive file."""
        return {
            "pages": len(self.pages),
            "unchanged": sum(page.unchanged for page in self.pages),
            "failures": [
                {"url": f.url, "at": f.at.isoformat(), "status": f.status, "reason": f.reason} for f in self.failures
            ],
            "problems": [{"code": p.code, "message": p.message, "url": p.url} for p in self.problems],
            "robots": dict(self.robots),
            "incomplete": list(self.incomplete_reasons),
            "blocked": self.blocked,
        }

    # ---- one page ------------------------------------------------------------------------

    async def _page(self, url: str, asked_for: str, accept: str | None) -> Page:
        url, body = _split(url)
        # A validator stands for what a GET would bring.
        known = self._known.get(asked_for) if body is None else None
        for _ in range(self._limits.redirects + 1):
            address = self._allowed(url)
            await self._obey_robots(address)
            answer = await self._ask(address, self._headers(accept, known), body)
            location = answer.header("location")
            if answer.status in REDIRECTS and location:
                if body is not None:
                    raise NoPage("not followed: a redirect of what was posted", answer)
                self._keep(answer, asked_for, "redirect")
                url = _next_hop(address, location)
            elif answer.status == 304:
                page = self._not_modified(answer, asked_for, known)
                if page is not None:
                    return page
                known = None
            else:
                return self._accepted(answer, asked_for, accept)
        raise NoPage(f"more than {self._limits.redirects} redirects")

    async def _ask(self, address: httpx.URL, headers: dict[str, str], body: bytes | None) -> Answer:
        """Ask with the key of the source in its place, which nobody else ever sees."""
        place = self._source.key
        if place is not None and self._secret is not None:
            if place.query:
                address = address.copy_merge_params({place.query: self._secret})
            if place.header:
                headers = {**headers, place.header: f"{place.prefix}{self._secret}"}
        return await self._host(address).ask(address, headers, self._limits, body)

    def _accepted(self, answer: Answer, asked_for: str, accept: str | None) -> Page:
        page = self._page_of(answer, asked_for)
        refusal = answer.status_words() if answer.status in REFUSALS else challenge(page)
        if refusal:
            self._keep(answer, asked_for, "failed")
            raise self._refused(f"{authority(httpx.URL(answer.url))}: {refusal}", asked_for)
        if answer.status not in {200, 203}:
            raise NoPage(answer.status_words(), answer)
        wrong = answer.damage or sniff(page, expected_of(accept))
        if wrong:
            raise NoPage(wrong, answer)
        return self._kept_page(page, answer)

    def _kept_page(self, page: Page, answer: Answer) -> Page:
        exchange = self._exchange(answer, page.url, "page")
        known = self._known.get(page.url)
        if known is None or known.digest != page.digest:
            return replace(page, place=self._writer.response(exchange))
        try:
            original, _, _ = self._archive.original(known.place)
        except ArchiveDamaged as error:
            self._archive_damaged(error, page.url)
            return replace(page, place=self._writer.response(exchange), unchanged=True)
        self._writer.revisit(exchange, original, not_modified=False)
        return replace(page, place=original.place, unchanged=True)

    def _not_modified(self, answer: Answer, asked_for: str, known: KnownPage | None) -> Page | None:
        """Return the page a 304 stands for, or ``None`` if it must be asked for anew."""
        if known is None or not (known.etag or known.last_modified):
            raise NoPage("304 to a request without validators", answer)
        try:
            original, headers, body = self._archive.original(known.place)
        except ArchiveDamaged as error:
            self._archive_damaged(error, asked_for)
            return None
        if original.digest != known.digest or original.url != encoded_url(self._writer.redact(answer.url)):
            # Another address answered than last time, whose validators ours are not.
            return None
        fresh = self._page_of(answer, asked_for)
        self._writer.revisit(self._exchange(answer, asked_for, "page"), original, not_modified=True)
        merged = {**headers, **{name: value for name, value in fresh.headers.items() if name != "content-length"}}
        return replace(
            fresh,
            status=200,
            content_type=merged.get("content-type", known.content_type),
            body=body,
            digest=known.digest,
            headers=merged,
            unchanged=True,
            place=original.place,
        )

    def _headers(self, accept: str | None, known: KnownPage | None) -> dict[str, str]:
        own = {"User-Agent": self._agent, "Accept": accept or "*/*", "Accept-Encoding": "gzip"}
        headers = {**self._source.headers, **own}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers

    # ---- where we may go -----------------------------------------------------------------

    def _allowed(self, url: str) -> httpx.URL:
        try:
            address = parsed(url)
        except ValueError as error:
            raise NoPage(str(error)) from error
        place = authority(address)
        if place not in self._declared:
            raise self._off_host(url, f"{place} is not a host this source declares")
        if is_private(address.host) and not self._shared.is_mapped(address.host):
            raise self._off_host(url, f"{place} is not a public host")
        return address

    def _host(self, address: httpx.URL) -> HostRun:
        name = address.host
        if name not in self._hosts:
            self._hosts[name] = HostRun(
                self._shared.host(name),
                hosts=self._shared,
                concurrency=self._source.concurrency,
                delay=self._source.pace_seconds,
                stop=self._stop_if_blocked,
            )
        return self._hosts[name]

    async def _obey_robots(self, address: httpx.URL) -> None:
        origin = f"{address.scheme}://{authority(address)}"
        async with self._shared.rules_locks[origin]:
            rules = self._shared.rules.get(origin)
            if rules is None or abs(self._shared.clock() - rules.at) >= ROBOTS_AGE_MAX:
                rules = await self._read_robots(origin)
                if rules.unreachable is None:
                    self._shared.rules[origin] = rules
        host = self._host(address)
        host.delay = max(host.delay, rules.delay)
        self.robots[authority(address)] = rules.words()
        self.sitemaps[authority(address)] = rules.sitemaps()
        url = self._writer.redact(str(address))
        if rules.unreachable is not None:
            raise self._refused(f"robots.txt of {authority(address)} is out of reach: {rules.reason}", url)
        if rules.delay > self._limits.wait_max_seconds:
            reason = f"robots.txt of {authority(address)} asks for {rules.delay:g} s between two requests"
            raise self._refused(f"{reason}, more than we wait", url)
        if not rules.allows(str(address)):
            self.robots[authority(address)] = f"forbidden: {address.path}"
            raise self._refused(f"robots.txt of {authority(address)} forbids {address.path}", url)

    async def _read_robots(self, origin: str) -> Rules:
        url = asked_for = f"{origin}/robots.txt"
        at = self._shared.clock()
        limits = replace(self._limits, body_bytes=ROBOTS_BYTES_MAX)
        for _ in range(self._limits.redirects + 1):
            try:
                address = self._allowed(url)
                answer = await self._host(address).ask(address, self._headers("text/plain", None), limits)
                self._keep(answer, asked_for, "robots")
                location = answer.header("location")
                if answer.status not in REDIRECTS or not location:
                    return _rules_in(answer)
                url = _next_hop(address, location)
            except NoPage as missing:
                if missing.answer is not None:
                    self._keep(missing.answer, asked_for, "robots")
                return Rules.out_of_reach(str(missing), at)
        return Rules.out_of_reach(f"more than {self._limits.redirects} redirects", at)

    # ---- what is kept --------------------------------------------------------------------

    def _page_of(self, answer: Answer, asked_for: str) -> Page:
        page = page_of(answer, asked_for)
        redact = self._writer.redact
        return replace(
            page,
            final_url=redact(page.final_url),
            headers={name: redact(value) for name, value in page.headers.items()},
        )

    def _keep(self, answer: Answer, asked_for: str, purpose: Purpose) -> None:
        self._writer.response(self._exchange(answer, asked_for, purpose))

    def _exchange(self, answer: Answer, asked_for: str, purpose: Purpose) -> Exchange:
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
        )

    # ---- what is recorded ----------------------------------------------------------------

    def _failed(self, asked_for: str, missing: NoPage) -> PageFailed:
        answer = missing.answer
        if answer is not None:
            self._keep(answer, asked_for, "failed")
        reason = self._writer.redact(str(missing))
        failure = PageFailure(
            url=asked_for,
            at=answer.at if answer else self._shared.clock(),
            reason=reason,
            status=answer.status if answer else None,
        )
        self.failures.append(failure)
        self._tell(failure)
        return PageFailed(f"{asked_for}: {reason}")

    def _refused(self, reason: str, url: str) -> SourceBlocked:
        if self.blocked is None:
            self.blocked = reason
            self._note("host_refused", reason, url)
        return SourceBlocked(reason)

    def _off_host(self, url: str, reason: str) -> NoPage:
        self._note("off_host_link", reason, self._writer.redact(url))
        return NoPage(f"not followed: {reason}")

    def _archive_damaged(self, error: ArchiveDamaged, url: str) -> None:
        self._note("archive_damaged", f"the archived page could not be read and was asked for anew: {error}", url)

    def _note(self, code: str, message: str, url: str) -> None:
        self.problems.append(Problem(stage=Stage.FETCH, code=code, message=message, url=url))

    def _tell(self, result: Page | PageFailure) -> None:
        if self._on_page is not None:
            self._on_page(result)

    # ---- when it ends --------------------------------------------------------------------

    def _stop_if_blocked(self) -> None:
        if self.blocked is not None:
            raise SourceBlocked(self.blocked)

    @property
    def _is_paging_stopped(self) -> bool:
        return self._asked > self._limits.pages

    def _count(self) -> None:
        self._asked += 1
        if self._asked <= self._limits.pages:
            return
        reason = f"more than {self._limits.pages} pages"
        if self._asked == self._limits.pages + 1:
            self.incomplete(reason)
            self._note("paging_stopped", reason, self._source.formats[0].start[0])
        raise PageFailed(f"not asked: {reason}")

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


def _next_hop(address: httpx.URL, location: str) -> str:
    try:
        return redirected(address, location)
    except ValueError as error:
        raise NoPage(f"not followed: {error}") from error


def _rules_in(answer: Answer) -> Rules:
    refusal = challenge(page_of(answer, answer.url))
    if refusal:
        return Rules.out_of_reach(refusal, answer.at)
    if 200 <= answer.status < 300:
        return Rules.of(answer.body, answer.at)
    if 400 <= answer.status < 500 and answer.status != 429:
        return Rules.none(f"no robots.txt ({answer.status})", answer.at)
    return Rules.out_of_reach(answer.status_words(), answer.at)


async def _end(tasks: Collection[asyncio.Task[Page]]) -> None:
    """Cancel ``tasks`` and wait until they have ended, whatever they end with."""
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
