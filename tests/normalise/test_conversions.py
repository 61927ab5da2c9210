from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from models.vocab import vocabulary
from normalise.conversions import credit_rule, weeks_per

TABLE = tomllib.loads(files("normalise").joinpath("conversions.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", [*TABLE["credit"], *TABLE["scheme"], *TABLE["level"]])
def test_every_rate_has_a_source_and_a_first_day(row: dict[str, Any]):
    assert len(row["source"]) > 20
    assert row["valid_from"].year > 1980


@pytest.mark.parametrize("row", [*TABLE["credit"], *TABLE["scheme"]])
def test_every_unit_is_a_word_of_the_vocabulary(row: dict[str, Any]):
    assert row["unit"] in vocabulary("quantity_unit")


def test_a_year_is_the_mean_gregorian_year():
    assert weeks_per()["year"] == pytest.approx(365.25 / 7)
    assert weeks_per()["month"] * 12 == pytest.approx(weeks_per()["year"])


def test_a_country_without_a_rule_of_its_own_has_the_common_one():
    rule = credit_rule("ects", "FR", date(2020, 1, 1))
    assert rule is not None
    assert (rule.hours_min, rule.hours_max) == (25, 30)
    assert credit_rule("ceu", "US", date(2020, 1, 1)) is None
