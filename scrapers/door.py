"""The rules that every request of ours passes, whatever is asked for: declared hosts, robots.txt, pace, the agent.

``Door`` only asks. ``scrapers.run_fetch`` adds what the answers of a source mean and what is kept of them; web archives
(``scrapers.webarchives``), whose answers mean something else, are asked through a bare ``Door``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import httpx

from models.records import EMPTY, PageFailure, Problem, Source, Stage
from scrapers.addresses import authority, declared, is_private, parsed, redirected
from scrapers.client import Answer, FetchLimits, shortened
from scrapers.hosts import HostRun, Hosts, NoPage, OnWait, page_of
from scrapers.robots import ROBOTS_BYTES_MAX, Rules
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.sniff import challenge
from scrapers.warc import Purpose

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_URL_SHOWN_MAX = 2_000


class Door:
    """One run's way to the hosts of ``source``, and what it met there.

    ``failures`` and ``problems`` in the order met, ``robots`` with the decision for each host, ``sitemaps`` as the
    hosts' robots.txt name them, ``incomplete_reasons``, and ``blocked`` with the reason if a host refused: from then
    on nothing is asked. Nothing is followed, judged or kept here.
    """

    def __init__(self, hosts: Hosts, source: Source, *, agent: str, on_wait: OnWait | None = None) -> None:
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
        self._on_wait = on_wait
        self._declared = declared(source)
        self._hosts: dict[str, HostRun] = {}
        self._asked = 0
        self._begun_at: float | None = None
        self._ended: str | None = None

    async def ask(
        self, url: str, *, accept: str | None = None, headers: Mapping[str, str] = EMPTY, body_bytes: int | None = None
    ) -> Answer:
        """Return what a host says to one GET, whatever its status: redirects are not followed.

        Args:
            url: an absolute address on a host that the source declares.
            accept: the media types asked for.
            headers: further headers, which go before ours of the same name (but for the agent).
            body_bytes: the most that is read of the body, if less than this process allows.

        Raises:
            PageFailed: if there was no answer, or none but errors that may pass after all attempts (recorded).
            SourceBlocked: if robots.txt forbids it (recorded), or a host has refused us before.
        """
        self._stop_if_blocked()
        self._count()
        limits = self._limits
        if body_bytes is not None:
            limits = replace(limits, body_bytes=min(body_bytes, limits.body_bytes))
        try:
            address = self._allowed(url)
            await self._obey_robots(address)
            sent = {**self._headers(accept), **headers, "User-Agent": self._agent}
            return await self._said(address, sent, limits)
        except NoPage as missing:
            raise self._failed(self._redact(url), missing) from None

    def refused(self, reason: str, url: str) -> SourceBlocked:
        """Record that a host refuses us, so that nothing more is asked, and return the error to raise."""
        if self.blocked is None:
            self.blocked = reason
            self._note("host_refused", reason, url)
        return SourceBlocked(reason)

    def problem(self, problem: Problem) -> None:
        """Record a problem met while walking."""
        self.problems.append(problem)

    def incomplete(self, reason: str) -> None:
        """Record that this walk cannot list everything although no page failed."""
        self.incomplete_reasons.append(reason)

    # ---- what keeps something says how ---------------------------------------------------

    async def _said(
        self, address: httpx.URL, headers: Mapping[str, str], limits: FetchLimits, body: bytes | None = None
    ) -> Answer:
        return await self._host(address).ask(address, headers, limits, body)

    def _redact(self, text: str) -> str:
        return text

    def _keep(self, answer: Answer, asked_for: str, purpose: Purpose) -> None:
        del answer, asked_for, purpose

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
                on_wait=self._on_wait,
            )
        return self._hosts[name]

    def _headers(self, accept: str | None) -> dict[str, str]:
        own = {"User-Agent": self._agent, "Accept": accept or "*/*", "Accept-Encoding": "gzip"}
        return {**self._source.headers, **own}

    async def _obey_robots(self, address: httpx.URL) -> None:
        place, url = authority(address), str(address)
        origin = f"{address.scheme}://{place}"
        rules = self._shared.rules(origin) or await self._rules_read(origin)
        host = self._host(address)
        host.delay = max(host.delay, rules.delay)
        self.robots[place] = rules.words()
        self.sitemaps[place] = rules.sitemaps()
        if rules.unreachable is not None:
            raise self.refused(f"robots.txt of {place} is out of reach: {rules.reason}", self._redact(url))
        if rules.delay > self._limits.wait_max_seconds:
            reason = f"robots.txt of {place} asks for {rules.delay:g} s between two requests"
            raise self.refused(f"{reason}, more than we wait", self._redact(url))
        if not rules.allows(url):
            self.robots[place] = f"forbidden: {address.path}"
            raise self.refused(f"robots.txt of {place} forbids {address.path}", self._redact(url))

    async def _rules_read(self, origin: str) -> Rules:
        async with self._shared.rules_locks[origin]:
            rules = self._shared.rules(origin)
            if rules is None:
                rules = await self._read_robots(origin)
                if rules.unreachable is None:
                    self._shared.keep_rules(origin, rules)
        return rules

    async def _read_robots(self, origin: str) -> Rules:
        url = asked_for = f"{origin}/robots.txt"
        at = self._shared.clock()
        # What is larger is read as far as that (RFC 9309, 2.5).
        limits = replace(self._limits, body_bytes=ROBOTS_BYTES_MAX, error_body_bytes=ROBOTS_BYTES_MAX)
        for _ in range(self._limits.redirects + 1):
            try:
                address = self._allowed(url)
                answer = await self._said(address, self._headers("text/plain"), limits)
                self._keep(answer, asked_for, "robots")
                location = answer.header("location")
                if answer.status not in REDIRECTS or not location:
                    return _rules_in(answer)
                url = next_hop(address, location)
            except NoPage as missing:
                if missing.answer is not None:
                    self._keep(missing.answer, asked_for, "robots")
                return Rules.out_of_reach(str(missing), at)
        return Rules.out_of_reach(f"more than {self._limits.redirects} redirects", at)

    # ---- what is recorded ----------------------------------------------------------------

    def _failed(self, asked_for: str, missing: NoPage) -> PageFailed:
        answer = missing.answer
        if answer is not None:
            self._keep(answer, asked_for, "failed")
        reason = self._redact(str(missing))
        failure = PageFailure(
            url=asked_for,
            at=answer.at if answer else self._shared.clock(),
            reason=reason,
            status=answer.status if answer else None,
        )
        self.failures.append(failure)
        # The new error refers to this one, and both stay until circles are collected: the body must not stay with them.
        missing.answer = None
        missing.__traceback__ = None
        return PageFailed(f"{asked_for}: {reason}")

    def _off_host(self, url: str, reason: str) -> NoPage:
        self._note("off_host_link", shortened(reason), shortened(self._redact(url), _URL_SHOWN_MAX))
        return NoPage(f"not followed: {shortened(reason)}")

    def _note(self, code: str, message: str, url: str) -> None:
        self.problems.append(Problem(stage=Stage.FETCH, code=code, message=message, url=url))

    # ---- when it ends --------------------------------------------------------------------

    def _stop_if_blocked(self) -> None:
        if self.blocked is not None:
            raise SourceBlocked(self.blocked)

    @property
    def _is_paging_stopped(self) -> bool:
        return self._ended is not None

    def _count(self) -> None:
        self._asked += 1
        if self._ended is None:
            self._ended = self._why_to_end()
            if self._ended is not None:
                self.incomplete(self._ended)
                self._note("paging_stopped", self._ended, self._source.formats[0].start[0])
        if self._ended is not None:
            raise PageFailed(f"not asked: {self._ended}")

    def _why_to_end(self) -> str | None:
        now = asyncio.get_running_loop().time()
        if self._begun_at is None:
            self._begun_at = now
        if self._asked > self._limits.pages:
            return f"more than {self._limits.pages} pages"
        if now - self._begun_at > self._limits.walk_seconds:
            return f"more than {self._limits.walk_seconds:g} s since the first page"
        return None


def next_hop(address: httpx.URL, location: str) -> str:
    """Return where a redirect from ``address`` leads.

    Raises:
        NoPage: if it leads from https to http.
    """
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
