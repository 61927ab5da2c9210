"""Dealing with one host: when to ask, how often to ask again, when to leave it alone.

The retries are a loop of our own, not a library's: a wait belongs to the host and not to the page that met it, the
status of an answer decides as well as an exception, and the answer of the last attempt must still be archived.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from sys import intern

import httpx

from models.records import Page
from scrapers.client import IN_FLIGHT_MAX, Answer, FetchLimits, NoAnswer, ask
from scrapers.pace import HostPace
from scrapers.robots import ROBOTS_AGE_MAX, Rules
from scrapers.sniff import challenge
from scrapers.transport import AiohttpTransport
from scrapers.warc import of_content, sha256

TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""

_HEADS_BYTES = 2 * 1024 * 1024
"""What an answer may take on the wire besides twice its body: chunks of a few bytes each come with as much again."""

OnWait = Callable[[str, float], None]
"""Told the name of a host and the seconds that a request to it waits at most, for its pace or because it asked to."""


class NoPage(Exception):
    """A page cannot be had. The message says why; ``answer`` is what the host said last, if it said anything."""

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What all runs of a process share about one host."""

    name: str
    transport: AiohttpTransport
    pace: HostPace = field(default_factory=HostPace)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT_MAX))


class Hosts:
    """The hosts of a process, each with connections of its own, no more than it can bear.

    ``rules_locks`` guard against asking twice for the robots.txt of an origin.
    """

    def __init__(
        self,
        *,
        limits: FetchLimits,
        clock: Callable[[], datetime],
        loopback_port: int | Mapping[str, int] | None,
        paced: bool,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.limits = limits
        self.clock = clock
        self.paced = paced
        self.rules_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._loopback_port = loopback_port
        self._tls = (tls or httpx.create_ssl_context()) if loopback_port is None else None
        self._hosts: dict[str, Host] = {}
        self._rules: dict[str, tuple[Rules, float]] = {}

    def keep_rules(self, origin: str, rules: Rules) -> None:
        """Keep the robots.txt of an origin for all runs of this process."""
        self._rules[origin] = rules, asyncio.get_running_loop().time()

    def rules(self, origin: str) -> Rules | None:
        """Return the robots.txt of an origin, ``None`` if none was read or it may be too old.

        Its age is taken from both clocks: that of the day may be set back, and the other stands still in a machine that
        sleeps.
        """
        found = self._rules.get(origin)
        if found is None:
            return None
        rules, read_at = found
        age_seconds = asyncio.get_running_loop().time() - read_at
        is_old = age_seconds >= ROBOTS_AGE_MAX.total_seconds() or abs(self.clock() - rules.at) >= ROBOTS_AGE_MAX
        return None if is_old else rules

    def host(self, name: str) -> Host:
        """Return what is shared about the host called ``name``."""
        if name not in self._hosts:
            transport = AiohttpTransport(
                tls=self._tls,
                loopback=self._loopback_port,
                answer_bytes=2 * self.limits.body_bytes + _HEADS_BYTES,
            )
            self._hosts[name] = Host(name=name, transport=transport)
        return self._hosts[name]

    def is_mapped(self, name: str) -> bool:
        """Whether a host is read from loopback."""
        port = self._loopback_port
        return port is not None and (isinstance(port, int) or name in port)

    async def aclose(self) -> None:
        """Close all connections."""
        for host in self._hosts.values():
            await host.transport.aclose()


class HostRun:
    """One run's dealings with one host.

    ``delay`` is the least number of seconds between two requests; ``stop`` raises if the run has ended, and is called
    before every request; ``on_wait`` is told the host and for how many seconds its next request waits.
    """

    def __init__(
        self,
        host: Host,
        *,
        hosts: Hosts,
        concurrency: int,
        delay: float,
        stop: Callable[[], None],
        on_wait: OnWait | None = None,
    ) -> None:
        self.delay = delay
        self._host = host
        self._slots = asyncio.Semaphore(max(1, min(concurrency, IN_FLIGHT_MAX)))
        self._limits = hosts.limits
        self._clock = hosts.clock
        self._paced = hosts.paced
        self._stop = stop
        self._on_wait = on_wait
        self._silent = 0

    async def ask(
        self, url: httpx.URL, headers: Mapping[str, str], limits: FetchLimits, body: bytes | None = None
    ) -> Answer:
        """Return the first answer to ``url`` (to a ``body`` posted there) that another attempt would not better.

        Raises:
            NoPage: if there is none after all attempts, or the host wants to be left alone.
        """
        if self._silent >= self._limits.silent_pages_max:
            raise NoPage(f"not asked: {self._host.name} had no answer to the last {self._silent} pages")
        attempts = 1 if self._silent >= self._limits.silent_pages else self._limits.attempts
        trouble, answer, attempt = "", None, 0
        for attempt in range(1, attempts + 1):
            try:
                answer = await self._once(url, headers, limits, body)
            except NoAnswer as error:
                trouble, answer = str(error), None
                if not error.again:
                    break
            else:
                if not _is_worth_another(answer):
                    self._silent = 0
                    return answer
                trouble = answer.damage or answer.status_words()
            self._wait(answer, attempt, last=attempt == attempts)
        self._silent += 1
        raise NoPage(f"{trouble}, {attempt} {'attempt' if attempt == 1 else 'attempts'}", answer)

    async def _once(
        self, url: httpx.URL, headers: Mapping[str, str], limits: FetchLimits, body: bytes | None
    ) -> Answer:
        async with self._slots, self._host.slots:
            self._stop()
            left = self._host.pace.pause_left()
            if left > self._limits.wait_max_seconds:
                raise NoPage(f"not asked: {self._host.name} wants to be left alone for {left:.0f} s")
            if self._paced:
                if self._on_wait is not None:
                    self._on_wait(self._host.name, max(left, self.delay))
                await self._host.pace.turn(self.delay)
                self._stop()
            return await ask(self._host.transport, url, headers, limits, self._clock, body=body)

    def _wait(self, answer: Answer | None, attempt: int, *, last: bool) -> None:
        asked_for = retry_after(answer) if answer else None
        if asked_for is not None and asked_for > self._limits.wait_max_seconds:
            if self._paced:
                self._host.pace.pause(asked_for)
            assert answer is not None
            raise NoPage(
                f"{answer.status_words()}, Retry-After {asked_for:.0f} s is more than we wait "
                f"({self._limits.wait_max_seconds:.0f} s)",
                answer,
            )
        if not self._paced:
            return
        wait = asked_for or 0.0
        if not last:
            # Also for a host that names a time: by a wrong clock of either side it may have gone by already.
            jitter = random.uniform(0.5, 1.5)  # noqa: S311 - spreads attempts in time, keeps no secret
            wait = max(wait, self._limits.backoff_seconds * 2 ** (attempt - 1) * jitter)
        self._host.pace.pause(wait)


def retry_after(answer: Answer) -> float | None:
    """Return the seconds a Retry-After header asks for, or ``None`` if there is none that can be read.

    A date is read against the Date header of the same answer, so that a wrong clock on either side does no harm.
    """
    words = (answer.header("retry-after") or "").strip()
    if words.isascii() and words.isdigit():
        return float(words)
    until = _http_date(words)
    if until is None:
        return None
    now = _http_date(answer.header("date") or "") or answer.at
    return max(0.0, (until - now).total_seconds())


def page_of(answer: Answer, asked_for: str) -> Page:
    """Return an answer as a page, not archived yet."""
    headers = {**content_headers(answer), "content-length": str(len(answer.body))}
    return Page(
        url=asked_for,
        final_url=asked_for if answer.url == asked_for else answer.url,
        at=answer.at,
        status=answer.status,
        content_type=headers.get("content-type", ""),
        body=answer.body,
        digest=sha256(answer.body),
        headers=headers,
    )


def content_headers(answer: Answer) -> dict[str, str]:
    """Return what an answer says of its content by name, in lower case, without its length or coding.

    Pages keep their headers until a walk is stored, and most say the same: equal words are one object in memory.
    """
    headers: dict[str, str] = {}
    for name, value in of_content(answer.headers):
        headers[intern(name)] = intern(f"{headers[name]}, {value}" if name in headers else value)
    return headers


def _is_worth_another(answer: Answer) -> bool:
    if answer.status in TRY_AGAIN and answer.header("memento-datetime") is None:
        # With that header (RFC 7089) it is a web archive's record of an error in the past, which stays what it was.
        return challenge(page_of(answer, answer.url)) is None
    return answer.again


def _http_date(words: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
