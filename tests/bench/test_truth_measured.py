"""The measure of truth on small worlds whose facts are known by hand, and what the worlds say of themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bench.truth.__main__ import main
from bench.truth.incidents import FLAWLESS, Habits
from bench.truth.making import Shape, invent
from bench.truth.measuring import LATER, ROWS, UNITS, UNPUBLISH, Figure, measure_world
from bench.truth.report import all_figures, errors, verdicts, waves
from bench.truth.worlds import QUARTER_ENDS, Catalogue, World, end_of

WEEKLY = (("weekly", 120), ("weekly", 150))
STILL = Shape(sizes=WEEKLY, leaving=0.0, growing=0.0, shared=0.0, mishaps=False)
WAVING = Shape(sizes=(("weekly", 300), ("weekly", 300)), leaving=0.05, growing=0.02, mishaps=False, has_wave=True)
ONLY_SILENT_HALVES = Habits(0, 0, 0, silent_halves=5.0, holes=0, long_holes=0, failing=0, overlooked=0, repeated=0)


def figures_of(figures: list[Figure], method: str, measure: str, unit: str = "programme") -> list[Figure]:
    return [f for f in figures if (f.method, f.measure, f.unit, f.group) == (method, measure, unit, "all")]


def test_half_catalogues_make_no_wave_of_ours_where_nothing_is_withdrawn() -> None:
    world = invent(3, STILL)
    assert np.isinf(world.died).all()
    assert world.count(0.0, [0, 1], "programme") == world.count(1800.0, [0, 1], "programme") == 270
    measured = measure_world(3, STILL, ONLY_SILENT_HALVES, QUARTER_ENDS[:3])
    assert measured.looks["suspect"] > 0
    for unit in UNITS:
        for measure in ("withdrawn", "withdrawn_estimate", "new"):
            assert [f.value for f in figures_of(measured.figures, LATER, measure, unit)] == [0, 0]
        assert [f.value for f in figures_of(measured.figures, LATER, "growth", unit)] == pytest.approx([0, 0])
    assert max(f.value for f in figures_of(measured.figures, UNPUBLISH, "withdrawn")) > 30
    said = {wave.method for wave in measured.false_waves}
    assert said == {UNPUBLISH}


def test_a_real_wave_is_found_and_weekly_looks_find_growth_within_a_point() -> None:
    world = invent(2, WAVING)
    [wave] = [c.wave for c in world.catalogues if c.wave]
    ends = [day for day in QUARTER_ENDS if wave - 95 < end_of(day) < wave + 95]
    measured = measure_world(2, WAVING, FLAWLESS, ends)
    [ours, unpublished] = measured.true_waves
    # Of 291 listed 103 go.
    assert ours.dropped == unpublished.dropped == 103
    assert world.listed(wave - 1.0, [0]).sum() == 291
    assert ours.found_share == unpublished.found_share == 1.0
    # A fortnight until a person accepts what a gate held back, and the next weekly look confirms it.
    assert ours.after_days <= 7 + 14 + 7 + 1
    assert measured.false_waves == []
    growth = figures_of(measured.figures, LATER, "growth")
    assert min(f.truth for f in growth) < -0.08
    assert [f.value for f in growth] == pytest.approx([f.truth for f in growth], abs=0.01)
    assert all(f.low <= f.truth <= f.high for f in growth)
    figures = all_figures([measured])
    table = errors(figures)
    assert set(table["method"]) >= {LATER, ROWS, UNPUBLISH}
    met = {verdict.aim: verdict.met for verdict in verdicts(table, waves([measured]))}
    assert met["every true wave found"]
    assert met["growth within 1 point in 95 % of quarters: programmes, weekly looks, 100 days later"]


def two_catalogues() -> World:
    """Three listings; the first two are one credential. The first goes on day 40, the second on day 80."""
    return World(
        number=0,
        catalogues=tuple(Catalogue(slug, "institution", "weekly", "NL") for slug in ("one", "two")),
        catalogue=np.array([0, 1, 1]),
        credential=np.array([1, 1, 2]),
        born=np.array([-5.0, 20.0, 30.0]),
        died=np.array([40.0, 80.0, np.inf]),
        renames=(((-np.inf, "A"), (10.0, "B")), ((-np.inf, "A"),), ((-np.inf, "C"),)),
        base=np.array([100.0, 200.0, 0.0]),
        anniversary=np.array([25.0, 35.0, 0.0]),
        drifts=(0.1, 0.5),
        ects=np.array([1.0, 1.0, 5.0]),
        organisation=("a", "a", "b"),
    )


def test_a_world_knows_its_truth() -> None:
    world = two_catalogues()
    both = {0: 0.0, 1: 0.0}
    assert [world.count(at, both, "listing") for at in (0.0, 25.0, 35.0, 45.0, 90.0)] == [1, 2, 3, 2, 1]
    assert [world.count(at, both, "credential") for at in (0.0, 25.0, 35.0, 45.0, 90.0)] == [1, 1, 2, 2, 1]
    # (appeared, went): the first was there before anybody looked, so its credential never appears.
    assert world.flows(10.0, 50.0, both, "listing") == (2, 1)
    assert world.flows(10.0, 50.0, both, "credential") == (1, 0)
    assert world.flows(50.0, 90.0, both, "credential") == (0, 1)
    # Looked at from day 25 on, the second catalogue showed its first listing at once.
    assert world.flows(10.0, 50.0, {1: 25.0}, "listing") == (1, 0)
    assert world.prices(30.0).tolist() == pytest.approx([110.0, 200.0, 0.0])
    assert world.price_relative(22.0, 38.0, both) == pytest.approx(1.1)
    assert world.price_relative(22.0, 30.0, both) == pytest.approx(1.1**0.5)
    assert [world.title(0, at) for at in (9.0, 10.0)] == ["A", "B"]


def test_the_same_number_gives_the_same_world() -> None:
    one, other = invent(2), invent(2)
    assert one.catalogues == other.catalogues
    assert np.array_equal(one.born, other.born)
    assert np.array_equal(one.died, other.died)
    assert one.renames == other.renames
    assert not np.array_equal(one.born[:50], invent(3).born[:50])


def test_quarters_end_on_their_last_day() -> None:
    assert QUARTER_ENDS[0] == date(2019, 3, 31)
    assert QUARTER_ENDS[-1] == date(2023, 12, 31)
    assert len(QUARTER_ENDS) == 20
    assert end_of(date(2019, 1, 1)) == 1.0


def test_the_command_refuses_no_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench.truth", "--worlds", "0"])
    with pytest.raises(SystemExit) as refused:
        main()
    assert refused.value.code == 2
