from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.webarchives.captures import (
    ArchivedCapture,
    BodyPlace,
    address_key,
    collapsed,
    deduplicated,
    ordered,
    parsed_timestamp,
    resolved,
    selected,
    timestamp,
    without_default_port,
)

COURSES = "https://www.tu.example/courses"
AT = datetime(2020, 3, 14, 15, 9, 26, tzinfo=UTC)


def capture(
    url: str = COURSES,
    at: datetime = AT,
    *,
    status: int | None = 200,
    digest: str = "A",
    archive: str = "wayback",
    content_type: str = "text/html",
    revisit: bool = False,
    truncated: str | None = None,
) -> ArchivedCapture:
    return ArchivedCapture(
        url=url,
        at=at,
        status=status,
        content_type=content_type,
        digest=digest,
        length=1000,
        place=BodyPlace(archive=archive, address=f"https://{archive}.example/{timestamp(at)}/{url}"),
        revisit=revisit,
        truncated=truncated,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.tu.example:80/courses/", COURSES),
        ("https://tu.example/courses#top", COURSES),
        ("https://WWW.TU.EXAMPLE/courses?", COURSES),
        ("https://www2.tu.example/courses", COURSES),
        ("https://tu.example/a?page=1&b=2", "https://tu.example/a?b=2&page=1"),
        ("https://tu.example/%c3%a5", "https://tu.example/å"),
        ("https://tu.example", "http://tu.example:80/"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (COURSES, "https://www.tu.example/courses/1"),
        (COURSES, "https://www.tu.example/Courses"),
        (COURSES, "https://www.tu.example/courses?page=2"),
        (COURSES, "https://other.tu.example/courses"),
        (COURSES, "https://www.tu.example:8443/courses"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize("url", ["https://[::1", "", "x", "http://tu.example:99999999/", "https://[tu]/"])
def test_what_is_no_address_stands_for_itself(url: str) -> None:
    assert isinstance(address_key(url), str)
    assert without_default_port(url) == url


def test_default_ports_are_left_out() -> None:
    assert without_default_port("http://www.tu.example:80/a:80") == "http://www.tu.example/a:80"
    assert without_default_port("https://www.tu.example:80/a") == "https://www.tu.example:80/a"


def test_timestamps() -> None:
    assert timestamp(AT) == "20200314150926"
    assert parsed_timestamp("20200314150926") == AT
    for wrong in ("2020", "20200230000000", "20200100000000", "2020031415092x", "", "٢٠٢٠٠٣١٤١٥٠٩٢٦"):
        with pytest.raises(ValueError):  # noqa: PT011 - any complaint about the time will do
            parsed_timestamp(wrong)


def test_selecting() -> None:
    good = capture()
    late = capture(at=AT + timedelta(days=400))
    early = capture(at=AT - timedelta(days=400))
    redirect = capture(status=301)
    data = capture(content_type="application/json")
    open_revisit = capture(status=None, content_type="warc/revisit", revisit=True)
    unknown = capture(status=None)
    found = [good, late, early, redirect, data, open_revisit, unknown]
    assert selected(found, mime_types={"text/html"}, since=AT.date(), until=AT.date()) == [good, open_revisit]
    assert selected(found, statuses={301}) == [redirect, open_revisit]
    assert selected(found, wanted=lambda url: url != COURSES) == []
    assert selected([good], since=date(2020, 3, 15)) == []


def test_a_revisit_takes_status_and_type_from_what_it_repeats() -> None:
    original = capture(status=404, content_type="text/plain")
    again = capture(at=AT + timedelta(days=1), status=None, content_type="warc/revisit", revisit=True)
    other = capture(url=f"{COURSES}/1", status=None, content_type="warc/revisit", revisit=True)
    assert resolved([again, original, other]) == [
        replace(again, status=404, content_type="text/plain"),
        original,
        other,
    ]


def test_one_capture_a_period() -> None:
    days = [capture(at=AT + timedelta(days=day)) for day in (0, 1, 20, 21, 300)]
    other = capture(url=f"{COURSES}/1", at=AT)
    assert [c.at.day for c in collapsed([*reversed(days)], period="month")] == [14, 3, 8]
    assert collapsed([other, *days], period="year") == ordered([days[0], other, days[4]])
    assert len(collapsed(days, period="day")) == 5


def test_one_capture_a_change() -> None:
    digests = ["A", "A", "B", "", "", "A"]
    found = [capture(at=AT + timedelta(days=day), digest=digest) for day, digest in enumerate(digests)]
    assert [c.digest for c in collapsed(found, digest=True)] == ["A", "B", "", "", "A"]


def test_one_capture_in_two_archives() -> None:
    wayback, crawl = capture(), capture(url="http://tu.example/courses/", archive="commoncrawl")
    cut = capture(archive="files", truncated="length")
    assert deduplicated([crawl, cut, wayback]) == [wayback]
    assert deduplicated([crawl, wayback], archives=["commoncrawl", "wayback"]) == [crawl]
    assert len(deduplicated([wayback, capture(digest="B")])) == 2
    assert deduplicated([wayback, capture(digest="sha256:00", archive="commoncrawl")]) == [wayback]
    assert deduplicated([wayback, capture(digest="sha1:A", archive="commoncrawl")]) == [wayback]
    assert deduplicated([capture(status=None, archive="files"), crawl]) == [crawl]


some_captures = st.lists(
    st.builds(
        capture,
        url=st.sampled_from([COURSES, "http://tu.example/courses/", f"{COURSES}/1", f"{COURSES}?page=2"]),
        at=st.integers(0, 40).map(lambda days: AT + timedelta(days=days * 5)),
        status=st.sampled_from([200, 301, None]),
        digest=st.sampled_from(["A", "B", "sha256:00", ""]),
        archive=st.sampled_from(["wayback", "commoncrawl", "files"]),
        revisit=st.booleans(),
    ),
    max_size=12,
)


@given(found=some_captures, data=st.data())
def test_order_and_repetition_do_not_matter(found: list[ArchivedCapture], data: st.DataObject) -> None:
    repeated = data.draw(st.permutations([*found, *found[:3]]))
    assert deduplicated(repeated) == deduplicated(found)
    assert ordered(set(repeated)) == ordered(set(found))
    assert collapsed(set(repeated), period="month", digest=True) == collapsed(set(found), period="month", digest=True)


@given(found=some_captures)
def test_choosing_again_changes_nothing(found: list[ArchivedCapture]) -> None:
    once = deduplicated(found)
    assert deduplicated(once) == once
    assert set(once) <= set(found)
    fewer = collapsed(once, period="month")
    assert collapsed(fewer, period="month") == fewer
