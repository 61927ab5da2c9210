"""Pages of 100 MB, of depth 100,000, and of 20 MB of whatever once took quadratic time: a named end, in bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fuzzing.large import LARGE

ROOT = Path(__file__).parents[2]
SECONDS_MOST = 30.0
"""Of processor time; a quadratic reader takes hours for any of them."""
PEAK_MB_MOST = 1_500
QUICK = ("html of 100 MB", "html of depth 100,000", "a million attributes")
TOO_LARGE = "PageUnreadable: the page has 100,000,002 bytes, more than the 67,108,864 that are read"
OF_XML = "PageUnreadable: more than the XML parser takes"
OUTCOMES = {
    "html of 100 MB": TOO_LARGE,
    "html of 60 MB of tags": "PageUnreadable: markup of more than 2,000,000 tags",
    "html of depth 100,000": "PageUnreadable: HTML nests deeper than 200 levels",
    "html of depth 100,000, closed": "PageUnreadable: HTML nests deeper than 200 levels",
    "a million attributes": "PageUnreadable: a tag of more than 1,000 attributes",
    "JSON of depth 100,000": "PageUnreadable: JSON nests deeper than 200 levels",
    "JSON of 60 MB of brackets": "PageUnreadable: JSON of more than 2,000,000 lists and objects",
    "XML of 60 MB of tags": "PageUnreadable: markup of more than 2,000,000 tags",
    "XML with a text of 11 MB": f"{OF_XML}: Resource limit exceeded: Text node too long, try XML_PARSE_HUGE",
    "XML of depth 100,000": f"{OF_XML}: Excessive depth in document: 256, use XML_PARSE_HUGE option",
    "a number of 20 million digits": "list",
    "a gzip file of 1 GB of blanks": "PageUnreadable: more than 67,108,864 bytes when unpacked",
}


def read(name: str) -> dict[str, Any]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'support'}"}
    done = subprocess.run(
        [sys.executable, "-m", "fuzzing.large", name], capture_output=True, text=True, check=True, env=env, cwd=ROOT,
        timeout=600,
    )  # fmt: skip
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def bounded(name: str) -> None:
    facts = read(name)
    assert facts["seconds"] < SECONDS_MOST, facts
    assert facts["peak_mb"] < PEAK_MB_MOST, facts
    assert facts["outcome"] == OUTCOMES.get(name, facts["outcome"])


@pytest.mark.parametrize("name", QUICK)
def test_a_page_without_bounds_has_a_named_end(name: str):
    bounded(name)


@pytest.mark.faults
@pytest.mark.parametrize("name", [name for name in LARGE if name not in QUICK])
def test_another_page_without_bounds_has_a_named_end(name: str):
    bounded(name)
