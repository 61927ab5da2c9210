"""A key is found however it is written, and what is not the key stays."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrapers.secret import Secret

KEY = "s3cr3t /+&='<é>==\""
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=6, max_size=40)


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        "s3cr3t%20%2F%2B%26%3D%27%3C%C3%A9%3E%3D%3D%22",
        "s3cr3t+%2f%2b%26%3d%27%3c%c3%a9%3e%3d%3d%22",
        "s3cr3t%2520%252F%252B%2526%253D%2527%253C%25C3%25A9%253E%253D%253D%2522",
        "s3cr3t /+&amp;=&#x27;&lt;é&gt;==&quot;",
        "s3cr3t /+&#38;=&apos;&#60;é&#62;==&#034;",
        's3cr3t \\/+\\u0026=\\u0027\\u003Cé\\u003e==\\"',
        "s3cr3t \\\\/+\\\\u0026='<é>==\\\\\"",
    ],
)
def test_every_way_of_writing_it_is_found(written: str) -> None:
    assert Secret(KEY).kept_out_of(f"a {written} b") == "a REDACTED b"
    assert Secret(KEY).kept_out_of_body(f"a {written} b".encode()) == b"a REDACTED b"


@settings(max_examples=50)
@given(KEYS, st.binary(max_size=7), st.binary(max_size=7))
def test_of_base64_nothing_is_left_that_gives_the_key(key: str, before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        kept = Secret(key).kept_out_of_body(encode(before + key.encode() + after))
        assert b"REDACTED" in kept
        assert encode(before + key.encode() + after) not in kept


@settings(max_examples=50)
@given(KEYS)
@example("00000%")
@example("00000&")
@example("00000\\")
def test_the_writers_of_the_standard_library_do_not_get_past(key: str) -> None:
    secret = Secret(key)
    for written in (key, quote(key, safe=""), quote_plus(key), quote(quote(key, safe=""), safe="")):
        assert secret.kept_out_of(written) == "REDACTED"
    assert secret.kept_out_of(html.escape(key)) == "REDACTED"
    assert secret.kept_out_of(json.dumps([key], ensure_ascii=False)).count("REDACTED") >= (key == json.dumps(key)[1:-1])
    for coding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        if key.isascii():
            assert key.encode(coding) not in secret.kept_out_of_body(key.encode(coding))


def test_the_password_of_basic_authentication_is_found_too() -> None:
    pair = base64.b64encode(b"reader:long-password").decode()
    secret = Secret(pair, "Basic ")
    assert secret.kept_out_of(f"{pair} reader:long-password long-password") == "REDACTED REDACTED REDACTED"


def test_what_is_cut_within_the_key_gives_no_beginning_of_it() -> None:
    assert Secret("0123456789").kept_out_of_body(b"x 01234567", is_cut=True) == b"x REDACTED"
    assert Secret("0123456789").kept_out_of_body(b"x 01234567") == b"x 01234567"
    assert Secret("0123456789").kept_out_of_body(b"x 0123", is_cut=True) == b"x 0123"


def test_a_short_key_is_not_looked_for_in_bodies() -> None:
    assert Secret("abc").kept_out_of_body(b"abcdef") == b"abcdef"
    assert Secret("abc").kept_out_of("https://a.example/?k=abc") == "https://a.example/?k=REDACTED"


def test_without_a_key_nothing_is_replaced() -> None:
    assert not Secret(None)
    assert Secret("").kept_out_of("x") == "x"
    assert Secret(None).kept_out_of_body(b"\xff", is_cut=True) == b"\xff"


def test_it_shows_itself_to_nobody() -> None:
    assert "s3cr3t" not in f"{Secret(KEY)!r}{Secret(KEY)}"
