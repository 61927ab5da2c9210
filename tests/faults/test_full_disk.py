"""A disk that is full: a clear word and the next step, nothing half stored, and all of it once there is room."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import COMMAND, Done, without_ours
from killed_runs import Second, Undisturbed
from killed_world import (
    HARVEST,
    SECOND,
    assert_archive_is_complete,
    assert_databases_equal,
    assert_no_half_source,
    assert_say_the_same,
    environment,
    url_of,
)
from killing import ROOT
from older_schema import copy_to
from sqlalchemy import make_url

from models.database import make_engine

ROOM = "make room on the disk, then start it again; what was stored before stays"
DISK_MB = 40
SCRIPT = """
set -eu
mount -t tmpfs -o size={size}m tmpfs {disk}
cp -a {before}/. {disk}/
free=$(df --output=avail -k {disk} | tail -1)
head -c $(( (free - {free}) * 1024 )) /dev/zero > {disk}/ballast
code=0; {command} > {told}/out 2> {told}/err || code=$?
echo $code > {told}/code
cp -a {disk}/. {told}/full/; rm {told}/full/ballast
rm {disk}/ballast
code=0; {command} > {told}/out-again 2> {told}/err-again || code=$?
echo $code > {told}/code-again
cp -a {disk}/. {told}/after/
"""


def may_mount() -> bool:
    """Whether a file system of our own may be mounted here, in a namespace of our own."""
    if shutil.which("unshare") is None:
        return False
    there = "mount -t tmpfs -o size=1m tmpfs /mnt"
    return subprocess.run(["unshare", "-rm", "sh", "-c", there], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Tried:
    """What a command said on a full disk, what lay there then (``full``), and after it ran with room (``after``)."""

    first: Done
    again: Done
    full: Path
    after: Path


def on_a_full_disk(
    folder: Path, before: Path, arguments: tuple[str, ...], named: Mapping[str, str], *, free_kb: int
) -> Tried:
    """Run a command over a copy of ``before`` on a disk that has so much room left, and again with more."""
    if not may_mount():
        pytest.skip("no file system may be mounted here: `unshare -rm` and a tmpfs are not allowed")
    told = folder / "told"
    for name in ("disk", "told/full", "told/after"):
        (folder / name).mkdir(parents=True)
    script = SCRIPT.format(
        size=DISK_MB, disk=folder / "disk", before=before, free=free_kb, told=told,
        command=shlex.join([str(COMMAND), *arguments]),
    )  # fmt: skip
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], cwd=folder, env=without_ours() | dict(named), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, again = (
        Done(int((told / f"code{way}").read_text()), (told / f"out{way}").read_text(), (told / f"err{way}").read_text())
        for way in ("", "-again")
    )
    return Tried(first, again, told / "full", told / "after")


def assert_told(done: Done) -> None:
    assert done.returncode == 1, done.stderr
    assert ROOM in done.stdout + done.said
    assert "Traceback" not in done.stderr


@pytest.mark.faults
@pytest.mark.parametrize("free_kb", [16, 48, 96, 160, 240, 320, 480])
def test_a_harvest_on_a_full_disk_loses_nothing(
    second: Second, undisturbed: Undisturbed, tmp_path: Path, free_kb: int
) -> None:
    named = environment(tmp_path / "disk", undisturbed.sources, second.site.port)
    tried = on_a_full_disk(tmp_path, undisturbed.first, (*HARVEST, SECOND), named, free_kb=free_kb)
    assert_told(tried.first)
    assert_no_half_source(url_of(tried.full), url_of(undisturbed.first), url_of(undisturbed.second))
    assert tried.again.returncode == 0, tried.again.stderr
    assert_databases_equal(url_of(tried.after), url_of(undisturbed.second))
    assert_archive_is_complete(tried.after, undisturbed.bodies, url_of(tried.after))


@pytest.mark.faults
@pytest.mark.parametrize("free_kb", [16, 128, 400])
def test_a_rebuild_on_a_full_disk_goes_on(undisturbed: Undisturbed, tmp_path: Path, free_kb: int) -> None:
    named = environment(tmp_path / "disk", undisturbed.sources, 9)
    arguments = ("rebuild", "--into", str(tmp_path / "disk" / "made.sqlite"))
    tried = on_a_full_disk(tmp_path, undisturbed.second, arguments, named, free_kb=free_kb)
    assert_told(tried.first)
    assert tried.again.returncode == 0, tried.again.stderr
    assert_say_the_same(f"sqlite:///{tried.after / 'made.sqlite'}", url_of(undisturbed.second))


@pytest.fixture(scope="session")
def old(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    of_today, older = (make_engine(make_url(url)) for url in (url_of(undisturbed.second), url_of(folder)))
    copy_to(of_today, older, "0006")
    of_today.dispose()
    older.dispose()
    return folder


@pytest.mark.faults
@pytest.mark.parametrize("free_kb", [16, 64, 128])
def test_a_migration_on_a_full_disk_is_undone(old: Path, tmp_path: Path, free_kb: int) -> None:
    shutil.copytree(old, tmp_path / "undisturbed")
    upgrade = [str(COMMAND), "db", "upgrade"]
    environ = without_ours() | {"MICROCRED_DATA_DIR": str(tmp_path / "undisturbed")}
    subprocess.run(upgrade, env=environ, check=True, capture_output=True)
    named = {"MICROCRED_DATA_DIR": str(tmp_path / "disk")}
    tried = on_a_full_disk(tmp_path, old, ("db", "upgrade"), named, free_kb=free_kb)
    assert_told(tried.first)
    assert tried.again.returncode == 0, tried.again.stderr
    assert_databases_equal(url_of(tried.after), url_of(tmp_path / "undisturbed"))


@pytest.mark.faults
@pytest.mark.parametrize("largest_kb", [8, 64])
def test_files_that_may_not_grow_further_are_told_as_a_full_disk_is(
    second: Second, undisturbed: Undisturbed, largest_kb: int
) -> None:
    """The other way to have no room: a limit on the size of files (``ulimit -f``), which needs no right to mount."""
    command = shlex.join([str(COMMAND), *HARVEST, SECOND])
    limited = subprocess.run(
        ["bash", "-c", f"ulimit -f {largest_kb}; exec {command}"], cwd=second.data,
        env=without_ours() | {"PYTHONPATH": str(ROOT)} | dict(second.commands.environment), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert_told(Done(limited.returncode, limited.stdout, limited.stderr))
    assert_no_half_source(second.url, url_of(undisturbed.first), url_of(undisturbed.second))
    assert second.commands.run_prepared(*HARVEST, SECOND).returncode == 0
    assert_databases_equal(second.url, url_of(undisturbed.second))
    assert_archive_is_complete(second.data, undisturbed.bodies, second.url)
