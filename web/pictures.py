"""Pictures as inline SVG: drawn on the server, so that no script is needed, in colours that the style sheet decides.

Vega hands colours on as they are, so ``currentColor`` and ``var(--series-1)`` reach the page, and one drawing serves
light and dark. Each picture is drawn twice, for a wide and for a narrow window, since text in a picture that is only
scaled down cannot be read on a phone. A table stands beside every picture and says the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from web.words import UNKNOWN, label

WIDE, NARROW = 620, 250
HEIGHT = 260
SERIES_MOST = 8
"""How many series are told apart by colour and shape; the others are in the table only."""
LABEL_CHARACTERS_MAX = 34
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
_OUTCOMES = ("ok", "unchanged", "partial", "suspect", "blocked", "failed")
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart
_HEAD = re.compile(r'^<svg[^>]*? width="(\d+)"[^>]*? height="(\d+)"[^>]*? viewBox="([^"]*)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: ``wide`` and ``narrow`` are SVG, its title and its description in words are in both."""

    title: str
    wide: Markup
    narrow: Markup


def lines(
    rows: Sequence[Mapping[str, Any]], *, name: str, title: str, description: str, unit: str, as_share: bool = False
) -> Picture | None:
    """Draw values over days, a line a category; values of one day as bars. ``None`` if there is nothing to draw.

    Args:
        rows: ``as_of`` (a day), ``category`` (as shown), ``value``, ``low``, ``high``; missing values leave a gap. The
            bounds are drawn if there is one category. Categories are drawn in the order they come in.
        name: for ids, unique within the page.
        title: what is drawn.
        description: what a reader would see.
        unit: what the axis counts.
        as_share: whether values are shares (0-1), to be shown as percentages.
    """
    names = list(dict.fromkeys(row["category"] for row in rows))[:SERIES_MOST]
    drawn = [dict(row) for row in rows if row["category"] in names and row["value"] is not None]
    if not drawn:
        return None
    frame = pd.DataFrame(drawn).assign(category=[_short(row["category"]) for row in drawn])
    frame["as_of"] = pd.to_datetime(frame["as_of"])
    shown = [_short(each) for each in names]
    numbers = ".0%" if as_share else ",d" if frame["value"].abs().max() >= 5 else ",.2~f"
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(format=numbers, tickCount=5))
    if len(set(frame["as_of"])) == 1:
        across = alt.Y("category:N", sort=shown, title=None, axis=alt.Axis(labelLimit=220))
        along = alt.X("value:Q", title=unit, axis=alt.Axis(format=numbers, tickCount=4))
        is_unknown = alt.datum.category == label("", UNKNOWN)
        colour_of = alt.condition(is_unknown, alt.value("var(--soft)"), alt.value("var(--series-1)"))
        bars = alt.Chart(frame).mark_bar().encode(x=along, y=across, color=colour_of)
        return _picture(bars, name, title, description, height=28 * len(shown) + 10)
    x = alt.X("as_of:T", title=None, axis=_time_axis(frame["as_of"].max() - frame["as_of"].min()))
    chart = alt.Chart(frame)
    if len(shown) == 1:
        line = chart.mark_line(color="var(--series-1)", point=_point(), strokeWidth=2).encode(x, y)
        return _picture(alt.layer(*_band(frame, x), line), name, title, description)
    colours = [
        "var(--soft)" if each == label("", UNKNOWN) else f"var(--series-{number + 1})"
        for number, each in enumerate(shown)
    ]
    colour = alt.Color("category:N", sort=shown, title=None, scale=alt.Scale(domain=shown, range=colours))
    shape = alt.Shape("category:N", sort=shown, title=None, scale=alt.Scale(domain=shown, range=list(_SHAPES)))
    line = chart.mark_line(strokeWidth=2).encode(x, y, colour)
    points = chart.mark_point(filled=True, size=60, opacity=1).encode(x, y, colour, shape)
    return _picture(alt.layer(line, points), name, title, description)


def parts(values: Sequence[tuple[str, float]], *, name: str, title: str, description: str, unit: str) -> Picture | None:
    """Draw what a change is the sum of: a bar a part, losses to the left. ``None`` if there is nothing to draw."""
    if not values:
        return None
    frame = pd.DataFrame(values, columns=["part", "value"])
    frame["text"] = [f"{value:+,.0f}" for value in frame["value"]]
    most = float(frame["value"].abs().max()) or 1.0
    losses = bool((frame["value"] < 0).any())
    y = alt.Y("part:N", sort=list(frame["part"]), title=None, axis=alt.Axis(labelLimit=220))
    # Room for the numbers beside the bars, on both sides if there are losses.
    scale = alt.Scale(domain=[-1.3 * most if losses else 0, 1.3 * most], nice=False)
    x = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(format=",d", tickCount=4))
    gain = alt.datum.value >= 0
    colour = alt.condition(gain, alt.value("var(--series-1)"), alt.value("var(--series-2)"))
    base = alt.Chart(frame).encode(y=y)
    right, left = base.transform_filter("datum.value >= 0"), base.transform_filter("datum.value < 0")
    chart = alt.layer(
        base.mark_bar().encode(x=x, color=colour),
        right.mark_text(align="left", dx=5, color="currentColor").encode(x=x, text="text:N"),
        left.mark_text(align="right", dx=-5, color="currentColor").encode(x=x, text="text:N"),
    )
    return _picture(chart, name, title, description, height=34 * len(frame) + 10)


def timeline(
    windows: Sequence[tuple[datetime, datetime]],
    versions: Sequence[tuple[datetime, str]],
    looks: Sequence[tuple[datetime, str]],
    *,
    name: str,
    title: str,
    description: str,
) -> Picture:
    """Draw when a programme was listed, when what it says changed, and when its source was looked at.

    Args:
        windows: from and until.
        versions: when each began, and its cause.
        looks: when each was, and its outcome.
    """
    lanes = ["Listed", "Versions", "Looks"]
    y = alt.Y("lane:N", sort=lanes, title=None, scale=alt.Scale(domain=lanes))
    times = [time for since, until in windows for time in (since, until)] + [since for since, _ in (*versions, *looks)]
    x = alt.X("since:T", title=None, axis=_time_axis(max(times) - min(times)))
    listed = pd.DataFrame([{"lane": lanes[0], "since": since, "until": until} for since, until in windows])
    changed = pd.DataFrame([{"lane": lanes[1], "since": since, "what": cause} for since, cause in versions])
    seen = pd.DataFrame([{"lane": lanes[2], "since": since, "what": outcome} for since, outcome in looks])
    layers = [
        alt.Chart(listed).mark_bar(color="var(--series-1)", height=16, minBandSize=2).encode(x, y, x2="until:T"),
        alt.Chart(changed)
        .mark_point(filled=True, size=70, opacity=1, color="var(--series-2)")
        .encode(x, y, shape=alt.Shape("what:N", title=None, legend=None)),
    ]
    if not seen.empty:
        present = [outcome for outcome in _OUTCOMES if outcome in set(seen["what"])]
        colours = {"ok": "3", "unchanged": "3", "partial": "5", "suspect": "2", "blocked": "4", "failed": "4"}
        scale = alt.Scale(domain=present, range=[f"var(--series-{colours[outcome]})" for outcome in present])
        colour = alt.Color("what:N", title=None, scale=scale, legend=alt.Legend(symbolType="square"))
        layers.append(alt.Chart(seen).mark_tick(thickness=2, height=16).encode(x, y, colour))
    return _picture(alt.layer(*layers).resolve_scale(shape="independent"), name, title, description, height=110)


def warm() -> None:
    """Draw something, so that the first reader does not wait for the drawing engine to start."""
    rows = [{"as_of": datetime(2024, month, 1), "category": "a", "value": month, "low": 0, "high": 9}  # noqa: DTZ001
            for month in (1, 2)]  # fmt: skip
    lines(rows, name="warm", title="", description="", unit="")


def _time_axis(span: timedelta) -> alt.Axis:
    """Return an axis that names months, or days where a month would be named several times."""
    words = "%b %Y" if span > timedelta(days=150) else "%d %b %Y"
    return alt.Axis(format=words, labelOverlap="greedy", labelSeparation=12, tickCount=5, grid=True)


def _band(frame: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    bounded = frame.dropna(subset=["low", "high"])
    if bounded.empty:
        return []
    area: alt.Chart = alt.Chart(bounded).mark_area(color="var(--series-1)", opacity=0.2)
    return [area.encode(x, alt.Y("low:Q"), y2="high:Q")]


def _point() -> alt.OverlayMarkDef:
    return alt.OverlayMarkDef(filled=True, size=50, color="var(--series-1)")


def _short(words: str) -> str:
    return words if len(words) <= LABEL_CHARACTERS_MAX else f"{words[: LABEL_CHARACTERS_MAX - 1]}…"


def _picture(chart: Drawn, name: str, title: str, description: str, *, height: int = HEIGHT) -> Picture:
    wide = _drawn(chart, WIDE, height, alt.Legend(orient="right", labelLimit=240))
    narrow = _drawn(chart, NARROW, height, alt.Legend(orient="bottom", columns=1, labelLimit=240))
    return Picture(
        title=title,
        wide=_told(wide, f"{name}-wide", title, description),
        narrow=_told(narrow, f"{name}-narrow", title, description),
    )


def _drawn(chart: Drawn, width: int, height: int, legend: alt.Legend) -> str:
    specification = chart.properties(width=width, height=height).to_dict()
    specification["config"] = _config(legend.to_dict(validate=False))
    drawn: str = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    return drawn


def _config(legend: Mapping[str, Any]) -> dict[str, Any]:
    ink, faint = "currentColor", "var(--line)"
    return {
        "background": None,
        "padding": {"left": 14, "right": 24, "top": 5, "bottom": 5},  # fonts of readers are wider than those measured
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink, "titleColor": ink, "domainColor": faint, "tickColor": faint, "gridColor": faint,
            "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        },
        "legend": {**legend, "labelColor": ink, "titleColor": ink, "labelFontSize": 12, "symbolSize": 80},
        "text": {"fontSize": 12},
    }  # fmt: skip


def _told(svg: str, name: str, title: str, description: str) -> Markup:
    """Return a drawing that scales, named by its title and described for those who do not see it."""
    head = _HEAD.match(svg)
    assert head is not None, "the drawing engine writes another kind of SVG"
    width, height, box = head.groups()
    opening = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-text" '
        'width="{width}" height="{height}" viewBox="{box}"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-text">{text}</desc>'
    ).format(name=name, width=width, height=height, box=box, title=title, text=description)
    return opening + Markup(svg[head.end() :])  # noqa: S704 - written by Vega, which escapes what it draws
