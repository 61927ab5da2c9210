"""Pictures as files: they say what they count, hold the figures, and need neither browser nor network."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import pandas as pd
import pytest

from trends.pictures import development_picture, flow_picture, growth_picture, save, stock_picture
from trends.truth_pictures import modes_picture, truth_picture

DAYS = (date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1))
COUNTS = ("stock", "new", "relisted", "baseline_entered", "withdrawn")
PARTS = ("change_within", "change_reclassified", "change_stale", "change_exit", "change_entry")


def row(day: date, measure: str, value: float, **others: Any) -> dict[str, Any]:
    return {
        "as_of": day, "known_at": day, "period_start": date(2023, 12, 31), "definition": "eu_2022", "population": "all",
        "unit": "credential", "panel": "all", "cut": "total", "cut_value": "all", "measure": measure, "value": value,
        "low": value - 1, "high": value + 1, "n": 40, "missing_share": 0.25, "sources_ok": 5, "sources_stale": 2,
        "sources_missing": 1,
    } | others  # fmt: skip


def rows(cut: str = "total", values: tuple[str, ...] = ("all",), unit: str = "credential") -> pd.DataFrame:
    return pd.DataFrame(
        [
            row(day, measure, 10 + n, cut=cut, cut_value=value, unit=unit)
            for n, day in enumerate(DAYS)
            for value in values
            for measure in COUNTS
        ]
    )


def growth_rows() -> pd.DataFrame:
    return pd.DataFrame(
        [
            *(row(day, "growth", 0.05, low=-0.02, high=0.12, panel="matched") for day in DAYS),
            *(row(day, part, 3) for day in DAYS for part in PARTS),
        ]
    )


def development_rows() -> pd.DataFrame:
    once = ("alone", "partnership", "unknown")
    modes = ("own_mixed", "partner_employer", "unknown")
    return pd.DataFrame(
        [
            row(day, "share", 0.3, low=0.2, high=0.6, cut=cut, cut_value=name)
            for day in DAYS
            for cut, names in (("development", once), ("development_modes", modes))
            for name in names
        ]
    )


def words_in(path: Path) -> str:
    texts = ET.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(element.itertext()) for element in texts)


def drawn(chart: alt.TopLevelMixin, folder: Path) -> str:
    save(chart, folder / "t.svg")
    return words_in(folder / "t.svg")


def test_stock_names_what_it_counts_and_what_it_rests_on(tmp_path: Path) -> None:
    words = drawn(stock_picture(rows("mc_class", ("core", "broad")), cut="mc_class", note="a note"), tmp_path)
    for expected in (
        "Credentials listed by class", "Number of credentials", "core", "broad", "a note", "2024",
        "Panel: all sources harvested by each day; population all, definition eu_2022",
        "Latest day 2024-07-01: n = 40 (25 % unknown); 5 sources covered, 2 stale, 1 without a complete look",
        "Bands: from what surely was listed to all that may have been",
    ):  # fmt: skip
        assert expected in words


def test_sources_of_categories_of_a_declared_cut_are_added_up(tmp_path: Path) -> None:
    words = drawn(stock_picture(rows("country", ("EE", "NZ")), cut="country"), tmp_path)
    assert "10 sources covered, 4 stale, 2 without a complete look" in words


def test_one_snapshot_is_drawn_as_bars_with_bounds(tmp_path: Path) -> None:
    one_day = rows("country", ("EE", "NZ")).query("as_of == @DAYS[0]")
    words = drawn(stock_picture(one_day, cut="country"), tmp_path)
    assert "EE" in words
    assert "Lines: from what surely was listed" in words


def test_of_several_snapshots_of_a_day_the_one_as_known_then_is_drawn() -> None:
    then, later = row(DAYS[0], "stock", 10), row(DAYS[0], "stock", 99, known_at=date(2024, 9, 1))
    chart = stock_picture(pd.DataFrame([later, then])).to_dict()
    assert [one["value"] for data in chart["datasets"].values() for one in data] == [10.0]


def test_many_categories_are_folded_long_names_cut_and_empty_ones_left_out(tmp_path: Path) -> None:
    names = tuple(f"{n} {'long ' * 20}" for n in range(12))
    empty = pd.DataFrame([row(day, "stock", 0, high=0, cut="source", cut_value="nothing here") for day in DAYS])
    words = drawn(stock_picture(pd.concat([rows("source", names), empty]), cut="source"), tmp_path)
    assert "other" in words
    assert "…" in words
    assert "nothing here" not in words


def test_markup_in_a_category_stays_text(tmp_path: Path) -> None:
    words = drawn(stock_picture(rows("kind", ("<script>alert(1)</script>", "b")), cut="kind"), tmp_path)
    assert not list(ET.parse(tmp_path / "t.svg").iter("{http://www.w3.org/2000/svg}script"))
    assert "<script>alert(1)</script>" in words


def test_flows_name_each_kind(tmp_path: Path) -> None:
    words = drawn(flow_picture(rows()), tmp_path)
    for expected in ("first seen with a new source", "new", "listed again", "withdrawn", "2024-04-01"):
        assert expected in words


def test_growth_is_of_the_matched_panel_and_the_change_of_all_sources_is_taken_apart(tmp_path: Path) -> None:
    words = drawn(growth_picture(growth_rows()), tmp_path)
    for expected in (
        "Growth of credentials in the sources that can be compared",
        "Panel: sources with a complete look near both ends of the period; population all, definition eu_2022",
        "Latest day 2024-07-01: n = 40 (25 % unknown); 5 sources matched, 2 stale, 1 at one end only",
        "The change of all sources, taken apart", "within: new and listed again less withdrawn", "reclassified",
        "stale: covered at one end only", "exit: catalogues retired", "entry: new catalogues",
    ):  # fmt: skip
        assert expected in words


def test_development_is_drawn_once_each_and_by_mode(tmp_path: Path) -> None:
    words = drawn(development_picture(development_rows()), tmp_path)
    for expected in ("How the credentials listed were developed", "with others", "own: mixed", "partner: employer"):
        assert expected in words


def test_truth_beside_measured(tmp_path: Path) -> None:
    truth = pd.DataFrame([{"as_of": d, "measure": m, "value": 9} for d in DAYS for m in ("stock", "new", "withdrawn")])
    save(truth_picture(rows(unit="listing"), truth), tmp_path / "truth.png")
    raw = (tmp_path / "truth.png").read_bytes()
    width, height = struct.unpack(">II", raw[16:24])
    assert raw.startswith(b"\x89PNG")
    assert width > 1000
    assert height > 400


def test_truth_without_a_measure_is_refused() -> None:
    truth = pd.DataFrame([{"as_of": DAYS[0], "measure": "stock", "value": 9}])
    with pytest.raises(ValueError, match="new, withdrawn"):
        truth_picture(rows(unit="listing"), truth)


def test_modes_beside_the_truth(tmp_path: Path) -> None:
    figures = pd.DataFrame([{"mode": "own_mixed", "true": 3, "readable": 2, "given": 1}])
    assert "own mixed" in drawn(modes_picture(figures), tmp_path)
    with pytest.raises(ValueError, match="no mode is left to draw"):
        modes_picture(figures.assign(true=0, readable=0, given=0))


@pytest.mark.parametrize("draw", [stock_picture, flow_picture, growth_picture, development_picture])
def test_nothing_to_draw_is_refused(draw: Callable[[pd.DataFrame], object]) -> None:
    with pytest.raises(ValueError, match="no row is left to draw"):
        draw(rows().iloc[:0])


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"t\.pdf: a picture is a \.png or \.svg file"):
        save(stock_picture(rows()), tmp_path / "t.pdf")
