"""Pictures of trend rows: altair charts, saved as SVG or PNG without a browser and without a network.

Every picture says in its title what is counted, starts its axis at zero, names its series beside them, and uses colours
that people with any kind of colour vision tell apart (Okabe and Ito 2008, Color Universal Design).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

WIDTH = 640
HEIGHT = 340
PANEL_WIDTH = 250
PNG_SCALE = 2.0
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
OTHER = "other"
LABEL_CHARACTERS_MAX = 32

FLOWS = {
    "baseline_entered": ("first seen with a new source", "#56B4E9"),
    "new": ("new", "#009E73"),
    "relisted": ("listed again", "#CC79A7"),
    "withdrawn": ("withdrawn", "#D55E00"),
}
"""What is drawn of the flows, with its name and colour; what left is drawn below zero."""

CUTS = {
    "source": "source", "source_kind": "kind of source", "country": "country of the source", "kind": "kind of listing",
    "delivery": "delivery", "price_type": "type of price",
}  # fmt: skip
_DRAWN = ("as_of", "cut_value", "measure", "value")
_DAYS = alt.Axis(format="%b %Y", labelOverlap=True, title=None)


def stock_picture(
    rows: pd.DataFrame, *, unit: str = "programme", cut: str = "total", note: str = ""
) -> alt.TopLevelMixin:
    """Draw the stock over the days of the snapshots; of one snapshot only, as bars.

    Args:
        rows: trend rows (see ``trends.measures``); other units, cuts and measures in it are left out.
        unit: ``programme`` or ``offering``.
        cut: one of ``trends.measures.CUTS``; beyond seven categories the smallest are drawn as one.
        note: what a reader must know about the figures, printed below the title.

    Raises:
        ValueError: if no row is left to draw.
    """
    chosen = rows[(rows["unit"] == unit) & (rows["cut"] == cut) & (rows["measure"] == "stock")]
    stock = _drawable(_folded(chosen, most=len(PALETTE)))
    by = f" by {CUTS[cut]}" if cut in CUTS else ""
    title = _title(f"{unit.capitalize()}s listed{by}", "all sources harvested by each day", note)
    y = alt.Y("value:Q", title=f"Number of {unit}s", scale=alt.Scale(zero=True), axis=alt.Axis(format=",d"))
    if len(set(stock["as_of"])) == 1:
        x = alt.X("cut_value:N", sort="-y", title=None, axis=alt.Axis(labelAngle=-30))
        bars = alt.Chart(stock).mark_bar(color=PALETTE[0]).encode(x=x, y=y)
        return _sized(bars, title)
    names = list(stock.groupby("cut_value")["value"].max().sort_values(ascending=False).index)
    colour = alt.Color(
        "cut_value:N", sort=names, title=None, scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        legend=alt.Legend(orient="right") if len(names) > 1 else None,
    )  # fmt: skip
    lines = alt.Chart(stock).mark_line(point=True, strokeWidth=2.5).encode(alt.X("as_of:T", axis=_DAYS), y, colour)
    return _sized(lines, title)


def flow_picture(rows: pd.DataFrame, *, unit: str = "programme", note: str = "") -> alt.TopLevelMixin:
    """Draw what entered (above zero) and what left (below) in the period up to each day, over all sources.

    What came in with the first look at a source is drawn apart from what is new: it says something about us.

    Args:
        rows: trend rows; other units, cuts and measures in it are left out.
        unit: ``programme`` or ``offering``.
        note: what a reader must know about the figures, printed below the title.

    Raises:
        ValueError: if no row is left to draw.
    """
    flows = rows[(rows["unit"] == unit) & (rows["cut"] == "total") & rows["measure"].isin(FLOWS)]
    flows = _drawable(flows)
    flows = flows.assign(
        flow=flows["measure"].map({measure: name for measure, (name, _) in FLOWS.items()}),
        value=flows["value"].where(flows["measure"] != "withdrawn", -flows["value"]),
        day=flows["as_of"].dt.strftime("%Y-%m-%d"),
    )
    scale = alt.Scale(domain=[name for name, _ in FLOWS.values()], range=[colour for _, colour in FLOWS.values()])
    chart = (
        alt.Chart(flows)
        .mark_bar()
        .encode(
            x=alt.X("day:O", title="Period up to the end of", axis=alt.Axis(labelAngle=-30, labelOverlap=True)),
            y=alt.Y("value:Q", title=f"Number of {unit}s in the period", axis=alt.Axis(format=",d")),
            color=alt.Color("flow:N", scale=scale, legend=alt.Legend(title=None, orient="right")),
        )
    )
    title = _title(f"{unit.capitalize()}s that entered and left", "all sources harvested by each day", note)
    return _sized(chart, title)


def truth_picture(
    rows: pd.DataFrame, truth: pd.DataFrame, *, measures: Sequence[str] = ("stock", "new", "withdrawn")
) -> alt.TopLevelMixin:
    """Draw what was measured beside what is true in an imitated world: one small picture a measure.

    Args:
        rows: trend rows; of these the totals of programmes are drawn.
        truth: columns ``as_of`` (days), ``measure`` and ``value``.
        measures: which measures, each a panel.

    Raises:
        ValueError: if a measure is missing on either side.
    """
    ours = _drawable(rows[(rows["unit"] == "programme") & (rows["cut"] == "total")])
    world = _drawable(truth)
    missing = [m for m in measures if m not in set(ours["measure"]) or m not in set(world["measure"])]
    if missing:
        raise ValueError(f"nothing to draw beside each other for: {', '.join(missing)}")
    panels = [_truth_panel(ours[ours["measure"] == m], world[world["measure"] == m], m) for m in measures]
    title = _title("Measured beside the truth of the imitated world", "line: the world; dots: measured", "")
    return alt.HConcatChart(hconcat=panels, title=title)


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
    return _sized(bars, _title("How programmes were developed", "the imitated world, and what can be read of it", ""))


def save(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write a picture as SVG or PNG, as the suffix of ``path`` says. No browser and no network is used.

    Raises:
        ValueError: if the suffix is another one.
    """
    specification = chart.to_dict()
    if path.suffix == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]), encoding="utf-8")
    elif path.suffix == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(specification, scale=PNG_SCALE, allowed_base_urls=[]))
    else:
        raise ValueError(f"{path.name}: a picture is a .png or .svg file")


def _sized(chart: alt.Chart, title: alt.TitleParams) -> alt.TopLevelMixin:
    sized: alt.Chart = chart.properties(width=WIDTH, height=HEIGHT, title=title)
    return sized


def _truth_panel(ours: pd.DataFrame, world: pd.DataFrame, measure: str) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("as_of:T", axis=alt.Axis(format="%b %y", labelOverlap=True, title=None))
    y = alt.Y("value:Q", title=f"Programmes: {measure}", scale=alt.Scale(zero=True), axis=alt.Axis(format=",d"))
    line = alt.Chart(world).mark_line(color=PALETTE[0], strokeWidth=2.5).encode(x, y)
    dots = alt.Chart(ours).mark_point(color=PALETTE[1], filled=True, size=55, opacity=1).encode(x, y)
    return alt.layer(line, dots).properties(width=PANEL_WIDTH, height=HEIGHT - 100)


def _drawable(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        raise ValueError("no row is left to draw")
    drawn = rows.assign(as_of=pd.to_datetime(rows["as_of"]), value=rows["value"].astype("float64"))
    return drawn[[name for name in _DRAWN if name in drawn.columns]]


def _folded(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Shorten long names, and make one category of the smallest if there are more than ``most``."""
    names = rows["cut_value"].map(_shortened)
    largest = rows.assign(cut_value=names).groupby("cut_value")["value"].max().sort_values(ascending=False).index
    if len(largest) > most:
        names = names.where(names.isin(largest[: most - 1]), OTHER)
    return rows.assign(cut_value=names).groupby(["as_of", "cut_value"])["value"].sum().reset_index()


def _shortened(word: str) -> str:
    name = word.replace("_", " ")
    return name if len(name) <= LABEL_CHARACTERS_MAX else f"{name[: LABEL_CHARACTERS_MAX - 1]}…"


def _title(text: str, panel: str, note: str) -> alt.TitleParams:
    return alt.TitleParams(text=text, subtitle=[panel, *([note] if note else [])], anchor="start")
