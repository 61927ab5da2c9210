"""Objects in a bucket: read in few requests, never written over, named without credentials; files on the way to it."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from object_storage import KEY, SECRET, WHEN, Storage, exchange, fresh

from scrapers.archive import Archive, ArchiveDamaged
from scrapers.bucket import BLOCK_BYTES, Bucket, StorageFailed, redacted
from scrapers.heads import Heads


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def url(object_storage: Storage) -> str:
    return object_storage.bucket()


@pytest.fixture
def archive(tmp_path: Path, url: str) -> Archive:
    return Archive(tmp_path / "spool", Bucket(url))


def test_what_is_uploaded_is_read_back(tmp_path: Path, object_storage: Storage, url: str) -> None:
    content = noise(2 * BLOCK_BYTES + 77)
    (tmp_path / "file").write_bytes(content)
    Bucket(url).upload(tmp_path / "file", "a/2024/x.warc.gz")
    assert object_storage.objects(url) == {"a/2024/x.warc.gz": content}
    bucket = Bucket(url)
    assert bucket.sizes() == {"a/2024/x.warc.gz": len(content)}
    handle = bucket.open("a/2024/x.warc.gz")
    assert handle is not None
    for start, size in [(0, 10), (BLOCK_BYTES - 5, 10), (2 * BLOCK_BYTES, 500), (5, BLOCK_BYTES), (len(content), 1)]:
        handle.seek(start)
        assert handle.read(size) == content[start : start + size]
    handle.seek(7)
    assert handle.read() == content[7:]
    assert bucket.open("a/2024/y.warc.gz") is None


def test_nothing_is_written_over(tmp_path: Path, object_storage: Storage, url: str) -> None:
    (tmp_path / "first").write_bytes(b"first")
    (tmp_path / "other").write_bytes(b"other")
    bucket = Bucket(url)
    bucket.upload(tmp_path / "first", "x")
    bucket.upload(tmp_path / "first", "x")
    bucket.add("x", b"first")
    for attempt in (lambda: bucket.upload(tmp_path / "other", "x"), lambda: bucket.add("x", b"other")):
        with pytest.raises(FileExistsError, match="x is there already, and is another"):
            attempt()
    assert object_storage.objects(url) == {"x": b"first"}


def test_a_page_costs_one_request_and_its_neighbours_none(archive: Archive, object_storage: Storage) -> None:
    with archive.run_writer("tu_example", "abc", WHEN) as writer:
        places = [writer.response(exchange(n, noise(20_000, n))) for n in range(180)]
        writer.close({"noise": noise(40_000).hex()})
    file = writer.file
    assert 4 * BLOCK_BYTES > places[-1].offset > 3 * BLOCK_BYTES

    object_storage.asked()
    assert fresh(archive).body(places[120]) == noise(20_000, 120)
    assert object_storage.asked() == ["HEAD", "GET"]

    with Heads(fresh(archive)) as heads:
        assert [heads.of(place)[0].place for place in places] == places
    assert object_storage.asked() == ["HEAD", "GET", "GET"]

    assert len(list(fresh(archive).read_run(file))) == 180
    assert object_storage.asked() == ["HEAD", "GET", "GET"]

    ending = fresh(archive).ending(file)
    assert ending is not None
    assert ending.summary == {"noise": noise(40_000).hex()}
    assert object_storage.asked() == ["HEAD", "GET"]

    listed = fresh(archive)
    assert listed.files("tu_example") == [file]
    assert listed.ending(file) is not None
    assert object_storage.asked() == ["LIST", "GET"]


def test_a_run_costs_a_listing_an_upload_and_a_look_at_it(archive: Archive, object_storage: Storage) -> None:
    with archive.run_writer("tu_example", "abc", WHEN) as first:
        first.close({})
    object_storage.asked()
    with archive.run_writer("tu_example", "def", WHEN) as other:
        assert object_storage.asked() == ["LIST"]
        other.close({})
    assert object_storage.asked() == ["PUT", "HEAD"]
    with archive.run_writer("tu_example", "abc", WHEN) as second:
        assert object_storage.asked() == ["LIST", "LIST"]  # the first name is taken
        second.close({})
    assert object_storage.asked() == ["PUT", "HEAD"]
    assert second.file == first.file.replace(".warc.gz", "-2.warc.gz")
    assert archive.spool is not None
    assert archive.spool.waiting() == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://reader:s3cret@host/archive", "sftp://host/archive"),
        ("s3://bucket/archive?key=s3cret&other=1", "s3://bucket/archive"),
        ("s3://bucket/archive", "s3://bucket/archive"),
    ],
)
def test_an_address_is_shown_without_credentials(url: str, shown: str) -> None:
    assert str(Bucket(url)) == shown
    assert "s3cret" not in repr(Bucket(url))
    assert redacted(f"no answer from {url}") == f"no answer from {shown}"


@pytest.mark.usefixtures("object_storage")
def test_no_message_has_credentials() -> None:
    with pytest.raises(StorageFailed) as failed:
        Bucket("s3://somebody:s3cret@bucket/archive").sizes()
    for secret in ("s3cret", "somebody", SECRET, KEY):
        assert secret not in str(failed.value)
    assert failed.value.__cause__ is None


@pytest.mark.usefixtures("object_storage")
def test_a_bucket_that_is_not_there_is_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path, Bucket("s3://not-there-at-all/archive"))
    with pytest.raises(StorageFailed, match=r"s3://not-there-at-all/archive cannot be listed: .*bucket does not exist"):
        archive.run_writer("tu_example", "abc", WHEN)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("url", "step"),
    [
        (
            "gs://bucket/archive",
            r"'microcred-observatory\[object-storage\]', and the package of fsspec for gs",
        ),
        ("nothing://bucket/archive", "Protocol not known: nothing"),
    ],
)
def test_what_serves_an_address_must_be_installed(url: str, step: str) -> None:
    with pytest.raises(ValueError, match=step):
        Bucket(url).require()


def test_without_the_extra_the_command_that_installs_it_is_named() -> None:
    program = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from scrapers.bucket import Bucket\n"
        "try: Bucket('s3://bucket/archive').sizes()\n"
        "except ValueError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "a package that is not installed: pip install 'microcred-observatory[object-storage]'\n" in said


def test_a_local_archive_imports_nothing_of_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from scrapers.archive import Archive; archive = Archive(Path(sys.argv[1]))\n"
        "with archive.run_writer('tu_example', 'abc', datetime(2024, 1, 1, tzinfo=UTC)) as writer: writer.close({})\n"
        "assert archive.ending(archive.files()[0]).summary == {}\n"
        "assert not {'s3fs', 'aiobotocore', 'botocore'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)


def test_an_archive_goes_to_another_process_as_its_address(archive: Archive) -> None:
    with archive.run_writer("tu_example", "abc", WHEN) as writer:
        place = writer.response(exchange(1, b"Soil"))
        writer.close({})
    packed = pickle.dumps(archive)
    assert SECRET.encode() not in packed
    assert pickle.loads(packed).body(place) == b"Soil"
    assert pickle.loads(packed).root == archive.root


def test_what_else_lies_in_the_bucket_is_no_run(archive: Archive, object_storage: Storage) -> None:
    for name in ("notes.txt", "tu/2024/a.txt", "tu/2024/deep/a.warc.gz", "a.warc.gz", "tu/2024/b.warc.gz.part"):
        object_storage.put(str(archive), name, b"?")
    object_storage.put(str(archive), "tu/2024/c.warc.gz", b"no WARC")
    assert archive.files() == archive.files("tu") == ["tu/2024/c.warc.gz"]
    assert archive.ending("tu/2024/c.warc.gz") is None
    assert len(archive.sizes()) == 6
    with pytest.raises(ArchiveDamaged, match="damaged gzip"):
        list(archive.read_run("tu/2024/c.warc.gz"))


def test_a_bucket_in_memory_serves_as_well(tmp_path: Path) -> None:
    archive = Archive(tmp_path, Bucket("memory://observatory/archive"))
    with archive.run_writer("tu_example", "abc", WHEN) as writer:
        place = writer.response(exchange(1, b"Soil"))
        writer.close({})
    with archive.run_writer("tu_example", "abc", WHEN) as second:
        second.close({})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert archive.files() == fresh(archive).files() == sorted([writer.file, second.file])
    assert fresh(archive).body(place) == b"Soil"


class Careless(MemoryFileSystem):
    """A store that keeps the last byte to itself."""

    protocol = "careless"
    store: ClassVar[dict[str, object]] = {}

    def put_file(self, lpath: str, rpath: str, **_: object) -> None:
        self.pipe_file(rpath, Path(lpath).read_bytes()[:-1])


def test_what_arrives_otherwise_than_it_was_sent_is_no_success(tmp_path: Path) -> None:
    fsspec.register_implementation("careless", Careless, clobber=True)
    archive = Archive(tmp_path, Bucket("careless://observatory"))
    with (
        pytest.raises(StorageFailed, match="arrived otherwise than it was sent, and was taken away again; tu_example/"),
        archive.run_writer("tu_example", "abc", WHEN) as writer,
    ):
        writer.close({"all": "of it"})
    assert Careless.store == {}
    assert archive.spool is not None
    assert archive.spool.waiting() == [tmp_path / writer.file]
    ending = archive.ending(writer.file)
    assert ending is not None
    assert ending.summary == {"all": "of it"}


def test_threads_may_read_at_once(tmp_path: Path, url: str, object_storage: Storage) -> None:
    content = noise(3 * BLOCK_BYTES + 5)
    (tmp_path / "file").write_bytes(content)
    Bucket(url).upload(tmp_path / "file", "x")
    bucket = Bucket(url)
    object_storage.asked()

    def reads(seed: int) -> bool:
        chance = random.Random(seed)
        starts = [chance.randrange(len(content)) for _ in range(50)]
        return all(bucket.read("x", at, min(len(content), at + 70_000)) == content[at : at + 70_000] for at in starts)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(reads, range(16)))
    # Four blocks, none of them asked for twice.
    assert object_storage.asked().count("GET") <= 4
