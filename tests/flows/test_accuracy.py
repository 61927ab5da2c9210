"""What we say of recorded listings against labels made by reading: floors, so that a change that reads less is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.accuracy import LABELS, run
from flows.labels import ATTRIBUTES, Label, LabelsInvalid, read_labels, read_recording
from flows.scoring import Accuracy, measure
from models.vocab import vocabulary

# Aims of the project where it has them; else a little below what was measured in November 2026.
FLOORS = {
    "mc_class": (0.90, 0.90, 0.98),
    "mode": (0.95, 0.90, 0.90),
    "field_broad": (0.90, 0.85, 0.90),
    "field_narrow": (0.75, 0.75, 0.85),
    "eqf_level": (0.99, 0.90, 0.90),
    "platform_level": (0.99, 0.75, 0.75),
    "workload_hours": (0.99, 0.95, 0.95),
    "price_type": (0.97, 0.88, 0.88),
    "price": (0.99, 0.95, 0.95),
}
"""Least precision, recall and coverage."""


@pytest.fixture(scope="module")
def accuracy(recordings: Path) -> Accuracy:
    return run(LABELS, recordings)


@pytest.mark.parametrize("attribute", FLOORS)
def test_we_say_what_a_reader_says(accuracy: Accuracy, attribute: str):
    score = accuracy.total[attribute]
    figures = (score.precision or 0, score.recall or 0, score.coverage or 0)
    assert all(figure >= floor for figure, floor in zip(figures, FLOORS[attribute], strict=True)), figures


def test_every_labelled_listing_was_read_and_every_value_has_evidence(accuracy: Accuracy):
    assert (accuracy.absent, accuracy.without_evidence) == (0, 0)
    assert accuracy.total["mc_class"].read >= 300


def test_labels_are_sound():
    labels = read_labels(LABELS)
    assert len(labels) >= 300
    assert len({label.recording for label in labels}) >= 20
    assert len({label.language.partition("-")[0] for label in labels}) >= 6
    words = {"mc_class": vocabulary("mc_class"), "mode": vocabulary("development_mode")}
    for label in labels:
        assert set(label.values) == set(ATTRIBUTES)
        assert label.values["mc_class"] in words["mc_class"]
        assert all(mode in words["mode"] for mode in label.values["mode"].split())
        for name, codes in (("field_broad", "isced_broad"), ("field_narrow", "isced_narrow")):
            cells = set(label.values[name].split("|")) - {"-"}
            assert cells <= set(vocabulary(codes)), label
    held_out = sum(label.is_held_out for label in labels)
    assert 0.4 < held_out / len(labels) < 0.6


def label(**values: str) -> Label:
    return Label("one", "a", "en", values)


ROW = {
    "mc_class": "broad",
    "development_modes": '["non_hei", "partner_employer"]',
    "isced_broad": "06",
    "isced_narrow": None,
    "eqf_level": None,
    "platform_level": "beginner",
    "workload_hours_min": 8.5,
    "workload_hours_max": 8.5,
    "workload_basis": "stated",
    "ects": None,
    "price_type": "paid",
    "price_amount": 30.0,
    "price_amount_max": 60.0,
    "price_currency": "GBP",
    "certificate_price_amount": None,
    "certificate_price_amount_max": None,
}


@pytest.mark.parametrize(
    ("attribute", "cell", "counts"),
    [
        ("mc_class", "broad", (1, 1, 1)),
        ("mc_class", "core", (1, 1, 0)),
        ("mc_class", "unknown", (0, 1, 0)),
        ("mode", "partner_employer own_combined", (2, 2, 1)),
        ("mode", "unknown", (0, 2, 0)),
        ("field_broad", "04|06", (1, 1, 1)),
        ("field_broad", "04", (1, 1, 0)),
        ("field_narrow", "061", (1, 0, 0)),
        ("eqf_level", "-", (0, 0, 0)),
        ("workload_hours", "8.5", (1, 1, 1)),
        ("workload_hours", "8-9", (1, 1, 0)),
        ("workload_hours", "-", (0, 1, 0)),
        ("price", "30-60 GBP", (1, 1, 1)),
        ("price", "30-60 EUR", (1, 1, 0)),
        ("price", "30 GBP", (1, 1, 0)),
    ],
)
def test_how_values_are_compared(attribute: str, cell: str, counts: tuple[int, int, int]):
    score = measure([label(**{attribute: cell})], {("one", "a"): ROW}, 0).total[attribute]
    assert (score.stated, score.given, score.right) == counts


def test_what_was_not_read_is_counted():
    assert measure([label(mc_class="core")], {}, 0).absent == 1


def test_labels_that_cannot_be_read_say_why(tmp_path: Path):
    with pytest.raises(LabelsInvalid, match="No such file"):
        read_labels(tmp_path)
    (tmp_path / "labels.csv").write_text("recording,ref\none,a\n", encoding="utf-8")
    with pytest.raises(LabelsInvalid, match="the columns are recording, ref, language"):
        read_labels(tmp_path)
    with pytest.raises(LabelsInvalid, match=r"none\.toml"):
        read_recording(tmp_path, "none", tmp_path)
