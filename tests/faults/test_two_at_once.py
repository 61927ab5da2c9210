"""Two processes at work with one database: the second is told to wait, or does what harms nobody; a lock dies with its
holder."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Done
from killed_runs import Undisturbed
from killed_world import FIRST, SLUGS, Catalogues, environment, url_of
from killing import Commands, Place
from live_site import Site
from sqlalchemy import create_engine, make_url, text

from models.database import VERSION_TABLE, newest_revision, open_database
from models.locks import InUse, all_held, held, waited_for

STORING = Place("models.store:Store.record_run")
ASKING = Place("scrapers.run_fetch:RunFetch._page", 5)
ONE, OTHER = SLUGS


@dataclass(frozen=True)
class Together:
    """Commands over an empty database of each kind and one archive."""

    commands: Commands
    url: str
    site: Site

    def wait_until_free(self) -> None:
        """A server looks for its clients when their statements have ended."""
        engine = open_database(self.url)
        until = time.monotonic() + 30
        while True:
            with held(engine, [f"hosts of {ONE}", f"runs of {ONE}"]) as free:
                if len(free) == 2:
                    break
            assert time.monotonic() < until
            time.sleep(0.05)
        engine.dispose()

    def processes_that_asked(self) -> int:
        """Each begins with the rules of a host; what one had sent before it was stopped may come later than that."""
        return max(Counter(asked.host for asked in self.site.asked if asked.path == "/robots.txt").values())

    def harvest(self, *slugs: str) -> Done:
        return self.commands.run_prepared("harvest", *slugs, "--json", "--as-of", FIRST)


@pytest.fixture
def together(undisturbed: Undisturbed, site: Site, database_url: str, tmp_path: Path) -> Together:
    Catalogues(site)
    named = environment(tmp_path / "data", undisturbed.sources, site.port, database_url)
    return Together(Commands(tmp_path, named), database_url, site)


@pytest.mark.faults
def test_a_second_harvest_of_a_source_is_refused_until_the_first_is_gone(
    undisturbed: Undisturbed, site: Site, tmp_path: Path
) -> None:
    Catalogues(site)
    named = environment(tmp_path / "data", undisturbed.sources, site.port)
    second_is_refused(Together(Commands(tmp_path, named), url_of(tmp_path / "data"), site))


@pytest.mark.faults
def test_a_second_harvest_is_refused_on_each_kind_of_database(together: Together) -> None:
    second_is_refused(together)


def second_is_refused(together: Together) -> None:
    first = ("harvest", ONE, "--as-of", FIRST)
    with together.commands.stopped_at(ASKING, *first) as running:
        refused = together.harvest(ONE)
        assert refused.returncode == 1
        assert f"nothing was harvested: hosts of {ONE} is held by another process" in refused.said
        assert "start this again when it has ended" in refused.said
        if together.url.startswith("sqlite"):
            assert f"(process {running.pid}, since " in refused.said
        assert together.processes_that_asked() == 1
        running.kill()
        running.wait()
        together.wait_until_free()
        done = together.harvest(ONE)
        assert done.returncode == 0, done.stderr
        assert together.processes_that_asked() == 2


@pytest.mark.faults
def test_harvests_of_other_sources_go_on_beside_it(together: Together) -> None:
    with together.commands.stopped_at(ASKING, "harvest", ONE, "--as-of", FIRST):
        done = together.harvest(ONE, OTHER)
        assert done.returncode == 0, done.stderr
        assert f"{ONE}: left out: another process is asking its hosts" in done.said
        assert runs_in(together.url) == [OTHER]


def runs_in(url: str) -> list[str]:
    engine = create_engine(make_url(url))
    with engine.connect() as connection:
        found = list(connection.execute(text("select source from run order by 1")).scalars())
    engine.dispose()
    return found


@pytest.mark.faults
def test_the_schema_is_not_changed_under_a_harvest(together: Together) -> None:
    with together.commands.stopped_at(ASKING, "harvest", ONE, "--as-of", FIRST) as running:
        set_revision(together.url, "0012")
        refused = together.commands.run_prepared("db", "upgrade")
        assert refused.returncode == 1
        assert f"the database has schema 0012 and needs {newest_revision()}, but another process is" in refused.said
        assert "let that end, then `microcred db upgrade`" in refused.said
        set_revision(together.url, newest_revision())
        running.kill()
        running.wait()
    assert together.commands.run_prepared("db", "upgrade").returncode == 0


def set_revision(url: str, found: str) -> None:
    engine = create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"update {VERSION_TABLE} set version_num = :found"), {"found": found})
    engine.dispose()


@pytest.mark.faults
def test_two_rebuilds_of_a_source_do_not_store_in_one_database(undisturbed: Undisturbed, tmp_path: Path) -> None:
    commands = Commands(tmp_path, environment(undisturbed.second, undisturbed.sources, 9))
    rebuild = ("rebuild", "--into", str(tmp_path / "made.sqlite"))
    with commands.stopped_at(STORING, *rebuild):
        refused = commands.run_prepared(*rebuild)
        assert refused.returncode == 1
        assert f"rebuilding these sources must wait: runs of {ONE} is held by another process (process " in refused.said
    assert commands.run_prepared(*rebuild).returncode == 0


@pytest.mark.faults
def test_a_source_is_not_harvested_into_a_database_that_is_being_rebuilt(
    undisturbed: Undisturbed, site: Site, tmp_path: Path
) -> None:
    Catalogues(site)
    shutil.copytree(undisturbed.first, tmp_path / "data")
    named = environment(tmp_path / "data", undisturbed.sources, site.port)
    made = tmp_path / "made.sqlite"
    with Commands(tmp_path, named).stopped_at(STORING, "rebuild", "--into", str(made)):
        into_it = Commands(tmp_path, {**named, "MICROCRED_DATABASE_URL": f"sqlite:///{made}"})
        refused = into_it.run_prepared("harvest", ONE, "--as-of", FIRST)
        assert refused.returncode == 1
        assert f"runs of {ONE} is held by another process" in refused.said
    assert site.asked == []


def test_who_needs_several_gets_all_or_is_told_which_is_missing(database_url: str) -> None:
    one, other = open_database(database_url), open_database(database_url)
    with held(one, ["a", "b"]):
        with (
            pytest.raises(InUse, match="mending must wait: b is held by another process"),
            all_held(other, ["b", "c"], "mending"),
        ):
            pytest.fail("it was let in")
        with held(other, ["c"]) as free:
            assert free == {"c"}
    with all_held(other, ["a", "b", "c"], "mending"):
        pass
    one.dispose()
    other.dispose()


def test_what_is_shared_is_nobodys_alone(database_url: str) -> None:
    one, other = open_database(database_url), open_database(database_url)
    with waited_for(one, "a", shared=True), waited_for(other, "a", shared=True), held(one, ["a"]) as alone:
        assert alone == frozenset()
    with held(one, ["a"]) as alone:
        assert alone == {"a"}
    one.dispose()
    other.dispose()
