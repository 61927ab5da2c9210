"""A picture of published counts beside our own series: one panel a series, ours a line, theirs single marks.

The marks are never joined to each other nor to our line: the counts rest on other definitions, which each panel prints.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from trends.pictures import PALETTE
from trends.reference import Series, label_of
from trends.reference_beside import our_stock

PANEL_WIDTH = 300
PANEL_HEIGHT = 190
PANELS_IN_A_ROW = 3
CAPTION_CHARACTERS = 58
OURS_COLOUR, THEIRS_COLOUR = PALETTE[0], PALETTE[1]
SHAPES = {"exact": "diamond", "about": "diamond", "at_least": "triangle-up"}
LABELS: Mapping[str, Mapping[str, Any]] = {
    "above": {"dy": -12}, "below": {"dy": 14}, "lower": {"dy": -14, "dx": 6, "align": "left"},
}  # fmt: skip
"""Where the label of a count stands; that of a lower bound beside its stem."""
KEY = """
Blue line and dots: our stock, on the days of our snapshots; the band is its bounds. Orange: counts that others publish,
each for the time of its thin line. Diamond: as stated (hollow: about). Triangle with a stem: at least so many. Upright
bar: between two counts.
"""
KEY_CHARACTERS_A_PANEL = 52
CHARACTER_PIXELS = 6
HEADROOM = 1.15
"""How far above the highest mark the axis goes, for its label."""
LEAST_TOP = 4.0
MARGIN = pd.Timedelta(days=150)
"""Left free at both ends of the axis of time, for the labels there."""

Years = tuple[pd.Timestamp, pd.Timestamp]


def reference_picture(series: Sequence[Series], rows: pd.DataFrame) -> alt.TopLevelMixin:
    """Draw published counts beside our stock, one panel a series.

    All panels share one axis of time. Each prints in its title who counts what, and under it the owner's definition and
    what of ours is drawn, or why nothing is. Each count is labelled with its number; its description (in SVG the
    ``aria-label``) names the owner, the time and the unit.

    Args:
        series: which to draw; counts without a date are left out, and so are series of nothing else.
        rows: see ``trends.reference_beside.our_stock``; may be empty.

    Raises:
        ValueError: if no count with a date is left to draw.
    """
    drawn = [(one, _ours(one, rows), _theirs(one)) for one in series if any(point.span for point in one.points)]
    if not drawn:
        raise ValueError("no count with a date is left to draw")
    years = _years([time for _, ours, theirs in drawn for time in (*ours["as_of"], *theirs["first"], *theirs["end"])])
    panels = [_panel(*one, years) for one in drawn]
    key = textwrap.wrap(KEY.strip(), KEY_CHARACTERS_A_PANEL * min(len(panels), PANELS_IN_A_ROW))
    title = alt.TitleParams(text="Counts that others publish, beside ours", subtitle=key, anchor="start", offset=14)
    picture: alt.TopLevelMixin = alt.concat(*panels, columns=PANELS_IN_A_ROW, spacing=34, title=title)
    return picture


def _panel(series: Series, ours: pd.DataFrame, theirs: pd.DataFrame, years: Years) -> alt.LayerChart | alt.FacetChart:
    top = HEADROOM * max(LEAST_TOP, theirs["high"].max(), *ours[["value", "high"]].max().dropna())
    axis = alt.Axis(format=",d", tickCount=5, tickMinStep=1)
    name = f"Number ({series.unit.replace('_', '-')})"
    y = alt.Y("high:Q", title=name, scale=alt.Scale(domain=[0, top]), axis=axis)
    layers = [*_our_layers(ours), *_their_layers(_placed(theirs, years), y, years)]
    title = alt.TitleParams(
        text=textwrap.wrap(series.title, CAPTION_CHARACTERS - 8),
        subtitle=_caption(series, has_ours=not ours.empty),
        anchor="start", subtitleColor="#444", subtitleFontSize=9.5, fontSize=12,
    )  # fmt: skip
    return alt.layer(*layers).properties(width=PANEL_WIDTH, height=PANEL_HEIGHT, title=title)


def _caption(series: Series, *, has_ours: bool) -> list[str]:
    theirs = f"Orange, {series.owner}: {series.definition}."
    if series.ours is None:
        ours = f"None of ours: {series.no_figure}."
    else:
        what = f"{series.ours.unit}s, {series.ours.cut} {series.ours.cut_value}"
        ours = f"Blue, {what}: {series.ours.differs}." if has_ours else f"Of ours ({what}) no snapshot holds a figure."
    return [line for text in (theirs, ours) for line in textwrap.wrap(text, CAPTION_CHARACTERS)]


def _years(times: Sequence[pd.Timestamp]) -> Years:
    """Return the ends of the axis: the years of which some time is drawn, and a margin."""
    last_day = max(times) - pd.Timedelta(days=1)
    return pd.Timestamp(min(times).year, 1, 1) - MARGIN, pd.Timestamp(last_day.year + 1, 1, 1) + MARGIN


def _placed(theirs: pd.DataFrame, years: Years) -> pd.DataFrame:
    """Say of each label whether it stands below its mark: where the next one is above and would run into it."""
    pixels = (theirs["at"] - years[0]) / (years[1] - years[0]) * PANEL_WIDTH
    widths = theirs["label"].str.len() * CHARACTER_PIXELS
    places = list(zip(pixels, widths, strict=True))
    below = [False] * len(places)
    for place in reversed(range(len(places) - 1)):
        (at, width), (next_at, next_width) = places[place : place + 2]
        below[place] = next_at - at < (width + next_width) / 2 and not below[place + 1]
    return theirs.assign(is_below=below)


def _ours(series: Series, rows: pd.DataFrame) -> pd.DataFrame:
    if series.ours is None:
        return pd.DataFrame(columns=["as_of", "value", "low", "high"])
    return our_stock(rows, series.ours).dropna(subset="value")


def _theirs(series: Series) -> pd.DataFrame:
    """Return the dated counts: ``at`` (the middle of their time), where their mark stands, and what it says."""
    found = []
    for point in series.points:
        if point.span is None:
            continue
        first, end = pd.Timestamp(point.span.first), pd.Timestamp(point.span.last) + pd.Timedelta(days=1)
        stated = [number for number in (point.value, point.low, point.high) if number is not None]
        when = point.said or point.when
        found.append({
            "at": first + (end - first) / 2, "first": first, "end": end, "low": min(stated), "high": max(stated),
            "bound": point.bound, "label": label_of(point), "is_about": point.bound == "about",
            "description": f"{series.owner}, {when}: {label_of(point)} ({series.unit.replace('_', '-')})",
        })  # fmt: skip
    return pd.DataFrame(found)


def _our_layers(ours: pd.DataFrame) -> list[alt.Chart]:
    if ours.empty:
        return []
    x = alt.X("as_of:T")
    line = alt.Chart(ours).mark_line(color=OURS_COLOUR, strokeWidth=2, point={"color": OURS_COLOUR, "size": 22})
    layers = [line.encode(x, alt.Y("value:Q"))]
    bounded = ours.dropna(subset=["low", "high"])
    if not bounded.empty:
        band = alt.Chart(bounded).mark_area(color=OURS_COLOUR, opacity=0.2)
        layers.insert(0, band.encode(x, alt.Y("low:Q"), alt.Y2("high")))
    return layers


def _their_layers(theirs: pd.DataFrame, y: alt.Y, years: Years) -> list[alt.Chart]:
    axis = alt.Axis(format="%Y", tickCount="year", labelOverlap=True, title=None, grid=False)
    x = alt.X("at:T", axis=axis, scale=alt.Scale(domain=[time.isoformat() for time in years]))
    is_range, is_lower = theirs["bound"] == "range", theirs["bound"] == "at_least"
    of = {
        "all": theirs, "range": theirs[is_range], "lower": theirs[is_lower], "point": theirs[~is_range],
        "above": theirs[~is_lower & ~theirs["is_below"]], "below": theirs[~is_lower & theirs["is_below"]],
    }  # fmt: skip
    charts = {name: alt.Chart(some) for name, some in of.items() if not some.empty}
    layers = [charts["all"].mark_rule(color=THEIRS_COLOUR, opacity=0.45).encode(alt.X("first:T"), alt.X2("end"), y)]
    if "range" in charts:
        between = charts["range"].mark_bar(color=THEIRS_COLOUR, width=5)
        layers.append(between.encode(x, alt.Y("low:Q", stack=None), alt.Y2("high")))
    if "lower" in charts:
        stem = charts["lower"].mark_rule(color=THEIRS_COLOUR, strokeWidth=1.5, yOffset=-18)
        layers.append(stem.encode(x, y, alt.Y2("high")))
    if "point" in charts:
        shape = alt.Shape("bound:N", legend=None, scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())))
        fill = alt.condition("datum.is_about", alt.value("white"), alt.value(THEIRS_COLOUR))
        mark = charts["point"].mark_point(color=THEIRS_COLOUR, size=70, strokeWidth=1.5, opacity=1)
        described = {"description": "description:N", "tooltip": ["description:N"]}
        layers.append(mark.encode(x, y, shape=shape, fill=fill, **described))
    for name, place in LABELS.items():
        if name in charts:
            layers.append(charts[name].mark_text(color="#333", fontSize=10, **place).encode(x, y, text="label:N"))
    return layers
