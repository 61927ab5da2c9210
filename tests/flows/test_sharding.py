"""Machines divide the sources: every source is in one shard, every host too, and two processes never ask one host."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_story import opened
from hypothesis import given
from hypothesis import strategies as st

from flows.live import due_sources
from flows.sharding import host_groups, in_shard, of_shard, sources_to_harvest
from models.locks import held
from models.records import Source
from models.store import open_database
from scrapers.source import discover

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def asking(slug: str, *hosts: str) -> Source:
    """A source that is read from these hosts alone."""
    example = discover()["opensap"]
    form = replace(example.formats[0], start=tuple(f"https://{host}/" for host in hosts), since=None, until=None)
    return replace(example, slug=slug, hosts=hosts, formats=(form,))


def test_sources_that_share_a_host_directly_or_through_others_are_a_group() -> None:
    sources = [
        asking("zeta", "a.example", "b.example"),
        asking("beta", "b.example:8443"),
        asking("alpha", "other.example"),
        asking("gamma", "c.example", "d.example"),
        asking("delta", "d.example", "B.example"),
        asking("eta", "sub.other.example"),
    ]
    together = "beta"
    assert host_groups(sources) == {
        "zeta": together, "beta": together, "gamma": together, "delta": together, "alpha": "alpha", "eta": "eta",
    }  # fmt: skip
    assert host_groups(reversed(sources)) == host_groups(sources)


@given(
    st.lists(st.sets(st.sampled_from([f"h{n}.example" for n in range(12)]), min_size=1, max_size=3), max_size=12),
    st.integers(1, 9),
)
def test_no_host_is_in_two_shards_and_every_source_in_one(hosts: list[set[str]], parts: int) -> None:
    sources = [asking(f"s{n}", *sorted(of)) for n, of in enumerate(hosts)]
    groups = host_groups(sources)
    where = {
        source.slug: [n for n in range(1, parts + 1) if in_shard(groups[source.slug], f"{n}/{parts}")]
        for source in sources
    }
    assert all(len(shards) == 1 for shards in where.values())
    for one in sources:
        for other in sources:
            if set(one.hosts) & set(other.hosts):
                assert where[one.slug] == where[other.slug]


def test_the_declared_sources_are_divided_without_rest() -> None:
    shards = [of_shard(discover().values(), f"{n}/3") for n in (1, 2, 3)]
    assert sorted(source.slug for shard in shards for source in shard) == sorted(discover())
    assert of_shard(discover().values(), None) == list(discover().values())
    hosts = [{host for source in shard for host in source.hosts} for shard in shards]
    assert sum(map(len, hosts)) == len(set.union(*hosts))


def test_what_is_held_is_free_again_when_its_holder_is_gone(database_url: str) -> None:
    one, other = open_database(database_url), open_database(database_url)
    with held(one, ["a", "b"]) as ours:
        assert ours == {"a", "b"}
        with held(other, ["b", "c"]) as theirs:
            assert theirs == {"c"}
        with held(other, ["c"]) as theirs:
            assert theirs == {"c"}
    with held(other, ["a", "b"]) as theirs:
        assert theirs == {"a", "b"}
    one.dispose()
    other.dispose()


def test_a_source_whose_hosts_another_process_asks_is_left_to_it(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, database_url) as one, opened(tmp_path, database_url) as other:
        with sources_to_harvest(one, ["opensap", "tartu"], NOW) as ours:
            assert [source.slug for source in ours] == ["opensap", "tartu"]
            with (
                caplog.at_level(logging.WARNING),
                sources_to_harvest(other, ["opensap", "cornwall_college"], NOW, retired=True) as theirs,
            ):
                slugs = [source.slug for source in theirs]
        assert slugs == ["cornwall_college"]
        assert caplog.messages == ["opensap: left out: another process is asking its hosts"]


def test_the_due_sources_of_all_shards_are_the_due_sources(database_url: str, tmp_path: Path) -> None:
    with opened(tmp_path, database_url) as observatory:
        found = []
        for shard in ("1/2", "2/2"):
            with sources_to_harvest(observatory, (), NOW, shard=shard) as part:
                found += [source.slug for source in part]
        assert sorted(found) == [source.slug for source in due_sources(observatory, (), NOW)]
