"""What is kept is for one user, whatever the umask; settings that others can read are told of."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_story import Teller, opened
from command_line import COMMAND, in_a_process, without_ours

from flows.settings import open_to_others
from sandbox.server import serve
from sandbox.world import World
from scrapers.private import private_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of files are those of POSIX")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_what_a_harvest_leaves_is_for_one_user(tmp_path: Path, umask: int) -> None:
    data, archive = tmp_path / "at" / "data", tmp_path / "elsewhere" / "archive"
    database = f"sqlite:///{tmp_path / 'db' / 'observatory.sqlite'}"
    private_folder(data)
    with (
        serve(World(seed=3), day=FIRST.date()) as site,
        opened(data, database, port=site.port, archive=str(archive)) as observatory,
    ):
        assert Teller(observatory, site).harvest(FIRST, "opensap")["opensap"].listings > 0
        observatory.decisions.add("note", FIRST, source="opensap")
        folders = [
            tmp_path / "at",
            data,
            data / "readings",
            archive.parent,
            archive,
            archive / "opensap",
            tmp_path / "db",
        ]
        assert {path.name: mode(path) for path in folders} == {path.name: "700" for path in folders}
        files = [
            *archive.rglob("*.warc.gz"),
            archive / "decisions.jsonl",
            *(tmp_path / "db").glob("observatory.sqlite*"),
        ]
        files = [file for file in files if file.is_file()]
        assert len(files) >= 3
        assert {file.name: mode(file) for file in files} == {file.name: "600" for file in files}
    assert umask in {0o000, 0o022, 0o077}


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    private_folder(tmp_path)
    assert mode(tmp_path) == "750"


def test_an_export_is_for_whom_the_umask_says(tmp_path: Path, told: Path) -> None:
    shutil.copytree(told, tmp_path / "data")
    command = [str(COMMAND), "export", "--format", "csv", "--view", "run_log", "--out", str(tmp_path / "out")]
    environment = without_ours() | {"MICROCRED_DATA_DIR": str(tmp_path / "data")}
    subprocess.run(command, env=environment, check=True, capture_output=True, umask=0o022, timeout=240)
    assert {mode(file) for file in (tmp_path / "out").iterdir()} == {"644"}


@pytest.mark.parametrize(
    ("content", "rights", "is_told"),
    [
        ("MICROCRED_KEY_KMOOC=abc\n", 0o644, True),
        ("MICROCRED_KEY_KMOOC=abc\n", 0o640, True),
        ("MICROCRED_KEY_KMOOC=abc\n", 0o600, False),
        ("MICROCRED_KEY_KMOOC=\nMICROCRED_CONTACT=https://a.example\n", 0o644, False),
        ("MICROCRED_DATABASE_URL=postgresql://reader:geheim@127.0.0.1/x\n", 0o644, True),
        ("MICROCRED_DATABASE_URL=postgresql://reader@127.0.0.1/x\n", 0o644, False),
    ],
)
def test_settings_with_keys_that_others_can_read(tmp_path: Path, content: str, rights: int, *, is_told: bool) -> None:
    file = tmp_path / ".env"
    file.write_text(content, encoding="utf-8")
    file.chmod(rights)
    warning = open_to_others(file)
    assert (warning is not None) == is_told
    assert "abc" not in str(warning)
    assert "geheim" not in str(warning)


def test_no_settings_are_no_trouble(tmp_path: Path) -> None:
    assert open_to_others(tmp_path / ".env") is None


def test_status_tells_of_it(tmp_path: Path, told: Path) -> None:
    shutil.copytree(told, tmp_path / "data")
    (tmp_path / ".env").write_text("MICROCRED_KEY_KMOOC=abc\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o644)
    done = in_a_process(tmp_path, "status", "--json")
    assert "MICROCRED_KEY_KMOOC and is open to other users: chmod 600" in done.said
    assert done.stdout.startswith("{")
