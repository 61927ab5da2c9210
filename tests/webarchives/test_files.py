"""WARC and WACZ files: captures with bodies, and damage that costs nothing but itself."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from crawl_site import exchange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scrapers.archive import Archive
from scrapers.posting import posted
from scrapers.webarchives import containers, members
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace
from scrapers.webarchives.errors import CaptureUnreadable
from scrapers.webarchives.files import WarcFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from models.records import Problem
    from scrapers.webarchives.captures import PastPage

COURSES = "https://www.tu.example/courses"
AT = datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)
HTML = "<html>språk</html>".encode()


def read(*paths: Path, wanted: Callable[[str], bool] = lambda _: True) -> tuple[list[PastPage], list[Problem]]:
    problems: list[Problem] = []
    with WarcFiles(paths, wanted=wanted, on_problem=problems.append) as files:
        return list(files.pages()), problems


class Writer:
    """Writes a WARC file record by record with warcio, as others do."""

    def __init__(self, *, packed: bool = True) -> None:
        self.out = io.BytesIO()
        self._writer = WARCWriter(self.out, gzip=packed, warc_version="WARC/1.0")

    def response(
        self,
        url: str = COURSES,
        at: str = "2023-01-02T03:04:05Z",
        body: bytes = HTML,
        *,
        headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html"),),
        status: str = "200 OK",
        kind: str = "response",
        fields: Mapping[str, str] | None = None,
        content_type: str | None = None,
    ) -> str:
        is_http = kind in {"response", "revisit"}
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=content_type or ("application/http; msgtype=response" if is_http else "text/plain"),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if is_http else None,
            warc_headers_dict={"WARC-Date": at, **(fields or {})},
        )
        self._writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    def request(self, method: str, response_id: str, url: str = COURSES) -> None:
        record = self._writer.create_warc_record(
            url,
            "request",
            payload=io.BytesIO(b"{}"),
            length=2,
            http_headers=StatusAndHeaders(f"{method} /courses HTTP/1.1", [], is_http_request=True),
            warc_headers_dict={"WARC-Concurrent-To": response_id},
        )
        self._writer.write_record(record)

    def revisit(self, at: str, digest: str, refers_to: str = COURSES, refers_at: str = "") -> None:
        record = self._writer.create_revisit_record(COURSES, digest, refers_to, refers_at)
        record.rec_headers.replace_header("WARC-Date", at)
        if not refers_at:
            record.rec_headers.remove_header("WARC-Refers-To-Target-URI")
            record.rec_headers.remove_header("WARC-Refers-To-Date")
        self._writer.write_record(record)

    def to(self, path: Path) -> Path:
        path.write_bytes(self.out.getvalue())
        return path


# ---- real files ----------------------------------------------------------------------------


def test_the_sample_archive_of_pywb(recordings: Path) -> None:
    pages, problems = read(recordings / "warc" / "pywb_example.warc.gz")
    assert problems == []
    first, again, redirect = (past.page for past in pages)
    assert first.url == again.url == "http://example.com?example=1"
    assert (first.at, again.at) == (
        datetime(2014, 1, 3, 3, 3, 21, tzinfo=UTC),
        datetime(2014, 1, 3, 3, 3, 41, tzinfo=UTC),
    )
    assert len(first.body) == 1270
    assert (again.body, again.digest) == (first.body, first.digest)
    assert [past.capture.revisit for past in pages] == [False, True, False]
    assert (redirect.status, len(redirect.body)) == (302, 201)


def test_the_sample_archive_of_duplicates(recordings: Path) -> None:
    pages, problems = read(recordings / "warc" / "pywb_dupes.warc.gz")
    assert [(past.page.url, past.page.status) for past in pages] == [
        ("http://example.com", 200),
        ("http://iana.org", 302),
        ("http://www.iana.org/_js/2013.1/iana.js", 200),
        ("http://example.com", 200),
    ]
    assert pages[0].page.body == pages[3].page.body
    # The other eight revisits repeat what another file holds.
    assert [problem.code for problem in problems] == ["reference_missing"] * 8


def test_only_what_is_wanted(recordings: Path) -> None:
    path = recordings / "warc" / "pywb_dupes.warc.gz"
    pages, problems = read(path, wanted=lambda url: url == "http://example.com")
    assert [past.page.url for past in pages] == ["http://example.com"] * 2
    assert problems == []


# ---- our own archive -----------------------------------------------------------------------


def test_our_own_archive(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.run_writer("tu_example", "0123456789abcdef", AT) as writer:
        place = writer.response(exchange(COURSES, AT, HTML))
        writer.response(exchange(f"{COURSES}/1", AT, b"cut", truncated="length"))
        writer.close({"pages": 2})
    later = AT + timedelta(days=30)
    with archive.run_writer("tu_example", "1123456789abcdef", later) as writer:
        original, _, _ = archive.original(place)
        writer.revisit(exchange(COURSES, later, b""), original, not_modified=False)
        again = later + timedelta(days=1)
        writer.revisit(exchange(COURSES, again, b"", status=304), original, not_modified=True)
        writer.close({})
    pages, problems = read(*(tmp_path / file for file in archive.files()))
    assert problems == []
    assert [(past.page.url, past.page.at, past.page.status, past.page.body) for past in pages] == [
        (COURSES, AT, 200, HTML),
        (f"{COURSES}/1", AT, 200, b"cut"),
        (COURSES, later, 200, HTML),
        (COURSES, again, 200, HTML),
    ]
    assert [past.truncated for past in pages] == [None, "length", None, None]
    assert pages[2].page.headers["x-own"] == "yes"
    assert pages[0].capture.digest == pages[0].page.digest


def test_answers_to_what_was_posted_are_left_out(tmp_path: Path) -> None:
    search = posted(COURSES, {"q": "x"})
    with Archive(tmp_path).run_writer("tu_example", "0123456789abcdef", AT) as writer:
        one = exchange(COURSES, AT, b"{}")
        writer.response(type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"sent": b"{}"}))
        writer.response(exchange(f"{COURSES}/1", AT, HTML))
        writer.close({})
    pages, _ = read(tmp_path / writer.file)
    assert [past.page.url for past in pages] == [f"{COURSES}/1"]
    assert search != COURSES


# ---- records of others ---------------------------------------------------------------------


def test_records_that_are_no_answers_of_a_server(tmp_path: Path) -> None:
    writer = Writer()
    for kind in ("resource", "metadata", "conversion"):
        writer.response(kind=kind)
    writer.response("dns:tu.example", kind="response", content_type="text/dns")
    writer.response("urn:pageinfo:x", kind="resource")
    response = writer.response(f"{COURSES}/1")
    writer.request("GET", response)
    writer.request("POST", writer.response(f"{COURSES}/2"))
    pages, problems = read(writer.to(tmp_path / "a.warc.gz"))
    assert [past.page.url for past in pages] == [f"{COURSES}/1"]
    assert problems == []


@pytest.mark.parametrize("packed", [True, False])
def test_codings(tmp_path: Path, *, packed: bool) -> None:
    writer = Writer(packed=packed)
    chunked = b"5\r\n<html\r\n1\r\n>\r\n0\r\n\r\n"
    packed_body = gzip.compress(HTML)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed_body), packed_body)
    writer.response(f"{COURSES}/1", body=chunked, headers=[("Transfer-Encoding", "chunked")])
    writer.response(f"{COURSES}/2", body=packed_body, headers=[("Content-Encoding", "gzip")])
    writer.response(
        f"{COURSES}/3", body=chunks, headers=[("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
    )
    writer.response(f"{COURSES}/4", headers=[("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")])
    writer.response(f"{COURSES}/5", headers=[("Content-Encoding", "zstd")])
    pages, problems = read(writer.to(tmp_path / "a.warc"))
    assert [past.page.body for past in pages] == [b"<html>", HTML, HTML, HTML]
    assert all(not {"content-encoding", "transfer-encoding"} & set(past.page.headers) for past in pages)
    assert [(problem.code, problem.url) for problem in problems] == [("page_unreadable", f"{COURSES}/5")]
    assert "'zstd' cannot be read" in problems[0].message


def test_revisits_are_resolved_by_time_or_by_digest_and_across_files(tmp_path: Path) -> None:
    later = Writer()
    later.revisit("2023-02-01T00:00:00Z", "sha1:OTHER", COURSES, "2023-01-02T03:04:05Z")
    later.revisit("2023-03-01T00:00:00Z", "SHA1:SAME", "", "")
    later.revisit("2023-04-01T00:00:00Z", "sha1:LOST", COURSES, "2001-01-01T00:00:00Z")
    earlier = Writer()
    earlier.response(fields={"WARC-Payload-Digest": "sha1:SAME"})
    pages, problems = read(later.to(tmp_path / "b.warc.gz"), earlier.to(tmp_path / "a.warc.gz"))
    assert [(f"{past.page.at:%m-%d}", past.page.body, past.page.status) for past in pages] == [
        ("02-01", HTML, 200),
        ("03-01", HTML, 200),
        ("01-02", HTML, 200),
    ]
    assert [problem.code for problem in problems] == ["reference_missing"]


def test_a_file_packed_as_a_whole(tmp_path: Path) -> None:
    writer = Writer(packed=False)
    for number in range(3):
        writer.response(f"{COURSES}/{number}", body=b"%d" % number)
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(writer.out.getvalue()))
    pages, problems = read(path)
    assert [(past.page.url, past.page.body) for past in pages] == [(f"{COURSES}/{n}", b"%d" % n) for n in range(3)]
    assert problems == []


# ---- damage --------------------------------------------------------------------------------


@cache  # its ids and times differ from call to call
def three(*, packed: bool) -> tuple[bytes, list[int]]:
    """Three records, and where each begins."""
    writer = Writer(packed=packed)
    starts = []
    for number in range(3):
        starts.append(writer.out.tell())
        writer.response(f"{COURSES}/{number}", body=b"<p>%d</p>" % number * 50)
    return writer.out.getvalue(), starts


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_record_costs_no_other(tmp_path: Path, *, packed: bool) -> None:
    whole, starts = three(packed=packed)
    middle = starts[1] + (60 if packed else 2)
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(whole[:middle] + b"\xff\xff\xff\xff" + whole[middle + 4 :])
    pages, problems = read(path)
    assert [past.page.url for past in pages] == [f"{COURSES}/0", f"{COURSES}/2"]
    assert {problem.code for problem in problems} == {"page_unreadable"}
    assert str(path) in problems[0].message


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_cut_file_gives_what_is_whole(tmp_path: Path, cut: int, *, packed: bool) -> None:
    whole, starts = three(packed=packed)
    path = tmp_path / "cut.warc"
    path.write_bytes(whole[: starts[2] + cut])
    pages, problems = read(path)
    assert [past.page.url for past in pages] == [f"{COURSES}/0", f"{COURSES}/1"]
    assert len(problems) == 1


@pytest.mark.parametrize("packed", [True, False])
def test_garbage_between_records(tmp_path: Path, *, packed: bool) -> None:
    whole, starts = three(packed=packed)
    path = tmp_path / "garbage.warc"
    noise = b"\x1f\x8b\x08 noise \nWARC/ noise\n" * 3000
    path.write_bytes(whole[: starts[1]] + noise + whole[starts[1] :])
    pages, problems = read(path)
    assert [past.page.url for past in pages] == [f"{COURSES}/{number}" for number in range(3)]
    assert problems


@pytest.mark.parametrize(
    "content",
    [b"", b"WARC", b"\x1f\x8b", b"<html>no archive</html>", gzip.compress(b"no archive", mtime=0), b"PK\x03\x04broken"],
)
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.warc.gz"
    path.write_bytes(content)
    pages, problems = read(path)
    assert pages == []
    assert len(problems) == (1 if content else 0)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    pages, problems = read(tmp_path / "gone.warc.gz", tmp_path)
    assert pages == []
    assert [problem.code for problem in problems] == ["page_unreadable"] * 2


def test_records_without_what_a_capture_needs(tmp_path: Path) -> None:
    writer = Writer()
    writer.response(f"{COURSES}/1", at="yesterday")
    writer.response(f"{COURSES}/2", status="OK")
    writer.response(f"{COURSES}/3")
    pages, problems = read(writer.to(tmp_path / "a.warc.gz"))
    assert [past.page.url for past in pages] == [f"{COURSES}/3"]
    assert len(problems) == 2


def test_a_bomb_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "RECORD_BYTES_MAX", 100_000)
    writer = Writer()
    writer.response(f"{COURSES}/1", body=bytes(2_000_000))
    writer.response(f"{COURSES}/2")
    inner = Writer()
    inner.response(f"{COURSES}/3", body=gzip.compress(bytes(70_000_000)), headers=[("Content-Encoding", "gzip")])
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(writer.out.getvalue() + inner.out.getvalue())
    pages, problems = read(path)
    assert [past.page.url for past in pages] == [f"{COURSES}/2"]
    assert "larger than 100,000 bytes when unpacked" in problems[0].message
    assert "larger than 67,108,864 bytes when unpacked" in problems[1].message


def test_a_plain_record_that_claims_to_be_huge(tmp_path: Path) -> None:
    whole, starts = three(packed=False)
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999999\r\n\r\n"
    path = tmp_path / "huge.warc"
    path.write_bytes(whole[: starts[1]] + head + whole[starts[1] :])
    pages, problems = read(path)
    assert len(pages) == 3
    assert "larger than" in problems[0].message


@given(data=st.data(), packed=st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_damaged_it_ends(tmp_path: Path, data: st.DataObject, *, packed: bool) -> None:
    whole = bytearray(three(packed=packed)[0])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 40))
        whole[at : at + length] = data.draw(st.binary(max_size=30))
        if not whole:
            break
    path = tmp_path / "damaged.warc"
    path.write_bytes(bytes(whole))
    pages, _ = read(path)
    assert len(pages) <= 3


def test_a_capture_of_other_files(tmp_path: Path) -> None:
    path = Writer().to(tmp_path / "a.warc.gz")
    capture = ArchivedCapture(
        url=COURSES,
        at=AT,
        status=200,
        content_type="",
        digest="",
        length=1,
        place=BodyPlace(archive="files", address="/etc/passwd", offset=0, length=1),
    )
    with WarcFiles([path]) as files, pytest.raises(CaptureUnreadable, match="not a record of these files"):
        files.fetch(capture)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(three(packed=True)[0])
    problems: list[Problem] = []
    with WarcFiles([path], on_problem=problems.append) as files:
        assert len(files.captures()) == 3
        path.write_bytes(b"")
        assert list(files.pages()) == []
    assert len(problems) == 3


# ---- WACZ ----------------------------------------------------------------------------------


def wacz(path: Path, entries: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("indexes/index.cdx.gz", gzip.compress(b"example"))
        archive.writestr("pages/pages.jsonl", "{}")
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_wacz_file(tmp_path: Path, compression: int) -> None:
    one, two = Writer(), Writer()
    one.response(f"{COURSES}/1", fields={"WARC-Payload-Digest": "sha1:SAME"})
    two.revisit("2023-03-01T00:00:00Z", "sha1:SAME")
    two.response(f"{COURSES}/2")
    entries = {"archive/b.warc.gz": two.out.getvalue(), "archive/a.warc.gz": one.out.getvalue()}
    pages, problems = read(wacz(tmp_path / "x.wacz", entries, compression))
    assert problems == []
    assert [(past.page.url, past.page.body) for past in pages] == [
        (COURSES, HTML),
        (f"{COURSES}/2", HTML),
        (f"{COURSES}/1", HTML),
    ]
    assert pages[0].capture.place.member == "archive/b.warc.gz"


def test_names_that_play_tricks(tmp_path: Path) -> None:
    good = Writer()
    good.response()
    content = good.out.getvalue()
    names = ["../archive/a.warc.gz", "/archive/b.warc.gz", "archive/../../c.warc.gz", "x/archive/d.warc.gz"]
    path = wacz(tmp_path / "x.wacz", {**dict.fromkeys(names, content), "archive/good.warc.gz": content})
    pages, problems = read(path)
    assert [past.capture.place.member for past in pages] == ["archive/good.warc.gz"]
    assert len(problems) == len(names)
    assert all("leads out of archive/" in problem.message for problem in problems)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.wacz"]


def test_zip_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = Writer()
    good.response()
    bomb = wacz(tmp_path / "bomb.wacz", {"archive/a.warc": bytes(20_000_000)}, zipfile.ZIP_DEFLATED)
    pages, problems = read(bomb)
    assert (pages, len(problems)) == ([], 1)
    assert "not unpacked" in problems[0].message
    # A directory that lies about the size is found out while unpacking.
    lying = bytearray(bomb.read_bytes())
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    bomb.write_bytes(bytes(lying))
    pages, problems = read(bomb)
    assert (pages, len(problems)) == ([], 1)
    monkeypatch.setattr(containers, "MEMBERS_MAX", 2)
    many = wacz(tmp_path / "many.wacz", {f"archive/{n}.warc.gz": good.out.getvalue() for n in range(5)})
    pages, problems = read(many)
    assert (len(pages), len(problems)) == (2, 1)


def test_encrypted_and_unknown_members(tmp_path: Path) -> None:
    good = Writer()
    good.response()
    path = wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": good.out.getvalue()}, zipfile.ZIP_LZMA)
    assert "compression 14 is not read" in read(path)[1][0].message
    path = wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": good.out.getvalue()})
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    assert "encrypted" in read(path)[1][0].message


@cache
def whole_wacz(compression: int) -> bytes:
    with TemporaryDirectory() as folder:
        return wacz(Path(folder) / "x.wacz", {"archive/a.warc.gz": three(packed=True)[0]}, compression).read_bytes()


@given(data=st.data(), compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_damaged_in_a_wacz_it_ends(tmp_path: Path, data: st.DataObject, compression: int) -> None:
    path = tmp_path / "x.wacz"
    whole = bytearray(whole_wacz(compression))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
        if not whole:
            break
    path.write_bytes(bytes(whole))
    pages, _ = read(path)
    assert len(pages) <= 3
