"""Pictures of an imitated world: what was measured beside what is true."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from trends.categories import ALL
from trends.picture_parts import HEIGHT, PALETTE, WIDTH, drawable, title

UNIT = "listing"
PANEL_WIDTH = 250


def truth_picture(
    rows: pd.DataFrame, truth: pd.DataFrame, *, measures: Sequence[str] = ("stock", "new", "withdrawn")
) -> alt.TopLevelMixin:
    """Draw what was measured beside what is true in an imitated world: one small picture a measure.

    Args:
        rows: trend rows; of these the totals of listings over all sources are drawn.
        truth: columns ``as_of`` (days), ``measure`` and ``value``.
        measures: which measures, each a panel.

    Raises:
        ValueError: if a measure is missing on either side.
    """
    of = (rows["unit"] == UNIT) & (rows["population"] == ALL) & (rows["panel"] == ALL) & (rows["cut"] == "total")
    ours = drawable(rows[of])
    world = truth.assign(as_of=pd.to_datetime(truth["as_of"]), value=truth["value"].astype("float64"))
    missing = [m for m in measures if m not in set(ours["measure"]) or m not in set(world["measure"])]
    if missing:
        raise ValueError(f"nothing to draw beside each other for: {', '.join(missing)}")
    panels = [_truth_panel(ours[ours["measure"] == m], world[world["measure"] == m], m) for m in measures]
    heading = title("Measured beside the truth of the imitated world", ["line: the world; dots: measured"])
    return alt.HConcatChart(hconcat=panels, title=heading)


def _truth_panel(ours: pd.DataFrame, world: pd.DataFrame, measure: str) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("as_of:T", axis=alt.Axis(format="%b %y", labelOverlap=True, title=None))
    y = alt.Y("value:Q", title=f"Listings: {measure}", scale=alt.Scale(zero=True), axis=alt.Axis(format=",d"))
    line = alt.Chart(world).mark_line(color=PALETTE[0], strokeWidth=2.5).encode(x, y)
    dots = alt.Chart(ours[["as_of", "value"]]).mark_point(color=PALETTE[1], filled=True, size=55, opacity=1)
    return alt.layer(line, dots.encode(x, y)).properties(width=PANEL_WIDTH, height=HEIGHT - 100)


def modes_picture(figures: pd.DataFrame) -> alt.TopLevelMixin:
    """Draw how often each development mode is true, readable in the listing, and given by the rules.

    Args:
        figures: one row a mode: ``mode`` and the counts ``true``, ``readable`` and ``given``.

    Raises:
        ValueError: if no mode is left to draw.
    """
    series = {"true": "true of the programme", "readable": "said in the listing", "given": "given by our rules"}
    drawn = figures[figures[list(series)].sum(axis="columns") > 0]
    if drawn.empty:
        raise ValueError("no mode is left to draw")
    long = drawn.melt("mode", list(series), var_name="series", value_name="value")
    long = long.assign(mode=long["mode"].str.replace("_", " "), series=long["series"].map(series))
    names = list(series.values())
    colour = alt.Color("series:N", sort=names, title=None, scale=alt.Scale(domain=names, range=list(PALETTE[:3])))
    bars = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title="Number of listings", axis=alt.Axis(format=",d")),
            y=alt.Y("mode:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
            yOffset=alt.YOffset("series:N", sort=names),
            color=colour,
        )
    )
    heading = title("How programmes were developed", ["the imitated world, and what can be read of it"])
    sized: alt.Chart = bars.properties(width=WIDTH, height=HEIGHT, title=heading)
    return sized
