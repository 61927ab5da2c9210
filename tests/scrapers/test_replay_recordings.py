"""Recordings as a network: which capture answers, which runs there are, and what a damaged recording says."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from models.records import Page
from scrapers.assemble import parse
from scrapers.paging import Part, follow
from scrapers.replay import RecordedFetch, Recording, RecordingInvalid, load_recording
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.source import discover, scraper_for

HOST = "https://open.sap.com"


def record(folder: Path, *captures: str, source: str = "opensap") -> Recording:
    (folder / "a.json").write_text('{"a": 1}', encoding="utf-8")
    tables = "\n".join(f"[[capture]]\n{capture}" for capture in captures)
    (folder / "recording.toml").write_text(f'source = "{source}"\n{tables}\n', encoding="utf-8")
    return load_recording(folder)


def capture(path: str, at: str = "2020-01-01T00:00:00Z", file: str = "a.json", more: str = "") -> str:
    return f'url = "{HOST}{path}"\nat = "{at}"\nfile = "{file}"\ncontent_type = "application/json"\n{more}'


def fetch_of(recording: Recording) -> RecordedFetch:
    return RecordedFetch(recording.runs[0], discover()["opensap"])


def test_dates_are_runs_in_their_order(tmp_path: Path) -> None:
    recording = record(tmp_path, capture("/b", "2020-02-01T00:00:00+02:00"), capture("/b"), capture("/c"))
    assert [(str(run.as_of), len(run.captures)) for run in recording.runs] == [
        ("2020-01-01 00:00:00+00:00", 2),
        ("2020-01-31 22:00:00+00:00", 1),
    ]


def test_one_address_twice_a_day_is_two_runs(tmp_path: Path) -> None:
    recording = record(tmp_path, capture("/b"), capture("/b", "2020-01-01T12:00:00Z"))
    assert len(recording.runs) == 2


def test_path_match_ignores_the_query_and_answers_once(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b", more='match = "path"')))
    assert asyncio.run(fetch.get(f"{HOST}/b?start=0")).body == b'{"a": 1}'
    with pytest.raises(PageFailed, match="not in the recording"):
        asyncio.run(fetch.get(f"{HOST}/b?start=100"))
    assert [failure.url for failure in fetch.failures] == [f"{HOST}/b?start=100"]


def test_exact_match_answers_as_often_as_asked(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b")))
    assert asyncio.run(fetch.get(f"{HOST}/b")).digest == asyncio.run(fetch.get(f"{HOST}/b")).digest


@pytest.mark.parametrize(("status", "error"), [(404, PageFailed), (500, PageFailed), (403, SourceBlocked)])
def test_status_means_what_it_means_live(tmp_path: Path, status: int, error: type[Exception]) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b", more=f"status = {status}")))
    with pytest.raises(error):
        asyncio.run(fetch.get(f"{HOST}/b"))


def test_a_host_the_source_does_not_declare_is_not_followed(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b")))
    with pytest.raises(PageFailed, match="not followed"):
        asyncio.run(fetch.get("https://elsewhere.example/b"))
    assert [problem.code for problem in fetch.problems] == ["off_host_link"]


@pytest.mark.parametrize("damage", ["cut", "garbled"])
def test_damaged_gzip_is_a_failed_page(tmp_path: Path, damage: str) -> None:
    packed = gzip.compress(b'{"a": 1}' * 1000)
    (tmp_path / "a.json.gz").write_bytes(packed[:-20] if damage == "cut" else b"\x1f\x8b\x08garbled")
    fetch = fetch_of(record(tmp_path, capture("/b", file="a.json.gz")))
    with pytest.raises(PageFailed, match="gzip"):
        asyncio.run(fetch.get(f"{HOST}/b"))


def test_a_body_too_large_is_a_failed_page(tmp_path: Path) -> None:
    with (tmp_path / "big.json").open("wb") as handle:
        handle.truncate(200 * 1024 * 1024)
    fetch = fetch_of(record(tmp_path, capture("/b", file="big.json")))
    with pytest.raises(PageFailed, match="209,715,200 bytes, more than"):
        asyncio.run(fetch.get(f"{HOST}/b"))


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"a": 2}'))
    assert asyncio.run(fetch_of(record(tmp_path, capture("/b", file="a.json.gz"))).get(f"{HOST}/b")).body == b'{"a": 2}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("source = ", "recording.toml"),
        ('source = "x"', "at least one"),
        ('source = "x"\n[[capture]]\nurl = "https://a.example/"', "missing"),
        ('source = "x"\n[[capture]]\nurl = "u"\nat = "yesterday"\nfile = "a.json"', "RFC 3339"),
        ('source = "x"\n[[capture]]\nurl = "u"\nat = "2020-01-01T00:00:00"\nfile = "a.json"', "no time zone"),
        ('source = "x"\n[[capture]]\nurl = "u"\nat = "2020-01-01T00:00:00Z"\nfile = "b.json"', "no file"),
        ('source = "x"\n[[capture]]\nurl = "u"\nat = "2020-01-01T00:00:00Z"\nfile = "a.json"\nmatch = "host"', "match"),
    ],
)
def test_an_invalid_recording_says_why(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "recording.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingInvalid, match=complaint):
        load_recording(tmp_path)


def test_no_recording_at_all(tmp_path: Path) -> None:
    with pytest.raises(RecordingInvalid, match="a recording is a folder"):
        load_recording(tmp_path)


async def _all(fetch: RecordedFetch, parts: dict[str, Part]) -> list[Page]:
    return [page async for page in follow(fetch, f"{HOST}/b", lambda page: parts[page.url])]


def test_paging_stops_in_a_circle(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b"), capture("/c")))
    pages = asyncio.run(_all(fetch, {f"{HOST}/b": Part(1, "/c", said="b"), f"{HOST}/c": Part(1, "/b", said="c")}))
    assert [page.url for page in pages] == [f"{HOST}/b", f"{HOST}/c"]
    assert fetch.incomplete_reasons == [f"the list leads back to {HOST}/b"]
    assert [problem.code for problem in fetch.problems] == ["paging_stopped"]


def test_a_total_that_is_not_reached_makes_the_walk_incomplete(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b")))
    asyncio.run(_all(fetch, {f"{HOST}/b": Part(12, total=97)}))
    assert fetch.incomplete_reasons == ["the source states 97 entries, 12 were listed"]


def test_a_next_link_to_another_host_is_not_followed(tmp_path: Path) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b")))
    pages = asyncio.run(_all(fetch, {f"{HOST}/b": Part(1, "https://evil.example/c")}))
    assert [page.url for page in pages] == [f"{HOST}/b"]
    assert [failure.reason for failure in fetch.failures] == [
        "not followed: evil.example is not a host this source declares"
    ]


@pytest.mark.parametrize("link", ["https://[broken", "http://a b", "javascript:alert(1)"])
def test_a_next_link_that_is_no_address_ends_the_list(tmp_path: Path, link: str) -> None:
    fetch = fetch_of(record(tmp_path, capture("/b")))
    pages = asyncio.run(_all(fetch, {f"{HOST}/b": Part(1, link)}))
    assert [page.url for page in pages] == [f"{HOST}/b"]
    assert fetch.failures or fetch.incomplete_reasons


def test_a_list_that_cannot_be_had_costs_no_other(tmp_path: Path) -> None:
    recording = tmp_path / "fun"
    recording.mkdir()
    (recording / "c.json").write_text(
        '{"meta": {"count": 1, "offset": 0, "total_count": 1}, "objects": [{"id": "1", "title": "Sel"}]}',
        encoding="utf-8",
    )
    (recording / "recording.toml").write_text(
        'source = "fun_mooc"\n[[capture]]\nurl = "https://www.fun-mooc.fr/api/v1.0/courses/"\n'
        'at = "2026-01-01T00:00:00Z"\nfile = "c.json"\nmatch = "path"\n',
        encoding="utf-8",
    )
    run = load_recording(recording).runs[0]
    source = discover()["fun_mooc"]
    fetch = RecordedFetch(run, source)
    scraper = scraper_for(source, run.as_of.date())

    async def walk() -> list[Page]:
        return [page async for page in scraper.pages(fetch)]

    assert [listing.title for listing in parse(scraper, asyncio.run(walk())).listings] == ["Sel"]
    assert [failure.reason for failure in fetch.failures] == ["not in the recording"]
