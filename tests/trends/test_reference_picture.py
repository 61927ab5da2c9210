"""The picture of published counts: ours and theirs in marks of their own, each count labelled, never joined."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from trends.pictures import save
from trends.reference import reference_series
from trends.reference_picture import OURS_COLOUR, THEIRS_COLOUR, reference_picture

SHIPPED = {one.id: one for one in reference_series()}
SUNY = [SHIPPED["suny_microcredentials"]]


def rows(cut_value: str = "suny", values: tuple[float, ...] = (640, 655, 690)) -> pd.DataFrame:
    days = (date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31))
    return pd.DataFrame(
        [
            {
                "as_of": day, "known_at": day, "period_start": date(2025, 12, 31), "population": "all",
                "unit": "programme", "panel": "all", "cut": "source", "cut_value": cut_value, "measure": "stock",
                "value": value, "low": value - 20, "high": value,
            }
            for day, value in zip(days, values, strict=True)
        ]
    )  # fmt: skip


def elements(path: Path, name: str) -> Iterator[ET.Element]:
    return ET.parse(path).iter(f"{{http://www.w3.org/2000/svg}}{name}")


def words_in(path: Path) -> str:
    return " ".join(" ".join(element.itertext()) for element in elements(path, "text"))


def marks(specification: Mapping[str, Any], panel: int = 0) -> list[tuple[str, str | None]]:
    layers = specification["concat"][panel]["layer"]
    return [(layer["mark"]["type"], layer["mark"].get("color")) for layer in layers]


def test_both_have_marks_of_their_own_and_every_count_its_label(tmp_path: Path) -> None:
    picture = reference_picture(SUNY, rows())
    save(picture, tmp_path / "suny.svg")
    words = words_in(tmp_path / "suny.svg").split()
    for label in ("21", "72", "81", "112", "483", "521", "588"):
        assert words.count(label) == 1
    drawn = marks(picture.to_dict())
    assert [colour for kind, colour in drawn if kind in {"line", "area"}] == [OURS_COLOUR, OURS_COLOUR]
    assert ("point", THEIRS_COLOUR) in drawn
    described = [element.get("aria-label") for element in elements(tmp_path / "suny.svg", "path")]
    assert described.count("State University of New York, 2018: 21 (microcredential)") == 1
    assert sum(str(label).startswith("State University of New York, 20") for label in described) == 7


def test_the_definition_of_both_stands_in_the_picture(tmp_path: Path) -> None:
    save(reference_picture(SUNY, rows()), tmp_path / "suny.svg")
    words = words_in(tmp_path / "suny.svg")
    assert "Orange, State University of New York: microcredentials of its campuses" in words
    assert "Blue, programmes, source suny: ours counts entries of its public search" in words
    assert "Number (microcredential)" in words


def test_lower_bounds_ranges_and_about_are_drawn_as_such(tmp_path: Path) -> None:
    series = [SHIPPED[one] for one in ("estonia_micro_degrees", "euroteq_courses", "nzqa_microcredentials")]
    save(reference_picture(series, rows()), tmp_path / "bounds.svg")
    words = words_in(tmp_path / "bounds.svg")
    for label in ("≥ 150", "125–128", "≈ 455", "59"):
        assert label in words
    described = {element.get("aria-label") for element in elements(tmp_path / "bounds.svg", "path")}
    assert "an unknown owner (taltech.ee or err.ee), 2024: ≥ 150 (micro-degree)" in described
    assert "thisisgraeme.me, a blog, late 2024: ≈ 455 (microcredential)" in described
    assert not [one for one in described if one and "125–128" in one]


def test_without_a_figure_of_ours_the_reason_is_printed_and_no_line_drawn(tmp_path: Path) -> None:
    series = [SHIPPED["us_credentials"], *SUNY]
    picture = reference_picture(series, rows("other"))
    save(picture, tmp_path / "alone.svg")
    words = words_in(tmp_path / "alone.svg")
    assert "None of ours: the report estimates all credentials of a country" in words
    assert "Of ours (programmes, source suny) no snapshot holds a figure." in words
    for label in ("334,114", "738,428", "967,734", "1,076,358", "1,850,034"):
        assert label in words
    assert {kind for panel in (0, 1) for kind, _ in marks(picture.to_dict(), panel)} == {"rule", "point", "text"}


def test_every_series_with_a_date_has_its_panel() -> None:
    picture = reference_picture(list(SHIPPED.values()), rows()).to_dict()
    titles = [" ".join(panel["title"]["text"]) for panel in picture["concat"]]
    undated = {"microcreds_ie_courses", "ontario_osap_list", "ontario_pilots", "opintopolku_all", "skill_india_rows"}
    assert titles == [one.title for one in SHIPPED.values() if one.id not in undated]
    assert (len(titles), picture["columns"]) == (28, 3)


def test_a_png_of_one_series_is_not_larger_than_it_needs(tmp_path: Path) -> None:
    save(reference_picture(SUNY, rows()), tmp_path / "suny.png")
    width, height = struct.unpack(">II", (tmp_path / "suny.png").read_bytes()[16:24])
    assert 600 < width < 900
    assert 600 < height < 1000


def test_counts_without_a_date_are_not_drawn() -> None:
    with pytest.raises(ValueError, match="no count with a date"):
        reference_picture([SHIPPED["microcreds_ie_courses"]], rows())
