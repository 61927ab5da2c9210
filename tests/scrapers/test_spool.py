"""Runs on their way to a bucket: nothing is lost, nothing is sent twice, and nobody takes what another is writing."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
from object_storage import WHEN, Storage, exchange, fresh

from scrapers.archive import Archive
from scrapers.bucket import Bucket, StorageFailed
from scrapers.spool import Spool


@pytest.fixture
def archive(tmp_path: Path, object_storage: Storage) -> Archive:
    return Archive(tmp_path / "spool", Bucket(object_storage.bucket()))


@pytest.fixture(scope="module")
def processes(object_storage: Storage) -> Iterator[Pool]:  # noqa: ARG001 - whose environment they need
    """Two processes that have begun."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        yield pool


def test_a_closed_file_that_was_not_brought_away_is_by_the_next(archive: Archive, object_storage: Storage) -> None:
    writer = archive.run_writer("tu_example", "abc", WHEN)
    place = writer.response(exchange(1, b"Soil"))
    writer.close({"walk": []})
    assert archive.files() == [writer.file]
    assert archive.body(place) == b"Soil"
    content = (archive.root / writer.file).read_bytes()
    later = fresh(archive)
    assert later.spool is not None
    assert later.spool.deliver_left() == [writer.file]
    assert object_storage.objects(str(archive)) == {writer.file: content}
    assert not (archive.root / writer.file).exists()
    assert later.body(place) == b"Soil"


def test_a_run_that_is_being_written_is_left_alone(archive: Archive, object_storage: Storage) -> None:
    with archive.run_writer("tu_example", "abc", WHEN) as writer:
        other = fresh(archive)
        assert other.spool is not None
        assert other.spool.deliver_left() == []
        assert other.files() == [writer.file]
        writer.close({})
    assert list(object_storage.objects(str(archive))) == [writer.file]


def ended_by_an_error(archive: Archive) -> None:
    with archive.run_writer("tu_example", "abc", WHEN) as writer:
        writer.response(exchange(1, b"Soil"))
        raise RuntimeError(writer.file)


def test_a_run_that_an_error_ended_waits_for_the_next(archive: Archive, object_storage: Storage) -> None:
    with pytest.raises(RuntimeError) as ended:
        ended_by_an_error(archive)
    [file] = ended.value.args
    assert object_storage.objects(str(archive)) == {}
    assert archive.ending(file) is None
    assert archive.spool is not None
    assert archive.spool.deliver_left() == [file]


def test_a_name_that_is_taken_gets_a_number(archive: Archive) -> None:
    writer = archive.run_writer("tu_example", "abc", WHEN)
    writer.close({"run": "mine"})
    with Archive(archive.root / "elsewhere", archive.bucket).run_writer("tu_example", "abc", WHEN) as other:
        other.close({"run": "theirs"})
    assert other.file == writer.file
    with pytest.raises(StorageFailed, match=f"{writer.file} is there already, and is another; .* waits in "):
        writer.deliver()
    assert archive.spool is not None
    [delivered] = archive.spool.deliver_left()
    assert delivered == writer.file.replace(".warc.gz", "-2.warc.gz")
    assert {file: fresh(archive).ending(file).summary for file in archive.files()} == {
        writer.file: {"run": "theirs"},
        delivered: {"run": "mine"},
    }


def killed_while(step: str, archive: Archive) -> str:
    """Let a process write a run, kill it at a step, and return the name of the file."""
    program = (
        "import sys, time; from pathlib import Path; from datetime import UTC, datetime\n"
        "from scrapers.archive import Archive; from scrapers.bucket import Bucket\n"
        "archive = Archive(Path(sys.argv[1]), Bucket(sys.argv[2]))\n"
        "writer = archive.run_writer('tu_example', 'abc', datetime(2024, 1, 1, tzinfo=UTC))\n"
        "if sys.argv[3] == 'closed': writer.close({})\n"
        "print(writer.file, flush=True); time.sleep(60)"
    )
    arguments = [sys.executable, "-c", program, str(archive.root), str(archive), step]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        file = process.stdout.readline().strip()
        assert archive.spool is not None
        if step == "open":
            assert archive.spool.deliver_left() == []
        process.send_signal(signal.SIGKILL)
    return file


@pytest.mark.parametrize(("step", "suffix"), [("closed", ""), ("open", ".open")])
def test_what_a_killed_process_left_is_brought_away(
    archive: Archive, object_storage: Storage, step: str, suffix: str
) -> None:
    file = killed_while(step, archive)
    assert object_storage.objects(str(archive)) == {}
    content = (archive.root / f"{file}{suffix}").read_bytes()
    assert archive.spool is not None
    assert archive.spool.deliver_left() == [f"{file}{suffix}"]
    assert object_storage.objects(str(archive)) == {f"{file}{suffix}": content}
    assert archive.spool.waiting() == []
    later = fresh(archive)
    assert later.files() == [file]
    assert (later.ending(file) is not None) == (step == "closed")
    # The name stays taken, whatever its suffix.
    with Archive(archive.root / "elsewhere", later.bucket).run_writer("tu_example", "abc", WHEN) as other:
        other.close({})
    assert other.file != file


def deliver(root: Path, url: str, begin: float) -> list[str]:
    time.sleep(max(0.0, begin - time.time()))
    return Spool(root, Bucket(url)).deliver_left()


def test_two_processes_bring_each_file_away_once(archive: Archive, object_storage: Storage, processes: Pool) -> None:
    for number in range(6):
        archive.run_writer("tu_example", f"run{number}", WHEN).close({"run": number})
    files = archive.files()
    begin = time.time() + 0.2
    delivered = processes.starmap(deliver, [(archive.root, str(archive), begin)] * 2, chunksize=1)
    assert sorted([*delivered[0], *delivered[1]]) == files
    assert list(object_storage.objects(str(archive))) == files


def write_runs(root: Path, url: str, name: str) -> list[str]:
    archive = Archive(root, Bucket(url))
    files = []
    for number in range(5):
        with archive.run_writer("tu_example", f"run{number}", WHEN) as writer:
            writer.close({"by": name})
        files.append(writer.file)
    return files


def test_two_processes_write_to_one_bucket_from_one_folder(
    archive: Archive, object_storage: Storage, processes: Pool
) -> None:
    written = processes.starmap(write_runs, [(archive.root, str(archive), name) for name in "ab"], chunksize=1)
    assert len({*written[0], *written[1]}) == 10
    assert sorted(object_storage.objects(str(archive))) == sorted([*written[0], *written[1]])
    endings = [[fresh(archive).ending(file) for file in files] for files in written]
    assert [[told and told.summary for told in each] for each in endings] == [[{"by": "a"}] * 5, [{"by": "b"}] * 5]
