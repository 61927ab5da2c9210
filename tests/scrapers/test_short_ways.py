"""What is read the short way, because it is plain, gives what the long way gives."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.bounds import DEPTH_MAX, json_depth
from scrapers.decode import PageUnreadable, json_text, plain
from scrapers.fields import absolute
from scrapers.platforms.json_catalogue import Path

NAMES = st.sampled_from(["a", "b_1", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab ", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(NAMES, min_size=1, max_size=3), VALUES)
def test_a_path_of_names(names: list[str], entry: Any) -> None:
    path = ".".join(names)
    assert Path(path, "x").value(entry) == jmespath.search(path, entry)


@given(
    st.sampled_from(["", "http:", "https:"]), st.sampled_from(["", "/", "//", "//a.example/"]),
    st.text("ab./?#;:~-_ \u00e9%A", max_size=8),
)  # fmt: skip
def test_an_address(scheme: str, slashes: str, rest: str) -> None:
    base, address = "https://b.example/c/d?e#f", scheme + slashes + rest
    try:
        joined = urljoin(base, address)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says
            absolute(base, address)
        return
    assert absolute(base, address) == joined


@given(
    st.sampled_from(["https://b.example", "http://b.example:80", "HTTP://B.example", "https://u@b.example", "/b", ""]),
    st.sampled_from(["", "/", "/c/d", "/c/d/", "?e=/f", "#/g", "//h"]), st.text("/ab.-~?#:", max_size=8),
)  # fmt: skip
def test_an_address_from_the_root(site: str, where: str, rest: str) -> None:
    base, address = site + where, "/" + rest
    assert absolute(base, address) == urljoin(base, address)


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text('[]{}"\\a\n\x01\u00e9', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[}"\\a', max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.booleans())
def test_how_deep_json_nests(value: Any, ascii_alone: bool) -> None:
    assert json_depth(json.dumps(value, ensure_ascii=ascii_alone)) == depth_of(value)


@given(st.text('[]{}"\\a\x01\u00e9\ud800', max_size=14))
def test_how_deep_what_is_no_json_nests(document: str) -> None:
    """As a reader goes, character by character: a text that does not end holds whatever follows."""
    deepest = depth = 0
    in_text = escaped = False
    for character in document:
        if in_text:
            in_text = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_text = True
        else:
            depth += (character in "[{") - (character in "]}")
            deepest = max(deepest, depth)
    assert json_depth(document) == deepest


@given(st.text("ab \t\n\r\u00a0\u3000&amp;.", max_size=20))
def test_white_space(words: str) -> None:
    folded = re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t\r\f\v\u00a0]+", " ", unescape(words))).strip()
    assert plain(words) == (folded or None)


@pytest.mark.parametrize("depth", [DEPTH_MAX, DEPTH_MAX + 1])
@pytest.mark.parametrize("words", ['"]\\"["', '"\\\\"', '""'])
def test_brackets_in_texts_do_not_nest(depth: int, words: str) -> None:
    beside = f"[{','.join(['[]', words] * 300)}]"
    document = "[" * (depth - 2) + beside + "]" * (depth - 2)
    if depth <= DEPTH_MAX:
        assert json_text(document) == json.loads(document)
    else:
        with pytest.raises(PageUnreadable, match="nests deeper"):
            json_text(document)
