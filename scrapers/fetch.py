"""The door to the network as a process opens it: ``HttpFetcher`` gives every run of every source its ``Fetch``.

It keeps the client, the pace and the robots.txt of every host, so that two runs never ask a host twice as fast.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Self
from weakref import WeakSet

from models.records import EMPTY, ArchivePlace, KnownPage, Page, PageFailure, Source
from scrapers.archive import Archive
from scrapers.client import DEFAULT_LIMITS, FetchLimits
from scrapers.door import Door
from scrapers.hosts import Hosts, OnWait
from scrapers.robots import AGENT
from scrapers.run_fetch import RunFetch
from scrapers.vouching import Vouching
from scrapers.warc import RunWriter


class HttpFetcher:
    """The clients, paces and robots decisions of this process, by host. Belongs to one event loop.

    Args:
        contact: URL or e-mail sent in the User-Agent, so that a host can reach us. May be missing only with a
            ``loopback_port``.
        clock: gives the aware UTC time that pages bear. Waiting follows the event loop's own clock.
        limits: what one fetch may cost.
        loopback_port: read every host (or the mapped ones, no other) from this port of 127.0.0.1.
        paced: whether to keep the pace and to wait before another attempt. Off only with a ``loopback_port``, where
            it is off unless asked for: a sandbox has no one to be polite to.
        tls: what to trust, if not the certificates that come with the client.

    Raises:
        ValueError: if there is no contact, or pace is to be off, for hosts that are not mapped to loopback.
    """

    def __init__(
        self,
        *,
        contact: str | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: FetchLimits = DEFAULT_LIMITS,
        loopback_port: int | Mapping[str, int] | None = None,
        paced: bool | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        live = loopback_port is None
        if live and not contact:
            raise ValueError("no contact: hosts must be able to reach whoever harvests them; set MICROCRED_CONTACT")
        if contact and not (contact.isascii() and contact.isprintable()):
            raise ValueError(f"a contact is one line of ASCII: {contact!r}")
        paced = live if paced is None else paced
        if live and not paced:
            raise ValueError("the pace can be off only for hosts mapped to loopback")
        self.agent = f"{AGENT}/{version('microcred-observatory')}" + (f" (+{contact})" if contact else "")
        self._hosts = Hosts(limits=limits, clock=clock, loopback_port=loopback_port, paced=paced, tls=tls)
        # Not held: a run holds every page it met, and a harvest has as many runs as there are sources.
        self._runs: WeakSet[RunFetch] = WeakSet()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def run(
        self,
        source: Source,
        *,
        writer: RunWriter,
        archive: Archive,
        known: Mapping[str, KnownPage] = EMPTY,
        on_page: Callable[[Page | PageFailure], None] | None = None,
        secret: str | None = None,
        on_wait: OnWait | None = None,
        vouching: Vouching | None = None,
        left: Mapping[tuple[str, str], ArchivePlace] | None = None,
    ) -> RunFetch:
        """Return the ``Fetch`` of one run of ``source``.

        Args:
            writer: takes everything that is fetched; its key is redacted wherever an address is recorded.
            archive: where the bodies of ``known`` lie.
            known: the last archived capture of each URL.
            on_page: told of every page and every failure, for progress.
            secret: the key of the source, sent where its declaration says.
            on_wait: told when a request waits for the pace of its host, and for how long.
            vouching: which pages need not be asked for; without it what signals say is kept, and every page asked for.
            left: bodies that a run which broke off has archived, by the address asked for and the digest.
        """
        run = RunFetch(
            self._hosts,
            source,
            agent=self.agent,
            writer=writer,
            archive=archive,
            known=known,
            on_page=on_page,
            secret=secret,
            on_wait=on_wait,
            vouching=vouching,
            left=left,
        )
        self._runs.add(run)
        return run

    def door(self, source: Source) -> Door:
        """Return a way to ask the hosts of ``source`` under all our rules that follows, judges and keeps nothing."""
        return Door(self._hosts, source, agent=self.agent)

    async def aclose(self) -> None:
        """End what is still under way and close all connections."""
        for run in list(self._runs):
            await run.aclose()
        await self._hosts.aclose()
