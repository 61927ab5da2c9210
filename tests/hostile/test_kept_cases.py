"""Every kept case through every reader of its media type: a value or a named refusal, never anything else, in time."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from fuzzing.cases import CASES, of
from fuzzing.documents import HTML, JSON, PAGES
from fuzzing.files import FILES
from fuzzing.targets import Target, readers_of, targets

from scrapers.bounds import DEPTH_MAX

REFUSED = ("PageUnreadable", "EntryInvalid", "RecordInvalid", "SelectorMissing", "SelectorAmbiguous")
OUTCOMES = {"value", *REFUSED, "ArchiveDamaged", "IndexUnreadable", "ValueError"}
NUMBER_OF_ADDRESSES = 2
"""A family reads each case as the page of its first and of its second address: lists and pages of entries differ."""


def inputs(target: Target, case: bytes) -> list[bytes]:
    if not target.name.startswith("family_"):
        return [case]
    return [bytes([number]) + case for number in range(NUMBER_OF_ADDRESSES)]


# A text in its place comes to a family as to the parser it stands on: those pairs are tried by `make faults` alone.
DOCUMENTS = {f"{media}:{name}" for kinds in (PAGES, FILES) for media, names in kinds.items() for name in names}


def has_outcomes(name: str, readers: Iterable[Target]) -> None:
    _, case = CASES[name]
    for target in readers:
        for data in inputs(target, case):
            assert target.outcome(data) in OUTCOMES, target.name


@pytest.mark.filterwarnings("ignore::Warning:bs4")
@pytest.mark.parametrize("name", CASES)
def test_every_reader_has_an_outcome_for(name: str):
    readers = readers_of(CASES[name][0])
    has_outcomes(name, [target for target in readers if name in DOCUMENTS or not target.name.startswith("family_")])


@pytest.mark.faults
@pytest.mark.filterwarnings("ignore::Warning:bs4")
@pytest.mark.parametrize("name", [name for name in CASES if name not in DOCUMENTS])
def test_every_family_has_an_outcome_for(name: str):
    has_outcomes(name, readers_of(CASES[name][0]))


def test_there_are_hundreds_of_cases_and_a_reader_for_each():
    assert len(CASES) >= 300
    assert {media for media, _ in CASES.values()} == set(PAGES) | set(FILES)
    assert all(readers_of(media) for media in (*PAGES, *FILES))
    assert all(of(target.media) for target in targets().values())


def refused(target: str, name: str) -> bool:
    return targets()[target].outcome(CASES[name][1]) in REFUSED


ENTITIES = [
    name
    for name in FILES["xml"]
    if name.startswith(("lol", "quadratic", "entity_")) and not name.endswith(("named_in_text", "root"))
]


@pytest.mark.parametrize("name", ENTITIES)
def test_no_document_that_declares_entities_is_read(name: str):
    assert refused("xml", f"xml:{name}")


@pytest.mark.parametrize(
    "name", ["dtd_of_a_host", "dtd_public", "dtd_of_attributes", "xinclude", "stylesheet", "schema"]
)
def test_what_a_document_only_names_is_read_and_not_followed(name: str):
    assert not refused("xml", f"xml:{name}")


@pytest.mark.parametrize("name", ["deep_lists", "deep_objects", "deep_closed"])
def test_json_that_nests_without_end_is_refused(name: str):
    assert refused("json", f"json:{name}")


def test_json_just_within_the_bound_is_read():
    assert CASES["json:deep_just"][1].count(b"[") == DEPTH_MAX
    assert not refused("json", "json:deep_just")


def test_media_types_of_families_are_those_of_their_pages():
    media = {target.name: target.media for target in targets().values() if target.name.startswith("family_")}
    assert media["family_html_catalogue"] == HTML
    assert media["family_moochub"] == JSON
    assert media["family_xcri_cap"] == "xml"
    assert len(media) >= 20
