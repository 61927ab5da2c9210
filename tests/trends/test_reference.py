"""Published counts: the shipped ones are those that were read, bad ones are refused with their line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from scrapers.source import discover
from trends.reference import (
    POINTS_FILE,
    REFERENCE_COLUMNS,
    SERIES_FILE,
    OurFigure,
    ReferenceInvalid,
    label_of,
    reference_frame,
    reference_series,
)
from trends.reference_beside import NO_DATE, NO_SNAPSHOT, beside_ours, our_stock
from trends.snapshot import PLANS

SHIPPED = {one.id: one for one in reference_series()}
PUBLISHED = {
    "suny_microcredentials": {
        "2018": "21", "2019": "72", "2020": "81", "2021": "112", "2022": "483", "2023": "521", "2024": "588",
    },
    "suny_campuses": {"2018": "2", "2019": "14", "2020": "17", "2021": "20", "2022": "34", "2023": "36", "2024": "52"},
    "nova_micro_credentials": {"2022-09": "71", "2023-11": "187"},
    "tartu_programmes": {"2024": "51", "2025-01/2025-06": "27"},
    "taltech_micro_degrees": {"2021": "25", "2024": "49"},
    "estonia_micro_degrees": {"2024": "≥ 150"},
    "nzqa_microcredentials": {"2024-10/2024-12": "≈ 455"},
    "euroteq_courses": {"2021-07": "59", "2023": "125–128"},
    "class_central_new": {"2019": "170", "2021": "500"},
    "class_central_coursera": {"2019": "420", "2021": "910"},
    "class_central_edx": {"2019": "292", "2021": "480"},
    "class_central_swayam": {"2021": "0"},
    "us_credentials": {
        "2018": "334,114", "2019": "738,428", "2021": "967,734", "2022": "1,076,358", "2025": "1,850,034",
    },
    "us_providers": {"2025": "≥ 134,000"},
}  # fmt: skip

SERIES = """\
# a comment first
[[series]]
id = "alpha"
title = "Alpha: courses"
owner = "Alpha"
stated_by = "catalogue_owner"
unit = "course"
measure = "stock"
definition = "courses of Alpha"
scope = "Alpha"
country = "NL"
sources = ["alpha"]
ours = { unit = "programme", population = "all", cut = "source", cut_value = "alpha" }
differs = "nothing"
"""
HEADER = "series,when,said,bound,value,low,high,published,evidence,note\n"
POINTS = HEADER + "alpha,2024,,exact,7,,,a page,page_read,\n"


def folder_of(path: Path, series: str = SERIES, points: str = POINTS) -> Path:
    (path / SERIES_FILE).write_text(series, encoding="utf-8")
    (path / POINTS_FILE).write_text(points, encoding="utf-8")
    return path


@pytest.mark.parametrize("series", PUBLISHED)
def test_the_shipped_counts_are_those_published(series: str) -> None:
    assert {point.when: label_of(point) for point in SHIPPED[series].points} == PUBLISHED[series]


def test_the_shipped_series_fit_our_sources_and_our_figures() -> None:
    cuts = {(plan.unit, population): set(cuts) for plan in PLANS for population, cuts in plan.cuts.items()}
    for one in SHIPPED.values():
        assert set(one.sources) <= set(discover())
        if one.ours:
            assert one.ours.cut in cuts[one.ours.unit, one.ours.population]
            assert one.ours.cut != "source" or (one.ours.cut_value,) == one.sources


def test_undated_counts_are_last_and_have_no_days() -> None:
    frame = reference_frame()
    undated = frame[frame["date_from"].isna()]
    assert sorted(set(undated["series"])) == [
        "microcreds_ie_courses", "ontario_osap_list", "ontario_pilots", "opintopolku_all", "skill_india_rows",
    ]  # fmt: skip
    assert set(undated["precision"]) == {""}


def test_the_frame_says_times_bounds_and_our_figure() -> None:
    frame = reference_frame()
    assert tuple(frame.columns) == REFERENCE_COLUMNS
    assert len(frame) == 58
    rows = frame.set_index(["series", "when"])
    spring = rows.loc["tartu_programmes", "2025-01/2025-06"]
    assert (spring["date_from"], spring["date_to"]) == (pd.Timestamp(2025, 1, 1), pd.Timestamp(2025, 6, 30))
    assert (spring["precision"], spring["said"], spring["value"]) == ("months", "spring 2025", 27.0)
    assert (spring["our_unit"], spring["our_cut"], spring["our_cut_value"]) == ("programme", "source", "tartu")
    assert (spring["evidence"], spring["published"], spring["no_figure"]) == ("not_marked", "", "")
    together = rows.loc["estonia_micro_degrees", "2024"]
    assert together["low"] == 150.0
    assert together[["value", "high"]].isna().all()
    assert (together["our_cut"], together["our_cut_value"]) == ("country", "EE")
    courses = rows.loc["euroteq_courses", "2023"]
    assert (courses["low"], courses["high"]) == (125.0, 128.0)
    whole = rows.loc["us_credentials", "2022"]
    assert (whole["our_unit"], whole["our_cut"]) == ("", "")
    assert whole["no_figure"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("alpha,2024,,exact,7.5,,,,page_read,", "value '7.5' is no whole number"),
        ("alpha,2024,,exact,,7,,,page_read,", "'exact' states value, and nothing else"),
        ("alpha,2024,,at_least,7,7,,,page_read,", "'at_least' states low, and nothing else"),
        ("alpha,2024,,range,,8,7,,page_read,", "low must be less than high"),
        ("alpha,2024,,roughly,7,,,,page_read,", "bound 'roughly' is none of: exact, about, at_least, range"),
        ("alpha,2024,,exact,7,,,,hearsay,", "evidence 'hearsay' is none of"),
        ("alpha,spring,,exact,7,,,,page_read,", "'spring' is no time"),
        ("alpha,2024-13,,exact,7,,,,page_read,", "'2024-13' is no time"),
        ("alpha,2025-06/2025-01,,exact,7,,,,page_read,", "'2025-06/2025-01' is no time"),
        ("alpha,2024/2025,,exact,7,,,,page_read,", "'2024/2025' is no time"),
        ("alpha,2024,,exact,7,,,page_read", "10 cells are expected, there are 8"),
        ("beta,2024,,exact,7,,,,page_read,", "there is no series 'beta'"),
        ("alpha,2024,,exact,8,,,,page_read,", "alpha has two counts for 2024"),
    ],
)
def test_bad_counts_are_refused_with_their_line(tmp_path: Path, row: str, said: str) -> None:
    good = POINTS if "two counts" in said or "beta" in row else HEADER + "alpha,2023,,exact,7,,,,page_read,\n"
    with pytest.raises(ReferenceInvalid) as refused:
        reference_series(folder_of(tmp_path, points=f"{good}{row}\n"))
    assert str(refused.value).startswith("reference_points.csv, line 3: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "course"', 'unit = "thing"', "line 2: alpha: unit 'thing' is none of"),
        ('measure = "stock"\n', "", "line 2: alpha: absent, unknown or too much: measure"),
        ('owner = "Alpha"', 'owner = ""', "line 2: alpha: owner must be a text"),
        ('differs = "nothing"', 'no_figure = "x"', "line 2: alpha: absent, unknown or too much: ours"),
        ('differs = "nothing"', "differs = 3", "line 2: alpha: ours and differs must be texts"),
        ('unit = "programme"', 'unit = "run"', "line 2: alpha: unit of ours 'run' is none of"),
        ('population = "all", ', "", "line 2: alpha: ours: absent or unknown: population"),
        ('sources = ["alpha"]', 'sources = "alpha"', "line 2: alpha: sources must be slugs"),
        ('id = "alpha"', 'id = "gamma"', "line 2: gamma: reference_points.csv has no count of it"),
        ('country = "NL"', 'country = "NL', "reference_series.toml: "),
        ("# a comment first\n", SERIES, "line 15: the series 'alpha' stands twice"),
    ],
)
def test_bad_series_are_refused_with_their_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ReferenceInvalid) as refused:
        reference_series(folder_of(tmp_path, series=SERIES.replace(old, new)))
    assert said in str(refused.value)
    assert str(refused.value).startswith("reference_series.toml")


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceInvalid, match="line 1: the columns must be series, when"):
        reference_series(folder_of(tmp_path, points=POINTS.replace("said", "says")))


def stock(as_of: date, value: float, **other: object) -> dict[str, object]:
    row = {
        "as_of": as_of, "known_at": as_of, "period_start": date(2023, 1, 1), "definition": "eu", "population": "all",
        "unit": "programme", "panel": "all", "cut": "source", "cut_value": "alpha", "measure": "stock", "value": value,
        "low": value - 1, "high": value, "method_version": "2",
    }  # fmt: skip
    return row | other


def test_our_figure_of_the_nearest_snapshot_stands_beside(tmp_path: Path) -> None:
    points = HEADER + (
        "alpha,2024,,exact,7,,,,page_read,\n"
        "alpha,2025-03,,exact,8,,,,page_read,\n"
        "alpha,2026-01-11,,exact,8,,,,page_read,\n"
        "alpha,,once,exact,9,,,,page_read,\n"
    )
    rows = pd.DataFrame(
        [
            stock(date(2023, 12, 1), 3), stock(date(2024, 3, 1), 4), stock(date(2024, 9, 1), 5),
            stock(date(2025, 4, 10), 6), stock(date(2026, 1, 1), 10), stock(date(2026, 1, 21), 12),
            stock(date(2025, 3, 5), 99, cut_value="beta"), stock(date(2025, 3, 5), 99, measure="new"),
            stock(date(2025, 3, 5), 99, panel="matched"), stock(date(2025, 3, 5), 99, population="core"),
            stock(date(2025, 3, 5), 99, unit="listing"), stock(date(2025, 3, 5), 99, method_version="1"),
        ]
    )  # fmt: skip
    beside = beside_ours(reference_frame(reference_series(folder_of(tmp_path, points=points))), rows)
    year, month, day, undated = beside.to_dict(orient="records")
    assert (year["our_as_of"], year["our_value"], year["days_apart"]) == (pd.Timestamp(2024, 9, 1), 5.0, 0)
    assert (month["our_as_of"], month["our_value"], month["our_low"]) == (pd.Timestamp(2025, 4, 10), 6.0, 5.0)
    assert month["days_apart"] == 10
    assert (day["our_as_of"], day["our_value"], day["days_apart"]) == (pd.Timestamp(2026, 1, 21), 12.0, 10)
    assert (year["why_blank"], undated["why_blank"]) == ("", NO_DATE)
    assert pd.isna(undated["our_value"])


def test_a_blank_has_its_reason() -> None:
    empty = pd.DataFrame([stock(date(2025, 1, 1), 1)]).iloc[:0]
    beside = beside_ours(reference_frame(), empty).set_index("series")
    assert beside["our_value"].isna().all()
    assert set(beside.loc["suny_microcredentials", "why_blank"]) == {NO_SNAPSHOT}
    assert beside.loc["class_central_udacity", "why_blank"] == SHIPPED["class_central_udacity"].no_figure
    assert beside.loc["microcreds_ie_courses", "why_blank"] == NO_DATE


def test_a_revision_takes_the_place_of_what_was_known_before() -> None:
    figure = OurFigure("programme", "all", "source", "alpha", "nothing")
    day = date(2025, 1, 1)
    rows = pd.DataFrame([stock(day, 12, known_at=date(2025, 6, 1)), stock(day, 10)])
    assert our_stock(rows, figure)["value"].tolist() == [12.0]


def test_rows_without_populations_count_everything() -> None:
    rows = pd.DataFrame([stock(date(2025, 1, 1), 4)]).drop(columns=["population", "known_at", "low", "high"])
    found = our_stock(rows, OurFigure("programme", "all", "source", "alpha", "nothing"))
    assert found["value"].tolist() == [4.0]
    assert found[["low", "high"]].isna().all(axis=None)
    assert our_stock(rows, OurFigure("programme", "core", "source", "alpha", "nothing")).empty
