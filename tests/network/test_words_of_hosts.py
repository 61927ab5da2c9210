"""Words that a host chooses and we act on or keep: whatever they are, they are read, left, or cut, and never crash."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from live_site import BASE, Observed
from raw_server import KEEP, RawServer, head

from scrapers.client import WORDS_MAX, Answer, FetchLimits, shortened
from scrapers.hosts import retry_after
from scrapers.robots import Rules
from scrapers.run_fetch import RunFetch

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ODD = f"{BASE}/odd"
MONTHS = st.sampled_from(["Jan", "Feb", "Foo", "13", ""])
NUMBERS = st.integers(-(10**30), 10**30) | st.integers(-1, 60)
DATES = st.builds("Mon, {} {} {} {}:{}:{} {}".format, NUMBERS, MONTHS, NUMBERS, NUMBERS, NUMBERS, NUMBERS,
                  st.sampled_from(["GMT", "+0000", "-9999", "+99999999999", "PST", ""]))  # fmt: skip


@given(words=st.text() | DATES, date=st.none() | st.text() | DATES)
@example(words="9" * 5000, date=None)
@example(words="Mon, 1 Jan 99999999999999999999 00:00:00 GMT", date=None)
@example(words="Fri, 31 Dec 9999 23:59:59 -2359", date="Mon, 01 Jan 0001 00:00:00 +2359")
def test_any_retry_after_is_a_wait_or_none(words: str, date: str | None) -> None:
    headers = (("retry-after", words), *((("date", date),) if date is not None else ()))
    answer = Answer(
        url=ODD, at=AT, request_headers=(), protocol="HTTP/1.1", status=429, reason="", headers=headers, body=b""
    )
    wait = retry_after(answer)
    assert wait is None or wait >= 0


@given(st.binary() | st.text(alphabet="User-agent:*Disallow/Crawl-delayRequest-rate0123456789 \n").map(str.encode))
@example(b"User-agent: *\nRequest-rate: 1/" + b"9" * 400)
@example(b"User-agent: *\nRequest-rate: " + b"9" * 400 + b"/1")
@example(b"User-agent: *\nCrawl-delay: nan")
@example(b"User-agent: *\nCrawl-delay: 1e999")
@example(b"User-agent: *\nDisallow: /" + b"*a" * 5000)
def test_any_robots_txt_is_read(body: bytes) -> None:
    rules = Rules.of(body, AT)
    assert rules.delay >= 0
    assert isinstance(rules.allows(f"{BASE}/{'a' * 500}"), bool)
    assert rules.words().startswith("allowed")


@given(st.text(max_size=5 * WORDS_MAX))
def test_words_are_cut_to_one_printable_line(words: str) -> None:
    line = shortened(words)
    assert line.isprintable()
    assert len(line) <= WORDS_MAX + 3


@pytest.mark.parametrize(
    "tag",
    [b'"a\tb"', b'"a\x01b\x1b[2J"', b'"\x7f"', b'"\xe9"', b"\xff\xfe", b'"a\r\n b"', b'"' + b"x" * 60_000 + b'"', b"",
     '"ключ"'.encode(), b'"a", "b"', b"W/", b"*"],
)  # fmt: skip
def test_a_validator_of_any_letters_is_sent_back_or_left(tmp_path: Path, tag: bytes) -> None:
    """What a host says of its page is said to it at the next look; that look may not fail by it."""
    said = head("Content-Length: 2", "Last-Modified: yesterday").replace(b"yesterday", b"yesterday\r\nETag: " + tag)

    async def walk(fetch: RunFetch) -> object:
        return await fetch.get(ODD)

    with RawServer() as server:
        server.on("/odd", (said + b"{}", KEEP))
        observed = Observed(tmp_path / "archive", server.port)
        limits = FetchLimits(attempts=1, read_seconds=2)
        first = observed.run(walk, limits=limits)
        again = observed.run(walk, limits=limits, known=[first.result], key="1" * 16)
    assert first.result.body == again.result.body == b"{}"
    assert again.result.unchanged
    assert again.fetch.failures == []
