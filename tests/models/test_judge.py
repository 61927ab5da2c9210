"""The judgement of runs, case by case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from small_runs import a_page, a_programme, a_source, at

from models.judge import accepted_outcome, judge
from models.records import Expectations, Harvested, Judgement, Outcome, PageFailure, PreviousLook, Source

DAY = at("2024-01-08")
PAGE = a_page("https://alpha.example/", "body", DAY)
FAILURE = PageFailure(url="https://alpha.example/2", at=DAY, reason="timed out")


def harvest(count: int, first: int = 0, **others: Any) -> Harvested:
    programmes = tuple(a_programme(f"c{n}") for n in range(first, first + count))
    return Harvested(**({"pages": (PAGE,), "programmes": programmes} | others))


def previous(count: int, **others: Any) -> PreviousLook:
    facts: dict[str, Any] = {
        "as_of": at("2023-01-01"),
        "refs": frozenset(f"c{n}" for n in range(count)),
        "page_digests": {"https://alpha.example/": "sha256:of another body"},
        "code_version": "1",
    }
    return PreviousLook(**(facts | others))


def verdict(harvested: Harvested, before: PreviousLook | None = None, source: Source | None = None) -> Judgement:
    return judge(source or a_source(), harvested, before, code_version="1")


def expecting(**expectations: Any) -> Source:
    return a_source(expect=Expectations(**expectations))


@pytest.mark.parametrize(
    ("harvested", "before", "outcome", "said"),
    [
        pytest.param(harvest(5), None, Outcome.OK, "", id="first look"),
        pytest.param(harvest(5), previous(5), Outcome.OK, "", id="another page, same refs"),
        pytest.param(harvest(5, blocked="403 from alpha"), None, Outcome.BLOCKED, "403 from alpha", id="refused"),
        pytest.param(Harvested(blocked="robots"), previous(5), Outcome.BLOCKED, "robots", id="refused with nothing"),
        pytest.param(Harvested(), None, Outcome.FAILED, "asked for no page", id="nothing at all"),
        pytest.param(
            Harvested(failures=(FAILURE,)), None, Outcome.FAILED, "1 page failed (https://alpha.example/2: timed out)",
            id="no page came",
        ),
        pytest.param(Harvested(crashed="the walk crashed: KeyError"), None, Outcome.FAILED, "KeyError", id="crashed"),
        pytest.param(harvest(0, crashed="KeyError"), None, Outcome.FAILED, "KeyError", id="crashed with a page only"),
        pytest.param(
            harvest(0, failures=(replace(FAILURE, url=PAGE.url, reason="not readable"),)), None, Outcome.FAILED,
            "not readable", id="no page could be read",
        ),
        pytest.param(harvest(0), previous(5), Outcome.SUSPECT, "no listing on 1 page that", id="nothing found"),
        pytest.param(harvest(0, rejected=9), None, Outcome.SUSPECT, "9 entries were no listings", id="all rejected"),
        pytest.param(
            harvest(5, failures=(FAILURE,)), previous(50), Outcome.PARTIAL, "timed out", id="a failed page",
        ),
        pytest.param(harvest(5, crashed="cut off"), previous(5), Outcome.PARTIAL, "cut off", id="a walk cut off"),
        pytest.param(harvest(8), previous(10), Outcome.OK, "", id="a drop of just max_drop"),
        pytest.param(
            harvest(7), previous(10), Outcome.SUSPECT,
            "listed 7 programmes, 30.0 % fewer than the 10 of 2023-01-01 (max_drop 20%)", id="a drop beyond it",
        ),
        pytest.param(
            harvest(10, first=6), previous(10), Outcome.SUSPECT, "6 of the 10 refs of 2023-01-01 are gone",
            id="ids renamed",
        ),
        pytest.param(harvest(10, first=5), previous(10), Outcome.OK, "", id="half of them other"),
        pytest.param(
            harvest(12, first=94, failures=(FAILURE,)), previous(100), Outcome.PARTIAL, "timed out",
            id="half of a part other",
        ),
        pytest.param(
            harvest(13, first=94, failures=(FAILURE,)), previous(100), Outcome.SUSPECT,
            "7 of the 13 refs read are none of the 100 of 2023-01-01: the source seems to have renamed its ids",
            id="ids renamed, in a part",
        ),
        pytest.param(
            harvest(9, first=100, failures=(FAILURE,)), previous(100), Outcome.PARTIAL, "timed out",
            id="too few of a part to speak of a flood",
        ),
        pytest.param(harvest(4, first=9), previous(4), Outcome.OK, "", id="too few to speak of a flood"),
        pytest.param(harvest(8, duplicates=2), None, Outcome.OK, "", id="some duplicates"),
        pytest.param(
            harvest(7, duplicates=3), None, Outcome.SUSPECT, "3 of 10 listings repeat another (30.0 %", id="duplicates",
        ),
        pytest.param(
            harvest(7, rejected=3, failures=(FAILURE,)), None, Outcome.SUSPECT, "3 of 10 entries are no listings",
            id="many rejected, in a partial run too",
        ),
    ],
)  # fmt: skip
def test_outcomes(harvested: Harvested, before: PreviousLook | None, outcome: Outcome, said: str):
    judged = verdict(harvested, before)
    assert judged.outcome is outcome
    assert said in judged.reason
    assert bool(judged.reason) is (outcome is not Outcome.OK)


def test_the_same_pages_read_by_the_same_code_are_unchanged_and_by_other_code_are_not():
    before = previous(5, page_digests={PAGE.url: PAGE.digest})
    assert verdict(harvest(5), before).outcome is Outcome.UNCHANGED
    assert verdict(harvest(5), replace(before, code_version="2")).outcome is Outcome.OK
    assert verdict(harvest(5, failures=(FAILURE,)), before).outcome is Outcome.PARTIAL
    two = replace(before, page_digests={PAGE.url: PAGE.digest, "https://alpha.example/2": "sha256:x"})
    assert verdict(harvest(5), two).outcome is Outcome.OK


def test_counts_are_held_against_the_declaration():
    judged = verdict(harvest(5), source=expecting(programmes_min=6))
    assert judged.outcome is Outcome.SUSPECT
    assert "listed 5 programmes, fewer than the 6 expected at least (min)" in judged.reason
    assert 'microcred accept alpha --reason "..."' in judged.reason
    assert verdict(harvest(5, failures=(FAILURE,)), source=expecting(programmes_min=6)).outcome is Outcome.PARTIAL
    assert "more than the 4" in verdict(harvest(5), source=expecting(programmes_max=4)).reason
    in_part = verdict(harvest(5, failures=(FAILURE,)), source=expecting(programmes_max=4))
    assert in_part.outcome is Outcome.SUSPECT


def test_fields_must_be_filled_as_far_as_declared():
    half = Harvested(pages=(PAGE,), programmes=(a_programme("a", subjects=("Art",)), a_programme("b")))
    assert verdict(half, source=expecting(fill={"subjects": 0.5, "price": 1.0})).outcome is Outcome.OK
    judged = verdict(half, source=expecting(fill={"subjects": 0.6}))
    assert judged.outcome is Outcome.SUSPECT
    assert "subjects is filled in 1 of 2 programmes (50.0 %, expected 60% at least)" in judged.reason


def test_a_source_that_cannot_list_everything_never_counts_absences():
    source = a_source(complete=False)
    judged = verdict(harvest(1), previous(50, page_digests={PAGE.url: PAGE.digest}), source)
    assert judged.outcome is Outcome.PARTIAL
    assert "the source cannot list everything" in judged.reason
    assert accepted_outcome(source, harvest(1)) is Outcome.PARTIAL


def test_what_a_person_accepts_is_still_partial_if_pages_are_missing():
    assert accepted_outcome(a_source(), harvest(1)) is Outcome.OK
    assert accepted_outcome(a_source(), harvest(1, failures=(FAILURE,))) is Outcome.PARTIAL
    assert accepted_outcome(a_source(), harvest(1, crashed="cut off")) is Outcome.PARTIAL
