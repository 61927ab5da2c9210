"""Programmes and credentials: what several listings are together, counted once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from trend_frames import COUNTRIES, KINDS, counts, every_week, gone, history, later, looks, total, version, views_of

from trends.composition import overlap
from trends.frames import end_of

BASE = "2024-01-01"
WEEKS = looks(*(row for source in KINDS for row in every_week(source, BASE, "2024-06-24")))
SPRING = ("2024-03-03", "2024-05-05")
PERIOD_END = pd.Timestamp("2024-05-06", tz="UTC")


def linked(item: int, opened: str, **others: object) -> dict[str, object]:
    """Return a version of a listing of the credential ``x``."""
    return version(item, opened, credential_id="x", **others)


def test_a_credential_on_two_catalogues_is_one():
    frame = history(linked(1, BASE), linked(2, BASE, source="beta"), version(3, BASE))
    assert total(frame, WEEKS, SPRING)["stock"] == 3
    assert total(frame, WEEKS, SPRING, unit="credential")["stock"] == 2


def test_a_second_catalogue_that_takes_it_up_makes_nothing_new():
    second = linked(2, "2024-04-01", source="beta", seen_not_before="2024-03-25")
    frame = history(linked(1, BASE), second)
    assert total(frame, WEEKS, SPRING)["new"] == 1
    got = total(frame, WEEKS, SPRING, unit="credential")
    assert (got["stock_start"], got["stock"]) == (1, 1)
    assert "new" not in got


def test_it_is_withdrawn_with_the_last_catalogue_that_lists_it():
    first = linked(1, BASE, **gone("2024-03-11", "2024-03-18", "2024-03-25"))
    second = linked(2, BASE, source="beta", **gone("2024-04-08", "2024-04-15", "2024-04-22"))
    got = total(history(first, second), WEEKS, SPRING, unit="credential")
    assert got == {"stock_start": 1, "withdrawn": 1}
    before = total(history(first, second), WEEKS, ("2024-03-03", "2024-04-14"), unit="credential")
    assert before["stock"] == 1
    assert before["stock_low"] == 1


def test_it_is_surely_listed_only_if_one_of_its_listings_is():
    """Missed once by both on 29 April; the one look of 6 May that could confirm it is after the period."""
    frame = history(
        linked(1, BASE, **gone("2024-04-22", "2024-04-29")),
        linked(2, BASE, source="beta", **gone("2024-04-22", "2024-04-29")),
    )
    got = total(frame, WEEKS, SPRING, unit="credential")
    assert (got["stock"], got.get("stock_low", 0), got["missing"]) == (1, 0, 1)


def test_a_retired_catalogue_keeps_nothing_listed_that_the_other_withdrew():
    """Alpha is retired on 1 April; beta, which lists it too, withdraws it on 22 April. The other item stays at beta."""
    seen = looks(
        *every_week("alpha", BASE, "2024-03-25"), *every_week("beta", BASE, "2024-06-24"),
        retired={"alpha": date(2024, 4, 1)},
    )  # fmt: skip
    frame = history(
        linked(1, BASE),
        linked(2, BASE, source="beta", **gone("2024-04-08", "2024-04-15", "2024-04-22")),
        version(3, BASE, source="beta"),
    )
    got = total(frame, seen, SPRING, unit="credential")
    assert (got["stock_start"], got["stock"], got["withdrawn"]) == (2, 1, 1)
    assert (got["stock_low"], got["stock_high"]) == (1, 1)
    assert counts(frame, seen, SPRING, unit="credential")["stock_estimate"].tolist() == [1.0]


def test_a_gap_between_its_listings_makes_it_relisted():
    first = linked(1, BASE, **gone("2024-03-11", "2024-03-18", "2024-03-25"))
    second = linked(2, "2024-04-01", source="beta", seen_not_before="2024-03-25")
    got = total(history(first, second), WEEKS, SPRING, unit="credential")
    assert (got["withdrawn"], got["relisted"], got["stock"]) == (1, 1, 1)


def test_listings_of_one_course_in_a_source_are_one_programme_and_not_across_sources():
    run = {"programme_key": "course"}
    frame = history(version(1, BASE, **run), version(2, BASE, **run), version(3, BASE, source="beta", **run))
    assert total(frame, WEEKS, SPRING, unit="programme")["stock"] == 2


def test_a_new_run_before_the_old_one_ends_is_the_same_programme_and_nothing_new():
    old = version(1, BASE, programme_key="course", **gone("2024-04-01", "2024-04-08", "2024-04-15"))
    new = version(2, "2024-03-25", programme_key="course", seen_not_before="2024-03-18")
    got = total(history(old, new), WEEKS, SPRING, unit="programme")
    assert got == {"stock_start": 1, "stock": 1, "stock_low": 1, "stock_high": 1}


def test_the_institution_speaks_before_the_platform_and_the_platform_where_it_is_silent():
    frame = history(
        linked(1, BASE, source="beta", delivery="online", language="en"),
        linked(2, BASE, source="alpha", delivery="blended", language=None),
    )
    by_delivery = counts(frame, WEEKS, SPRING, unit="credential", cut="delivery")["stock"]
    assert by_delivery[by_delivery > 0].to_dict() == {"blended": 1}
    assert counts(frame, WEEKS, SPRING, unit="credential", cut="language")["stock"].to_dict() == {"en": 1, "unknown": 0}
    assert counts(frame, WEEKS, SPRING, unit="credential", cut="country")["stock"].to_dict() == {
        COUNTRIES["alpha"]: 1, COUNTRIES["beta"]: 0, "unknown": 0,
    }  # fmt: skip


def test_who_no_longer_lists_it_no_longer_speaks_for_it():
    frame = history(
        linked(1, BASE, source="alpha", delivery="blended", **gone("2024-03-11", "2024-03-18", "2024-03-25")),
        linked(2, BASE, source="beta", delivery="online"),
    )
    rows = counts(frame, WEEKS, SPRING, unit="credential", cut="delivery")
    assert rows.loc["blended", ["stock_start", "reclassified", "stock"]].tolist() == [1, -1, 0]
    assert rows.loc["online", ["stock_start", "reclassified", "stock"]].tolist() == [0, 1, 1]


def test_its_development_modes_are_those_of_all_that_list_it():
    frame = history(
        linked(1, BASE, development_modes=("own_unbundled",)),
        linked(2, BASE, source="beta", development_modes=("partner_commercial_platform",)),
    )
    rows = counts(frame, WEEKS, SPRING, unit="credential", cut="development")["stock"]
    assert rows["both"] == 1


def test_its_birth_is_no_earlier_than_the_earliest_of_its_listings_can_be():
    frame = history(
        linked(1, "2024-04-01", seen_not_before="2024-03-25"),
        linked(2, "2024-04-08", source="beta", seen_not_before="2024-03-18"),
    )
    views, _ = views_of(frame, WEEKS, SPRING, unit="credential")
    window = views["entry"].units.windows.iloc[0]
    assert window["opened_at"] == pd.Timestamp("2024-04-01", tz="UTC")
    assert window["not_before"] == pd.Timestamp("2024-03-18", tz="UTC")


def test_the_overlap_of_catalogues_is_counted_by_number_and_kind():
    frame = history(
        linked(1, BASE),
        linked(2, BASE, source="beta"),
        linked(3, BASE, source="gamma"),
        version(4, BASE, credential_id="y"),
        version(5, BASE, credential_id="y", source="beta"),
        version(6, BASE),
        version(7, BASE, source="gamma", **gone(BASE, "2024-01-08", "2024-01-15")),
    )
    views, _ = views_of(frame, WEEKS, SPRING, unit="credential")
    view = views["entry"]
    known_windows = views_known(frame)
    by_number, by_kinds = overlap(view, known_windows, PERIOD_END, np.ones(len(view.units.windows), dtype=bool))
    assert by_number.to_dict() == {"1": 1, "2": 1, "3+": 1}
    assert by_kinds.to_dict() == {
        "institution": 1, "commercial_platform+institution": 1, "commercial_platform+institution+register": 1,
    }  # fmt: skip


def views_known(frame: pd.DataFrame):
    from datetime import date

    from trends.knowledge import known_by

    return known_by(frame, WEEKS, as_of=date(2024, 5, 5), known_at=date(2024, 5, 5))


def test_a_unit_that_changed_in_two_listings_is_one_changed_unit():
    from datetime import date

    from trends.frames import Period
    from trends.updates import changed_windows

    frame = history(
        linked(1, BASE),
        linked(1, BASE, **later("2024-04-01", delivery="blended")),
        linked(2, BASE, source="beta"),
        linked(2, BASE, source="beta", **later("2024-04-01", delivery="blended")),
        linked(2, BASE, source="beta", **later("2024-04-08", delivery="online", cause="reparse")),
    )
    views, _ = views_of(frame, WEEKS, SPRING, unit="credential")
    changes, changed = changed_windows(views["entry"], views_known(frame), Period(date(2024, 3, 3), date(2024, 5, 5)))
    assert (changes.sum(), changed.sum()) == (2, 1)
    assert end_of(date(2024, 5, 5)) == PERIOD_END
