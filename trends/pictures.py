"""Pictures of trend rows: altair charts, saved as SVG or PNG without a browser and without a network.

Every picture says in its title what is counted and below it on which panel, over how much and how much of that is
unknown; its axes of counts start at zero, and bounds are drawn as bands or bars. All take the rows of a series
(``models.queries.trend_frame``), under one definition.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from trends.categories import ALL
from trends.change import CHANGES
from trends.frames import UNKNOWN
from trends.picture_parts import (
    CUT_NAMES,
    DAYS,
    HEIGHT,
    MATCHED,
    PALETTE,
    WIDTH,
    basis,
    colours,
    drawable,
    folded,
    plural,
    save,
    shortened,
    title,
)

__all__ = [
    "FLOWS", "HEIGHT", "PALETTE", "PARTS", "WIDTH", "development_picture", "flow_picture", "growth_picture", "save",
    "stock_picture",
]  # fmt: skip

UNIT = "credential"
PANEL_HEIGHT = 180
BAND_OPACITY = 0.18
FLOWS = {
    "baseline_entered": ("first seen with a new source", "#56B4E9"),
    "new": ("new", "#009E73"),
    "relisted": ("listed again", "#CC79A7"),
    "withdrawn": ("withdrawn", "#D55E00"),
}
"""What is drawn of the flows, with its name and colour; what left is drawn below zero."""
PARTS = dict(
    zip(
        (name for name in CHANGES if name != "change"),
        (
            ("within: new and listed again less withdrawn", "#009E73"), ("reclassified", "#E69F00"),
            ("stale: covered at one end only", "#BBBBBB"), ("exit: catalogues retired", "#D55E00"),
            ("entry: new catalogues", "#56B4E9"),
        ),
        strict=True,
    )
)  # fmt: skip
"""The parts of a change, with their names and colours."""


def stock_picture(
    rows: pd.DataFrame, *, unit: str = UNIT, population: str = ALL, cut: str = "total", note: str = ""
) -> alt.TopLevelMixin:
    """Draw the stock over the days of the snapshots, with its bounds as a band; of one snapshot only, as bars.

    Args:
        rows: trend rows; other units, populations, cuts and measures in it are left out.
        unit: one of ``trends.method.UNITS``.
        population: one of ``trends.method.POPULATIONS``.
        cut: one of ``trends.method.CUTS``; beyond seven categories the smallest are drawn as one.
        note: what a reader must know beside, printed below the title.

    Raises:
        ValueError: if no row is left to draw.
    """
    stock = drawable(_of(rows, unit, population, cut, ALL, "stock"))
    counted = folded(stock, most=len(PALETTE))
    by = f" by {CUT_NAMES.get(cut, shortened(cut))}" if cut != "total" else ""
    is_one_day = len(set(counted["as_of"])) == 1
    bounds = f"{'Lines' if is_one_day else 'Bands'}: from what surely was listed to all that may have been"
    heading = title(f"{plural(unit).capitalize()} listed{by}", [*basis(stock, ALL), bounds], note)
    y = alt.Y("value:Q", title=f"Number of {plural(unit)}", scale=alt.Scale(zero=True), axis=alt.Axis(format=",d"))
    if is_one_day:
        x = alt.X("cut_value:N", sort=_by_size(counted), title=None, axis=alt.Axis(labelAngle=-30))
        bars = alt.Chart(counted).mark_bar(color=PALETTE[0], opacity=0.75).encode(x=x, y=y)
        return _sized(
            alt.layer(bars, alt.Chart(counted).mark_rule(strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q")), heading
        )
    names = _by_size(counted)
    colour = alt.Color(
        "cut_value:N", sort=names, title=None, scale=colours(names),
        legend=alt.Legend(orient="right", symbolOpacity=1) if len(names) > 1 else None,
    )  # fmt: skip
    x = alt.X("as_of:T", axis=DAYS)
    band = alt.Chart(counted).mark_area(opacity=BAND_OPACITY).encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), colour)
    lines = alt.Chart(counted).mark_line(point=True, strokeWidth=2.5).encode(x, y, colour)
    return _sized(alt.layer(band, lines), heading)


def flow_picture(rows: pd.DataFrame, *, unit: str = UNIT, population: str = ALL, note: str = "") -> alt.TopLevelMixin:
    """Draw what entered (above zero) and what left (below) in the period up to each day, over all sources.

    What came in with the first look at a source is drawn apart from what is new: it says something about us.

    Args:
        rows: trend rows; other units, populations, cuts and measures in it are left out.
        unit: one of ``trends.method.UNITS``.
        population: one of ``trends.method.POPULATIONS``.
        note: what a reader must know beside, printed below the title.

    Raises:
        ValueError: if no row is left to draw.
    """
    flows = drawable(_of(rows, unit, population, "total", ALL, *FLOWS))
    drawn = flows.assign(
        flow=flows["measure"].map({measure: name for measure, (name, _) in FLOWS.items()}),
        value=flows["value"].where(flows["measure"] != "withdrawn", -flows["value"]),
    )
    scale = alt.Scale(domain=[name for name, _ in FLOWS.values()], range=[colour for _, colour in FLOWS.values()])
    chart = (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=_PERIODS,
            y=alt.Y("value:Q", title=f"Number of {plural(unit)} in the period", axis=alt.Axis(format="+,d")),
            color=alt.Color("flow:N", scale=scale, legend=alt.Legend(title=None, orient="right")),
        )
    )
    entered = basis(flows[flows["measure"] == "new"], ALL)
    heading = title(f"{plural(unit).capitalize()} that entered and left", [entered[0], f"{entered[1]}; n: new"], note)
    return _sized(alt.layer(chart), heading)


def growth_picture(rows: pd.DataFrame, *, unit: str = UNIT, population: str = ALL, note: str = "") -> alt.TopLevelMixin:
    """Draw growth on the matched panel with its bounds, and below it the change of all sources taken apart.

    Args:
        rows: trend rows; other units, populations, cuts and measures in it are left out.
        unit: one of ``trends.method.UNITS``.
        population: one of ``trends.method.POPULATIONS``.
        note: what a reader must know beside, printed below the title.

    Raises:
        ValueError: if no row is left to draw, as where no source is matched over any period.
    """
    growth = drawable(_of(rows, unit, population, "total", MATCHED, "growth").dropna(subset="value"))
    parts = drawable(_of(rows, unit, population, "total", ALL, *PARTS))
    parts = parts[parts["day"].isin(set(growth["day"]))]
    percent = alt.Y("value:Q", title="Growth in the period", axis=alt.Axis(format="+.0%"), scale=_ROOMY)
    dots = alt.Chart(growth).mark_point(filled=True, size=70, color=PALETTE[0], opacity=1).encode(_PERIODS, percent)
    bounds = alt.Chart(growth).mark_rule(color=PALETTE[0], strokeWidth=2).encode(_PERIODS, y="low:Q", y2="high:Q")
    upper = alt.layer(_ZERO, bounds, dots).properties(width=WIDTH, height=PANEL_HEIGHT)
    named = parts.assign(part=parts["measure"].map({measure: name for measure, (name, _) in PARTS.items()}))
    scale = alt.Scale(domain=[name for name, _ in PARTS.values()], range=[colour for _, colour in PARTS.values()])
    change = alt.Y("value:Q", title=f"Change, {plural(unit)}", axis=alt.Axis(format="+,d"), scale=_ROOMY)
    legend = alt.Legend(title=None, orient="bottom", columns=3, labelLimit=280)
    bars = alt.Chart(named).mark_bar().encode(_PERIODS, change, alt.Color("part:N", scale=scale, legend=legend))
    lower = alt.layer(_ZERO, bars).properties(
        width=WIDTH, height=PANEL_HEIGHT, title=title("The change of all sources, taken apart", basis(parts, ALL))
    )
    lines = [*basis(growth, MATCHED), "Lines: from what was surely listed to all that may have been, at both ends"]
    heading = title(f"Growth of {plural(unit)} in the sources that can be compared", lines, note)
    both = alt.VConcatChart(vconcat=[upper, lower], title=heading, spacing=24)
    independent: alt.VConcatChart = both.resolve_scale(color="independent", x="independent")
    return independent


def development_picture(
    rows: pd.DataFrame, *, unit: str = UNIT, population: str = ALL, note: str = ""
) -> alt.TopLevelMixin:
    """Draw how what is listed was developed: shares over the days, and each mode on the latest day with its bounds.

    Args:
        rows: trend rows with the cuts ``development`` and ``development_modes``; others are left out.
        unit: one of ``trends.method.UNITS``.
        population: one of ``trends.method.POPULATIONS``.
        note: what a reader must know beside, printed below the title.

    Raises:
        ValueError: if no row is left to draw.
    """
    shares = drawable(_of(rows, unit, population, "development", ALL, "share"))
    modes = drawable(_of(rows, unit, population, "development_modes", ALL, "share"))
    latest = modes[(modes["as_of"] == modes["as_of"].max()) & (modes["cut_value"] != UNKNOWN)]
    names = [*sorted(set(shares["cut_value"]) - {UNKNOWN}), UNKNOWN]
    places = {name: place for place, name in enumerate(names)}
    stacked = (
        alt.Chart(shares.assign(place=shares["cut_value"].map(places), name=shares["cut_value"].map(shortened)))
        .mark_bar()
        .encode(
            x=alt.X("day:O", title="At the end of", axis=alt.Axis(labelAngle=-30, labelOverlap=True)),
            y=alt.Y("value:Q", title=f"Share of {plural(unit)}", axis=alt.Axis(format=".0%")),
            color=alt.Color(
                "name:N",
                scale=colours([shortened(name) for name in names]),
                legend=alt.Legend(title=None, orient="bottom", columns=3),
            ),
            order="place:O",
        )
        .properties(width=WIDTH // 2, height=HEIGHT, title=title("Alone or with others", ["each once"]))
    )
    by_mode = latest.assign(name=latest["cut_value"].map(shortened))
    y = alt.Y("name:N", sort="-x", title=None, axis=alt.Axis(labelLimit=220))
    x = alt.X("value:Q", title=f"Share of {plural(unit)}", axis=alt.Axis(format=".0%"))
    bars = alt.Chart(by_mode).mark_bar(color=PALETTE[0], opacity=0.75).encode(x=x, y=y)
    bounds = alt.Chart(by_mode).mark_rule(strokeWidth=2).encode(y=y, x="low:Q", x2="high:Q")
    right = alt.layer(bars, bounds).properties(
        width=WIDTH // 2, height=HEIGHT,
        title=title("By mode", ["in each of its modes; lines: if none, or all, of the unknown were of the mode"]),
    )  # fmt: skip
    heading = title(f"How the {plural(unit)} listed were developed", basis(shares, ALL), note)
    return alt.HConcatChart(hconcat=[stacked, right], title=heading)


_ZERO = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color="#888888").encode(y=alt.Y(datum=0))
_ROOMY = alt.Scale(nice=True, zero=True, padding=12)
_PERIODS = alt.X("day:O", title="Period up to the end of", axis=alt.Axis(labelAngle=-30, labelOverlap=True))


def _of(rows: pd.DataFrame, unit: str, population: str, cut: str, panel: str, *measures: str) -> pd.DataFrame:
    of = (rows["unit"] == unit) & (rows["population"] == population) & (rows["cut"] == cut) & (rows["panel"] == panel)
    return rows[of & rows["measure"].isin(measures)]


def _by_size(rows: pd.DataFrame) -> list[str]:
    return list(rows.groupby("cut_value")["value"].max().sort_values(ascending=False).index)


def _sized(chart: alt.LayerChart | alt.FacetChart, heading: alt.TitleParams) -> alt.TopLevelMixin:
    return chart.properties(width=WIDTH, height=HEIGHT, title=heading)
