"""The rules of development: data that is sound, examples that hold, and a reason for whatever is printed."""

from __future__ import annotations

import time

import pytest
from developed import COLLEGE, found, listing, maker, source
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.development import _CONDITIONS, EVIDENCE_PER_MODE, development
from classify.development_rules import Rule, pattern, rule_of, table
from classify.makers import windows
from classify.phrases import Text
from classify.texts import texts_of
from models.classification import EVIDENCE_MOST, DevelopmentFinding, KnownOrganisation
from models.records import Programme, Source
from models.vocab import vocabulary

DATA = table()
WORD_ROWS = [(rule_of(row), row) for row in DATA["word"]]
NAMING_ROWS = [(rule_of(row), row) for row in DATA["naming"]]
LANGUAGES = {"en", "fr", "es", "pt", "it", "de", "nl", "et", "fi", "sv", "ja", "ko", "zh"}
EVERY_KIND = tuple(vocabulary("source_kind"))

# --------------------------------------------------------------------------------------
# The data is sound
# --------------------------------------------------------------------------------------


def test_ids_modes_and_conditions_are_known():
    rows = [*DATA["word"], *DATA["naming"], *DATA["structure"]]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in (*DATA["word"], *DATA["structure"]):
        assert row["mode"] in vocabulary("development_mode")
        assert row["mode"] != "unknown"
    assert {row["condition"] for row in DATA["structure"]} == set(_CONDITIONS)
    for row in rows:
        assert 0.5 <= row["confidence"] <= 1
        assert row["source"]
        assert set(row.get("sources", ())) | set(row.get("not_on", ())) <= set(EVERY_KIND)
        assert set(row.get("languages", ())) <= LANGUAGES


def test_fields_are_fields_of_evidence():
    single = {"title", "credential_label", "kind_as_published", "subjects", "description", "statements"}
    dotted = {f"statements.{s}" for s in vocabulary("statement")} | {f"organisations.{r}" for r in vocabulary("role")}
    for row in (*DATA["word"], *DATA["naming"]):
        assert set(row["fields"]) <= single | dotted, row["id"]


def said(example: str | list[str]) -> str:
    """The text of an example: of a family of phrasing it stands alone, else the words to be found follow it."""
    return example if isinstance(example, str) else example[0]


@pytest.mark.parametrize(("rule", "row"), WORD_ROWS, ids=[row["id"] for _, row in WORD_ROWS])
def test_examples_of_word_rules(rule: Rule, row: dict[str, object]):
    assert row["examples"]
    assert row["counterexamples"]
    for example in row["examples"]:
        match = rule.phrase.search(Text.of("x", said(example)))
        assert match is not None, example
        assert isinstance(example, str) or match[0] == example[1]
    for text in row["counterexamples"]:
        assert rule.phrase.search(Text.of("x", text)) is None, text


FAMILY_ROWS = [row for row in DATA["word"] if isinstance(row["examples"][0], str)]


def of_words(text: str) -> set[str]:
    return found("institution", maker("institution - Example College"), description=text)


@pytest.mark.parametrize("row", FAMILY_ROWS, ids=[row["id"] for row in FAMILY_ROWS])
def test_families_of_phrasing_say_one_mode(row: dict[str, object]):
    for text in row["examples"]:
        assert of_words(text) == {row["mode"]}, text
    for text in row["counterexamples"]:
        assert of_words(text) == set(), text


def test_every_family_speaks_every_language():
    families = {row["id"].rpartition("-")[0] for row in FAMILY_ROWS}
    assert {row["id"] for row in FAMILY_ROWS} == {f"{family}-{code}" for family in families for code in LANGUAGES}


@pytest.mark.parametrize(("rule", "row"), NAMING_ROWS, ids=[row["id"] for _, row in NAMING_ROWS])
def test_examples_of_naming_rules(rule: Rule, row: dict[str, object]):
    def names(text: str) -> str:
        match = rule.phrase.search(Text.of("x", text))
        if match is None or (rule.needs and not rule.needs.search(text, match.end())):
            return ""
        return " | ".join(words for words, _ in windows(rule, text, match))

    for text, named in row["examples"]:
        assert named in names(text)
    for text in row["counterexamples"]:
        assert names(text).strip() == ""


@pytest.mark.parametrize(
    "name", ["companies", "schools", "unions", "departments", "name_ends", "opening", "unspaced_institutions"]
)
def test_examples_of_names(name: str):
    for text in DATA[name]["examples"]:
        assert pattern(name).search(text), text
    for text in DATA[name]["counterexamples"]:
        assert not pattern(name).search(text), text


@pytest.mark.parametrize("row", DATA["structure"], ids=[row["id"] for row in DATA["structure"]])
def test_examples_of_structure_rules(row: dict[str, object]):
    def rules_found(example: dict[str, object]) -> set[str]:
        facts = {name: value for name, value in example.items() if name not in {"on", "by"}}
        makers = tuple(maker(said) for said in example["by"])
        return {f.mode for f in development(listing(*makers, **facts), source(example["on"]), makers)}

    for example in row["examples"]:
        assert row["mode"] in rules_found(example), example
    for example in row["counterexamples"]:
        assert row["mode"] not in rules_found(example), example


# --------------------------------------------------------------------------------------
# Whatever is printed
# --------------------------------------------------------------------------------------

PIECES = [
    *(text for row in DATA["word"] for text in map(said, row["examples"])),
    *(text for row in DATA["naming"] for text in map(said, row["examples"])),
    "IBM",
    "University of Oxford",
    "course developed by ",
    "\n",
    "。",
    "İ",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map(" ".join)
MAKERS = st.builds(
    KnownOrganisation,
    role=st.sampled_from(list(vocabulary("role"))),
    name=st.one_of(st.sampled_from(["Example College", "School of Engineering", "IBM", "大学"]), st.text(max_size=30)),
    kind=st.sampled_from([None, *vocabulary("organisation_kind")]),
    country=st.sampled_from([None, "GB", "FR"]),
    entity=st.none(),
    evidence=st.none(),
)
LISTINGS = st.tuples(
    st.sampled_from(EVERY_KIND),
    st.lists(MAKERS, max_size=4).map(tuple),
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.one_of(st.none(), TEXTS),
            "description": TEXTS,
            "kind_as_published": TEXTS,
            "credential_label": TEXTS,
            "credits_unit": st.sampled_from(["ceu", "ects"]),
            "subjects": st.lists(TEXTS, max_size=2).map(tuple),
            "statements": st.dictionaries(st.sampled_from(list(vocabulary("statement"))), TEXTS, max_size=3),
        },
    ),
)
OWN_AND_PARTNER = ("own_", "partner_")


@settings(max_examples=150)
@given(LISTINGS)
def test_every_listing_is_explained(case: tuple[str, tuple[KnownOrganisation, ...], dict[str, object]]):
    on, makers, facts = case
    programme = listing(*makers, **facts)
    findings = development(programme, source(on), makers)
    assert findings == development(programme, source(on), makers)
    modes = [f.mode for f in findings]
    assert "unknown" not in modes
    assert sorted(modes, key=list(vocabulary("development_mode")).index) == modes
    assert all(modes.count(mode) <= EVIDENCE_PER_MODE for mode in modes)
    assert len({(f.mode, f.evidence.rule) for f in findings}) == len(findings)
    assert "non_hei" not in modes or not any(mode.startswith(OWN_AND_PARTNER) for mode in modes)
    for finding in findings:
        assert_quoted(finding, programme, source(on))


def assert_quoted(finding: DevelopmentFinding, programme: Programme, declared: Source) -> None:
    evidence = finding.evidence
    assert 0 < evidence.confidence <= 1
    assert len(evidence.words) <= EVIDENCE_MOST
    if evidence.field == "source.kind":
        assert evidence.words == declared.kind
    elif evidence.field == "credits_unit":
        assert evidence.words == programme.credits_unit
    elif evidence.field.startswith("organisations") and evidence.rule in {row["id"] for row in DATA["structure"]}:
        printed = [o.name for o in programme.organisations]
        assert evidence.words.startswith(tuple(name[:EVIDENCE_MOST] for name in printed))
    else:
        assert any(f == evidence.field and evidence.words in words for f, words in texts_of(programme))


@pytest.mark.parametrize(
    "text",
    [
        "The course has been developed by " * 600,
        "developed by with in partnership with " * 500,
        "A" * 20_000,
        "Ab " * 6_600,
        "credits " + "to the " * 2_800,
        "Master of " * 2_000,
        "株式会社" * 5_000,
        "part of the " * 1_600,
        "existing units and " * 1_000,
        "modules of the master's programme " * 600,
        "õppekavade „Õigus“ ja " * 900,
        "Example College (France) and " * 700,
        "Developed jointly by École d’" * 700,
    ],
)
def test_hostile_texts_cost_no_time(text: str):
    development(listing(COLLEGE), source("institution"), (COLLEGE,))
    begun = time.perf_counter()
    development(listing(COLLEGE, description=text), source("institution"), (COLLEGE,))
    assert time.perf_counter() - begun < 5
