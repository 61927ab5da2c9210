"""The archive: readable by a stock WARC reader, nothing kept twice, damage named, and pages given back as they were."""

from __future__ import annotations

import errno
import gzip
import io
import os
import random
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from live_site import BASE, STARTED, Observed, Site
from object_storage import Storage, fresh
from small_runs import a_page
from warcio.archiveiterator import ArchiveIterator

from models.records import ArchivePlace, Page
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.bucket import Bucket
from scrapers.heads import Heads
from scrapers.run_fetch import RunFetch
from scrapers.run_record import WalkedPage, pages_in
from scrapers.warc import ArchiveNotWritten, sha256

COURSES = f"{BASE}/courses"


class Kept(Observed):
    """An archive in a folder or in a bucket, whose files can be looked at and spoilt."""

    storage: Storage | None = None

    def content(self, file: str) -> bytes:
        if self.storage is None:
            return (self.archive.root / file).read_bytes()
        return self.storage.objects(str(self.archive))[file]

    def spoil(self, file: str, content: bytes, *, name: str | None = None) -> None:
        """Put something in the place of a file, under its name or another; whoever reads it has not read it before."""
        if self.storage is None:
            (self.archive.root / file).unlink()
            (self.archive.root / (name or file)).write_bytes(content)
            return
        self.storage.remove(str(self.archive), file)
        self.storage.put(str(self.archive), name or file, content)
        self.archive = fresh(self.archive)


@pytest.fixture(params=["folder", "bucket"])
def observed(request: pytest.FixtureRequest, tmp_path: Path, site: Site) -> Kept:
    kept = Kept(tmp_path / "archive", site.port)
    if request.param == "bucket":
        kept.storage = request.getfixturevalue("object_storage")
        kept.archive = Archive(tmp_path / "archive", Bucket(kept.storage.bucket()))
    return kept


def stock_records(kept: Kept, file: str) -> list[tuple[str, str | None, bytes]]:
    """Type, target and content of every record, as warcio's own reader gives them."""
    return [
        (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read())
        for r in ArchiveIterator(io.BytesIO(kept.content(file)), check_digests="raise")
    ]


def test_a_stock_reader_reads_a_run(site: Site, observed: Kept) -> None:
    site.on("/courses", b"<html>Soil</html>")
    ran = observed.get(COURSES)
    records = stock_records(observed, ran.file)
    assert [kind for kind, _, _ in records] == [
        "warcinfo", "response", "request", "response", "request", "metadata",
    ]  # fmt: skip
    assert records[3][1:] == (COURSES, b"<html>Soil</html>")
    assert b"robots: obey" in records[0][2]


def test_every_record_is_a_gzip_member_of_its_own(site: Site, observed: Kept) -> None:
    site.on("/courses", b"<html>Soil</html>")
    place = observed.get(COURSES).result.place
    raw = observed.content(place.file)
    member = gzip.decompress(raw[place.offset : place.offset + place.length])
    assert member.startswith(b"WARC/1.1\r\n")
    assert b"<html>Soil</html>" in member
    assert observed.archive.body(place) == b"<html>Soil</html>"


def test_a_page_not_modified_is_kept_as_a_revisit(site: Site, observed: Kept) -> None:
    site.on("/courses", [site.reply(b"Soil", headers={"etag": '"1"'}), site.reply(status=304, headers={"etag": '"1"'})])
    first = observed.get(COURSES)
    second = observed.get(COURSES, known=[first.result], key="feedbeef")
    assert site.asked[-1].headers["if-none-match"] == '"1"'
    assert (second.result.unchanged, second.result.body, second.result.digest) == (True, b"Soil", first.result.digest)
    assert second.result.place == first.result.place
    kinds = [kind for kind, url, _ in stock_records(observed, second.file) if url == COURSES]
    assert kinds == ["revisit"]  # the address of the request is that of the revisit, its validators those of the answer


def test_the_same_bytes_without_validators_are_not_kept_twice(site: Site, observed: Kept) -> None:
    site.on("/courses", b"Soil")
    first = observed.get(COURSES)
    second = observed.get(COURSES, known=[first.result], key="feedbeef")
    assert second.result.unchanged
    assert [kind for kind, url, _ in stock_records(observed, second.file) if url == COURSES] == ["revisit", "request"]
    assert [c.body() for c in observed.archive.read_run(second.file) if c.purpose == "page"] == [b"Soil"]
    assert b"Soil" not in b"".join(body for _, _, body in stock_records(observed, second.file))


def test_other_bytes_are_kept(site: Site, observed: Kept) -> None:
    site.on("/courses", [site.reply(b"Soil"), site.reply(b"Sand")])
    first = observed.get(COURSES)
    second = observed.get(COURSES, known=[first.result], key="feedbeef")
    assert not second.result.unchanged
    assert observed.archive.body(second.result.place) == b"Sand"


def test_a_damaged_original_is_asked_for_anew(site: Site, observed: Kept) -> None:
    site.on("/courses", b"Soil")
    first = observed.get(COURSES)
    file = first.result.place.file
    observed.spoil(file, observed.content(file)[: first.result.place.offset + 20])
    second = observed.get(COURSES, known=[first.result], key="feedbeef")
    assert second.result.body == b"Soil"
    assert [problem.code for problem in second.fetch.problems] == ["archive_damaged"]
    assert observed.archive.body(second.result.place) == b"Soil"


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        (ArchivePlace(file="tu_example/none.warc.gz", offset=0, length=1), "no such file"),
        (ArchivePlace(file="../../etc/passwd", offset=0, length=1), "not a file of the archive"),
        (ArchivePlace(file="/etc/passwd", offset=0, length=1), "not a file of the archive"),
    ],
)
def test_a_place_that_is_none(observed: Kept, place: ArchivePlace, complaint: str) -> None:
    with pytest.raises(ArchiveDamaged, match=complaint):
        observed.archive.body(place)


@pytest.mark.parametrize("damage", ["cut", "flipped", "elsewhere"])
def test_damage_is_named_with_its_place(site: Site, observed: Kept, damage: str) -> None:
    site.on("/courses", b"Soil" * 200)
    place = observed.get(COURSES).result.place
    raw = bytearray(observed.content(place.file))
    if damage == "cut":
        raw = raw[: place.offset + place.length - 9]
    if damage == "flipped":
        raw[place.offset + place.length // 2] ^= 0xFF
    observed.spoil(place.file, bytes(raw))
    asked = ArchivePlace(file=place.file, offset=place.offset + 1, length=1) if damage == "elsewhere" else place
    with pytest.raises(ArchiveDamaged, match=rf"{place.file}: offset {asked.offset}: "):
        observed.archive.body(asked)


def test_a_run_that_broke_off_is_read_up_to_where_it_broke(site: Site, observed: Kept) -> None:
    site.on("/courses", b"Soil")
    ran = observed.get(COURSES)
    observed.spoil(ran.file, observed.content(ran.file)[:-30], name=f"{ran.file}.open")
    captures = observed.archive.read_run(ran.file)
    assert [next(captures).purpose, next(captures).body()] == ["robots", b"Soil"]
    with pytest.raises(ArchiveDamaged, match="ends early"):
        next(captures)
    assert fresh(observed.archive).files("tu_example") == [ran.file]


def test_a_run_written_twice_has_two_files(observed: Kept) -> None:
    with observed.archive.run_writer("tu_example", "abc", STARTED) as first:
        first.close({})
    with observed.archive.run_writer("tu_example", "abc", STARTED) as second:
        second.close({})
    assert first.file != second.file
    assert observed.archive.files() == sorted([first.file, second.file])


@pytest.mark.parametrize("name", ["../up", "a/b", ""])
def test_names_that_would_leave_the_archive(observed: Kept, name: str) -> None:
    with pytest.raises(ValueError, match="not fit for a file name"):
        observed.archive.run_writer(name, "abc", STARTED)


def test_the_record_that_closes_a_file_is_found_from_its_end(observed: Kept) -> None:
    with observed.archive.run_writer("tu_example", "abc", STARTED) as writer:
        # Longer than what is read at first, and hardly to be packed.
        summary = {"noise": [sha256(f"{n}".encode()) for n in range(4_000)], "words": "\ud800 \U0001f4d6"}
        writer.close(summary)
    ending = observed.archive.ending(writer.file)
    assert ending is not None
    assert ending.summary == summary
    assert ending.at > STARTED


def test_damage_within_a_file_does_not_hide_its_end(site: Site, observed: Kept) -> None:
    site.on("/courses", b"Soil" * 200)
    ran = observed.get(COURSES)
    raw = bytearray(observed.content(ran.file))
    raw[ran.result.place.offset + 100] ^= 0xFF
    observed.spoil(ran.file, bytes(raw))
    ending = observed.archive.ending(ran.file)
    assert ending is not None
    assert pages_in(ending.summary) == (
        WalkedPage(offset=ran.result.place.offset, url=COURSES, final_url=COURSES, unchanged=False),
    )
    with pytest.raises(ArchiveDamaged, match=f"offset {ran.result.place.offset}: "):
        observed.archive.capture(ran.file, ran.result.place.offset)


@pytest.mark.parametrize("cut", [1, 30, 400])
def test_a_file_that_was_not_closed_has_no_end(site: Site, observed: Kept, cut: int) -> None:
    site.on("/courses", b"Soil")
    ran = observed.get(COURSES)
    observed.spoil(ran.file, observed.content(ran.file)[:-cut])
    assert observed.archive.ending(ran.file) is None


def without_length(page: Page) -> Page:
    return replace(page, headers={name: value for name, value in page.headers.items() if name != "content-length"})


def test_pages_come_back_as_the_walk_had_them(site: Site, observed: Kept) -> None:
    other = f"{COURSES}/2"
    tags = [{"etag": '"1"', "last-modified": "Mon"}, {"etag": '"2"'}]
    site.on("/courses", [site.reply(b"Soil", headers=tags[0]), site.reply(status=304, headers=tags[1])])
    site.on("/courses/2", [site.reply(b"Sand", headers=tags[0]), site.reply(b"Sand")])

    async def walk(fetch: RunFetch) -> list[Page]:
        return [await fetch.get(url) for url in (other, COURSES)]

    first = observed.run(walk)
    second = observed.run(walk, known=first.result, key="feedbeef")
    for ran in (first, second):
        ending = observed.archive.ending(ran.file)
        assert ending is not None
        walked = pages_in(ending.summary)
        assert walked is not None
        kept = [observed.archive.capture(ran.file, page.offset or 0).page() for page in walked]
        assert [without_length(page) for page in kept] == [without_length(page) for page in ran.result]
    # Bytes that are sent again come with their own headers, and none of those of the first time.
    assert "etag" not in second.result[0].headers
    assert second.result[1].headers["last-modified"] == "Mon"
    assert second.result[0].record != second.result[0].place


@pytest.mark.parametrize("length", [10, 400, 500, 1_200, 5_000, 30_000])
def test_the_head_of_a_record_is_read_however_long_it_is(observed: Kept, length: int) -> None:
    letters = "".join(random.Random(3).choices("abcdefghijklmnop", k=length))
    page = replace(a_page(COURSES, "<p>a</p>" * 10_000, STARTED, place=None), headers={"x-letters": letters})
    with observed.archive.run_writer("tu_example", "0123456789", STARTED) as writer:
        place = writer.page(page).place
        writer.close({})
    assert place is not None
    with Heads(observed.archive) as heads:
        original, headers = heads.of(place)
    assert (original.digest, headers["x-letters"]) == (page.digest, letters)


def test_heads_are_read_from_one_file_and_another_as_they_are_asked_for(observed: Kept) -> None:
    places = []
    for number, body in enumerate(("<p>a</p>", "<p>b</p>", "<p>c</p>")):
        with observed.archive.run_writer("tu_example", f"{number}{number}", STARTED) as writer:
            places.append(writer.page(a_page(COURSES, body, STARTED, place=None)).place)
            writer.close({})
    first, second, third = (place for place in places if place is not None)
    with Heads(observed.archive) as heads:
        for place, body in ((first, b"a"), (first, b"a"), (second, b"b"), (first, b"a")):
            assert heads.of(place)[0].digest == sha256(b"<p>" + body + b"</p>")
        (observed.archive.root / third.file).write_bytes(b"")
        with pytest.raises(ArchiveDamaged, match="ends before the record does"):
            heads.of(third)
        with pytest.raises(ArchiveDamaged, match="no such file"):
            heads.of(replace(first, file="tu_example/2024/gone.warc.gz"))
        assert heads.of(second)[0].digest == sha256(b"<p>b</p>")


def test_a_file_that_cannot_be_written_on_ends_with_its_whole_records(tmp_path: Path) -> None:
    """A limit on the size of files, as a full disk: what fits in part is cut away, and there is no second attempt."""
    page = a_page(COURSES, "<p>a</p>", STARTED, place=None)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = Archive(tmp_path).run_writer("tu_example", "0123456789", STARTED)
    writer.page(page)
    file = tmp_path / f"{writer.file}.open"
    whole = file.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 100, before[1]))
    try:
        with pytest.raises(ArchiveNotWritten) as failed:
            writer.page(replace(page, body=os.urandom(4000)))
        assert failed.value.errno == errno.EFBIG
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(ArchiveNotWritten):
        writer.page(page)
    with pytest.raises(ArchiveNotWritten):
        writer.close({})
    assert writer.closed
    assert file.read_bytes() == whole
    assert [capture.digest for capture in Archive(tmp_path).read_run(writer.file)] == [page.digest]
