from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.printed import codes_in, host, identifiers_in, page, pages_in


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Course code COMP90049.", {"COMP90049"}),
        ("Units: G0A17A, LTAT.03.001 and NUR-2041", {"G0A17A", "LTAT.03.001", "NUR2041"}),
        ("An introduction to ISO 27001 and GDPR 2016, for EUR 450", set()),
        ("Level 5, 120 credits, 2024-03-01, A4 paper", set()),
    ],
)
def test_codes_in_texts(text: str, codes: set[str]):
    assert codes_in([text], "4711") == codes


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("MITx+6.00.1x", {"6.00.1"}),
        ("course-v1:MITxT+2.016x", {"2.016"}),
        ("ExampleX+CS105x", {"CS105"}),
        ("CNAM+04004", set()),  # a number of the platform's own
        ("a2b4c6d8-e0f2-4a4b-8c8d-0e0f2a4b6c8d", set()),
        ("/courses/wound-care-12", set()),
    ],
)
def test_codes_in_keys(key: str, codes: set[str]):
    assert codes_in([], key) == codes


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.uni.example/course/ice/", "uni.example/course/ice"),
        ("http://uni.example/course/ice?utm_source=x&id=3#top", "uni.example/course/ice?id=3"),
        ("https://uni.example/", ""),
        ("https://[bad", ""),
        (None, ""),
    ],
)
def test_one_page_one_form(address: str | None, expected: str):
    assert page(address) == expected


def test_pages_named_in_texts():
    text = "Enrol at https://www.shop.example/learn/ice. Our site: https://uni.example/ (see <https://a.example/b>)"
    assert pages_in([text]) == {"shop.example/learn/ice", "a.example/b"}


def test_hosts():
    assert host("https://WWW.Uni.example:8443/x") == "uni.example"
    assert host("no address") == ""


def test_identifiers():
    ctid, uuid = "ce-0b6f0c2f-01b9-4776-b861-894b78f81eda", "a2b4c6d8-e0f2-4a4b-8c8d-0e0f2a4b6c8d"
    assert identifiers_in([f"See https://registry.example/{ctid.upper()}"], "4711") == {ctid}
    assert identifiers_in([], uuid) == {uuid}
    assert identifiers_in([f"picture {uuid}"], "4711") == set()  # any UUID in a text is not the course's
    assert identifiers_in(["OID 1.2.246.562.17.00000000000000012345"], "") == {"1.2.246.562.17.00000000000000012345"}
    assert identifiers_in(["1.2.246.562.10.00000000000000012345"], "") == set()  # an organisation


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str):
    assert all(page(f"https://{each}") == each for each in pages_in([text]))
    codes_in([text], text)
    identifiers_in([text], text)
