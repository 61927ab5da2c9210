"""Dividing sources among machines, so that none is worked on twice and no host is asked twice as fast.

A harvest is divided by **host group**: sources that are read from the same host, directly or through others that share
one with each of them, belong together, since the pace of a host is kept by the one process that asks it. A rebuild asks
no host, and is divided source by source.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from flows.live import due_sources
from flows.observatory import Observatory
from models.locks import InUse, held, is_held
from models.records import Source
from scrapers.addresses import declared
from scrapers.source import discover

log = logging.getLogger(__name__)

_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")


def in_shard(name: str, shard: str | None) -> bool:
    """Whether a name belongs to a shard such as ``2/8``: the second of eight parts. Every name is in one.

    Raises:
        ValueError: if that is no shard.
    """
    if shard is None:
        return True
    found = _SHARD.fullmatch(shard)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"{shard!r} is no shard; write 2/8 for the second of eight")
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % int(found[2]) == int(found[1]) - 1


def host_groups(sources: Iterable[Source]) -> dict[str, str]:
    """Return the host group of each source by its slug; a group is called by the first of its slugs.

    Groups are the connected components of sources that share hosts. Ports do not matter: a pace is that of a machine.
    """
    group: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    asked_by: dict[str, str] = {}
    for source in sorted(sources, key=lambda source: source.slug):
        group[source.slug], members[source.slug] = source.slug, [source.slug]
        for host in sorted({authority.partition(":")[0] for authority in declared(source)}):
            one, other = sorted((group[source.slug], group[asked_by.setdefault(host, source.slug)]))
            if one != other:
                members[one] += members.pop(other)
                group.update(dict.fromkeys(members[one], one))
    return group


def of_shard(sources: Iterable[Source], shard: str | None) -> list[Source]:
    """Return those of some sources whose host group belongs to a shard.

    Raises:
        ValueError: if that is no shard.
    """
    groups = host_groups(discover().values()) if shard is not None else {}
    return [source for source in sources if shard is None or in_shard(groups[source.slug], shard)]


@contextmanager
def sources_to_harvest(
    observatory: Observatory,
    slugs: Sequence[str],
    now: datetime,
    *,
    retired: bool = False,
    shard: str | None = None,
    refuses: bool = False,
) -> Iterator[list[Source]]:
    """Yield the sources to harvest at ``now``, and keep all other processes from them and from their hosts meanwhile.

    What another process that works with the same database asks or stores at the moment is left to it, and said in the
    log.

    Args:
        observatory: where their runs are.
        slugs: sources asked for by name; all that are due if none.
        now: aware time that decides what is due.
        retired: whether retired sources may be named.
        shard: only this part of the host groups.
        refuses: raise if everything is left to other processes.

    Raises:
        UnknownSource: as ``flows.live.select``.
        InUse: if it refuses.
        ValueError: if that is no shard.
    """
    chosen = of_shard(due_sources(observatory, slugs, now, retired=retired), shard)
    groups: Mapping[str, str] = host_groups(discover().values())
    needs = {source.slug: {hosts_of(groups[source.slug]), runs_of(source.slug)} for source in chosen}
    with held(observatory.engine, set().union(*needs.values())) as ours:
        # What another process has read since is due no more.
        still = {source.slug for source in due_sources(observatory, slugs, now, retired=retired)}
        free = [source for source in chosen if needs[source.slug] <= ours]
        for source in chosen:
            if source not in free:
                doing = "storing runs of it" if hosts_of(groups[source.slug]) in ours else "asking its hosts"
                log.warning("%s: left out: another process is %s", source.slug, doing)
        if refuses and chosen and not free:
            missed = min(needs[chosen[0].slug] - ours)
            raise InUse(
                f"nothing was harvested: {missed} {is_held(observatory.engine, missed)}; start this again when it "
                "has ended (what it has read is then due no more)"
            )
        yield [source for source in free if source.slug in still]


def hosts_of(group: str) -> str:
    """Return under which name the hosts of a group are held while they are asked."""
    return f"hosts of {group}"


def runs_of(slug: str) -> str:
    """Return under which name the runs of a source are held while they are stored one after another."""
    return f"runs of {slug}"
