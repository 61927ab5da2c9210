"""Pictures as files: they say what they count, hold the figures, and need neither browser nor network."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from trends.pictures import flow_picture, save, stock_picture, truth_picture

DAYS = (date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1))


def rows(cut: str = "total", values: tuple[str, ...] = ("total",)) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "as_of": day,
                "period_start": DAYS[0],
                "unit": "programme",
                "cut": cut,
                "cut_value": value,
                "measure": measure,
                "value": 10 + n,
            }
            for n, day in enumerate(DAYS)
            for value in values
            for measure in ("stock", "new", "relisted", "baseline_entered", "withdrawn")
        ]
    )


def words_in(path: Path) -> str:
    texts = ET.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(element.itertext()) for element in texts)


def test_stock_as_svg_names_what_it_counts(tmp_path: Path) -> None:
    save(stock_picture(rows("country", ("EE", "NZ")), cut="country", note="a note"), tmp_path / "stock.svg")
    words = words_in(tmp_path / "stock.svg")
    for expected in (
        "Programmes listed by country of the source",
        "Number of programmes",
        "EE",
        "NZ",
        "a note",
        "2024",
    ):
        assert expected in words


def test_one_snapshot_is_drawn_as_bars(tmp_path: Path) -> None:
    one_day = rows("country", ("EE", "NZ")).query("as_of == @DAYS[0]")
    save(stock_picture(one_day, cut="country"), tmp_path / "bars.svg")
    assert "EE" in words_in(tmp_path / "bars.svg")


def test_many_categories_are_folded_and_long_names_cut(tmp_path: Path) -> None:
    names = tuple(f"{n} {'long ' * 20}" for n in range(12))
    save(stock_picture(rows("source", names), cut="source"), tmp_path / "many.svg")
    words = words_in(tmp_path / "many.svg")
    assert "other" in words
    assert "…" in words


def test_markup_in_a_category_stays_text(tmp_path: Path) -> None:
    save(stock_picture(rows("kind", ("<script>alert(1)</script>", "b")), cut="kind"), tmp_path / "x.svg")
    assert not list(ET.parse(tmp_path / "x.svg").iter("{http://www.w3.org/2000/svg}script"))
    assert "<script>alert(1)</script>" in words_in(tmp_path / "x.svg")


def test_flows_name_each_kind(tmp_path: Path) -> None:
    save(flow_picture(rows()), tmp_path / "flows.svg")
    words = words_in(tmp_path / "flows.svg")
    for expected in ("first seen with a new source", "new", "listed again", "withdrawn", "2024-04-01"):
        assert expected in words


def test_truth_beside_measured(tmp_path: Path) -> None:
    truth = pd.DataFrame([{"as_of": d, "measure": m, "value": 9} for d in DAYS for m in ("stock", "new", "withdrawn")])
    save(truth_picture(rows(), truth), tmp_path / "truth.png")
    raw = (tmp_path / "truth.png").read_bytes()
    width, height = struct.unpack(">II", raw[16:24])
    assert raw.startswith(b"\x89PNG")
    assert width > 1000
    assert height > 400


def test_truth_without_a_measure_is_refused() -> None:
    truth = pd.DataFrame([{"as_of": DAYS[0], "measure": "stock", "value": 9}])
    with pytest.raises(ValueError, match="new, withdrawn"):
        truth_picture(rows(), truth)


@pytest.mark.parametrize("draw", [stock_picture, flow_picture])
def test_nothing_to_draw_is_refused(draw: object) -> None:
    assert callable(draw)
    with pytest.raises(ValueError, match="no row is left to draw"):
        draw(rows().iloc[:0])


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"t\.pdf: a picture is a \.png or \.svg file"):
        save(stock_picture(rows()), tmp_path / "t.pdf")
