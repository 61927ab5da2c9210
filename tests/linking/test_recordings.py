"""Links between real catalogues, recorded years apart. A person read all pairs of like titles; only refs stand here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from classify.organisations import known_organisations
from flows.labels import read_recording
from flows.look import Walked, read
from linking.credentials import credentials
from linking.linkable import Linkable, linkable
from linking.links import link
from scrapers.source import discover, scraper_for

LABELS = Path(__file__).parent.parent / "labels"
RIGHT = {
    ("awXhkY6qEeWBSw79YYA_8Q", "SciencesPo/05007/Trimestre_1_2015"),
    ("e2OpxhZKEeiN0RKIcpSsyg", "course-v1:SciencesPo+05009+session01"),
    ("i4lCti8mEeadCQq-_15rRQ", "3eff016a-feae-4792-8cc6-f14fb4b91e4f"),
    ("bALgYL4jEeejoA6gkzed5A", "SciencesPo/05008ENG/session01"),
    ("yrhPmHMHEeWKsgrp3VnvAw", "course-v1:HKUx+HKU01x+3T2015"),
    ("YjCOKcQTEeWI6BLH_IXMZw", "SciencesPo/05006S02/session02"),
    ("VfuJSYYDEeW99gozy_2pgw", "9b0305b6-03d6-4cc4-a826-4ce9804f4fde"),
    ("XGR-fcQ4EeSiTCIAC12odA", "unige/57001/Trimestre_1_2015"),
    ("lXG8rtQ9EeS4NCIAC7KEDw", "Polytechnique/03001/Trimestre_1_2014"),
    ("l37U-pjxEeWqkw5zNB248Q", "c451a5ff-5cf1-4ddb-b1ca-afe3da2c02bc"),
    ("H9F0uPUfEeW_PAqltdIuVw", "PekingX/04332960X/3T2013"),
    ("dWLeLeJREeWLHw5Kc9wFbw", "93fb4b50-ee36-4347-9c50-e4aa72066313"),
    ("7uQXLZIsEeWBSw79YYA_8Q", "course-v1:HKUx+HKU04x+1T2016"),
    ("a9S36isyEeWccAqzeA4VPw", "f7a1bf5d-55e6-4d00-9af8-b52ba1290952"),
    ("pbbozb4jEeesZwqFmMw-wA", "course-v1:SciencesPo+05008+session01"),
}
"""All pairs of these catalogues that a reader holds to be one course."""
VERSIONS = {("yn4BHt70EeWDLBKS83bB7Q", "MinesTelecom/04009S02/session02")}
"""One course in two languages: for a person to decide."""


@pytest.fixture(scope="module")
def listings(recordings: Path) -> Sequence[Linkable]:
    made: list[Linkable] = []
    for name in ("coursera", "edx", "futurelearn", "fun_mooc"):
        recording = read_recording(LABELS, name, recordings)
        source, day = discover()[name], recording.pages[0].at.date()
        for programme in read(scraper_for(source, day), Walked(pages=recording.pages), day).programmes:
            known, _ = known_organisations(programme, source)
            made.append(linkable(len(made) + 1, programme, source, known))
    return made


def test_what_counts_once_is_right_and_nothing_right_is_missed(listings: Sequence[Linkable]):
    refs = {each.item_id: each.ref for each in listings}
    links = [each for each in link(listings) if each.method != "programme_key"]
    counted = {(refs[each.item_id], refs[each.other_item_id]) for each in links if each.counts_once}
    review = {(refs[each.item_id], refs[each.other_item_id]) for each in links if each.review}
    assert counted <= RIGHT
    assert len(counted) >= 14
    assert RIGHT - counted <= review
    assert review <= RIGHT | VERSIONS


def test_runs_are_known_by_their_keys(listings: Sequence[Linkable]):
    programmes = Counter(each.programme for each in listings)
    runs = {key: count for (source, key), count in programmes.items() if source == "fun_mooc" and count > 1}
    assert runs == {
        "itii+119001": 2, "ENSCachan+20013": 2, "umontpellier+08005": 2, "ENSDeLyon+14004": 2, "Agreenium+66002": 2,
    }  # fmt: skip
    assert sum(count for (source, _), count in programmes.items() if source == "fun_mooc") == 367
    assert len([key for source, key in programmes if source == "edx"]) == 100
    made = credentials(listings, link(listings))
    assert made.cut == ()
    assert len(made.credentials) == len(programmes) - 14
