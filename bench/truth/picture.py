"""One picture of one world: the truth, what we say of it with its bounds, and what the usual practice says."""

from __future__ import annotations

import altair as alt
import pandas as pd

from bench.truth.measuring import ALL, EVER, LATER, ROWS, THEN
from trends.pictures import HEIGHT, PALETTE

TRUTH = "truth"
COLOURS = {
    TRUTH: PALETTE[6], LATER: PALETTE[0], THEN: PALETTE[5], ROWS: PALETTE[1], EVER: PALETTE[3],
}  # fmt: skip
PANEL_WIDTH = 420


def truth_picture(figures: pd.DataFrame, world: int) -> alt.TopLevelMixin:
    """Draw the stock of credentials and the growth of each quarter of a world.

    Args:
        figures: as ``bench.truth.measuring.frame_of`` makes them.
        world: the number of the world.
    """
    mine = figures[(figures["world"] == world) & (figures["group"] == ALL)].assign(
        quarter=pd.to_datetime(figures["quarter"])
    )
    stock = mine[(mine["measure"] == "stock") & (mine["unit"] == "credential")]
    growth = mine[(mine["measure"] == "growth") & (mine["unit"] == "programme")]
    percent = growth.assign(**{name: 100 * growth[name] for name in ("value", "truth", "low", "high")})
    panels = [
        _panel(stock, "Credentials listed", zero=True),
        _panel(percent, "Growth of the quarter on the matched panel, per cent", zero=False),
    ]
    title = alt.TitleParams(
        text=f"World {world}: the truth, our figures, and the usual practice",
        subtitle=["band: our bounds, 100 days later; all catalogues together"],
        anchor="start",
    )
    return alt.HConcatChart(hconcat=panels, title=title)


def _panel(figures: pd.DataFrame, title: str, *, zero: bool) -> alt.LayerChart | alt.FacetChart:
    shown = figures[figures["method"].isin(COLOURS)][["quarter", "method", "value", "low", "high", "truth"]]
    later = shown[shown["method"] == LATER]
    truth = later.assign(method=TRUTH, value=later["truth"])
    lines = pd.concat([shown, truth], ignore_index=True)[["quarter", "method", "value"]]
    names = list(COLOURS)
    x = alt.X("quarter:T", axis=alt.Axis(format="%Y", tickCount="year", title=None))
    y = alt.Y("value:Q", title=title, scale=alt.Scale(zero=zero))
    colour = alt.Color(
        "method:N", sort=names, scale=alt.Scale(domain=names, range=list(COLOURS.values())),
        legend=alt.Legend(title=None, orient="bottom", columns=3),
    )  # fmt: skip
    band = (
        alt.Chart(later[["quarter", "low", "high"]])
        .mark_area(opacity=0.25, color=COLOURS[LATER])
        .encode(x, alt.Y("low:Q", title=title), alt.Y2("high:Q"))
    )
    line = alt.Chart(lines).mark_line(point=alt.OverlayMarkDef(size=18), strokeWidth=1.8).encode(x, y, colour)
    return alt.layer(band, line).properties(width=PANEL_WIDTH, height=HEIGHT)
