"""What all pictures of trends have in common: sizes, colours, which rows are drawn, and the words below a title."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

from trends.frames import UNKNOWN
from trends.rows import PANELS

WIDTH = 640
HEIGHT = 340
PNG_SCALE = 2.0
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008, Color Universal Design)."""
UNKNOWN_COLOUR = "#BBBBBB"
OTHER = "other"
LABEL_CHARACTERS_MAX = 32
DAYS = alt.Axis(format="%b %Y", labelOverlap=True, title=None)
CUT_NAMES = {
    "source": "source", "source_kind": "kind of source", "country": "country of the source", "kind": "kind of listing",
    "mc_class": "class", "delivery": "delivery", "language": "language", "isced_broad": "field of education",
    "eqf_level": "EQF level", "platform_level": "level in words", "price_type": "type of price",
    "awarder_kind": "kind of awarder", "awarder_country": "country of the awarder", "ects_band": "ECTS credits",
    "hours_band": "hours of workload", "cross_border": "whether the awarder is of another country",
    "development": "how it was developed", "development_modes": "development mode",
    "catalogues": "number of catalogues", "catalogue_kinds": "kinds of catalogues",
}  # fmt: skip
_NAMES = {
    "both": "alone and with others", "partnership": "with others", "non_hei": "no higher education institution",
    "partner_hei_domestic": "partner: domestic institution",
    "partner_hei_foreign": "partner: foreign institution",
    "partner_gov_platform": "partner: government platform",
    "partner_commercial_platform": "partner: commercial platform", "partner_employer": "partner: employer",
    "own_unbundled": "own: unbundled", "own_within_degree": "own: within a degree", "own_combined": "own: combined",
    "own_mixed": "own: mixed", "own_new_nondegree": "own: new, non-degree",
}  # fmt: skip
"""Categories whose words need others to be read beside a line."""
_ALL, MATCHED = PANELS


def drawable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with days and numbers that can be drawn, of one snapshot a day: as known then, of the latest period.

    Raises:
        ValueError: if no row is left to draw.
    """
    if rows.empty:
        raise ValueError("no row is left to draw")
    as_known_later = pd.to_datetime(rows["known_at"]) > pd.to_datetime(rows["as_of"])
    ordered = rows.assign(
        later=as_known_later, as_of=pd.to_datetime(rows["as_of"]), period_start=pd.to_datetime(rows["period_start"]),
        value=rows["value"].astype("float64"),
    )  # fmt: skip
    snapshots = ordered[["as_of", "later", "known_at", "period_start"]].drop_duplicates()
    snapshots = snapshots.sort_values(["as_of", "later", "period_start"], ascending=[True, True, False])
    chosen = snapshots.drop_duplicates("as_of")[["as_of", "known_at", "period_start"]]
    drawn = ordered.merge(chosen, on=["as_of", "known_at", "period_start"])
    return drawn.assign(day=drawn["as_of"].dt.strftime("%Y-%m-%d")).drop(columns=["later", "known_at", "period_start"])


def folded(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Shorten long names, leave out what is empty, and make one of the smallest if there are more than ``most``."""
    is_listed = rows.groupby("cut_value")["high"].transform("max") > 0
    rows = rows[is_listed] if is_listed.any() else rows
    names = rows["cut_value"].map(shortened)
    largest = rows.assign(cut_value=names).groupby("cut_value")["value"].max().sort_values(ascending=False).index
    if len(largest) > most:
        names = names.where(names.isin(largest[: most - 1]), OTHER)
    numbers = rows.assign(cut_value=names).groupby(["as_of", "day", "cut_value"])[["value", "low", "high"]]
    return numbers.sum(min_count=1).reset_index()


def shortened(word: str) -> str:
    """Return a name of a category as it is printed beside a line."""
    name = _NAMES.get(word, word.replace("_", " "))
    return name if len(name) <= LABEL_CHARACTERS_MAX else f"{name[: LABEL_CHARACTERS_MAX - 1]}…"


def plural(unit: str) -> str:
    """Return what is counted, in the plural."""
    return f"{unit}s"


def colours(names: Sequence[str]) -> alt.Scale:
    """Return the scale that gives each name a colour, and what is unknown always the same grey."""
    rest = iter(PALETTE)
    return alt.Scale(domain=list(names), range=[UNKNOWN_COLOUR if name == UNKNOWN else next(rest) for name in names])


def basis(rows: pd.DataFrame, panel: str) -> list[str]:
    """Return the lines below a title that say what the figures rest on: panel, population, n, coverage, unknown part.

    Args:
        rows: drawable rows of one measure; those of the latest day are described.
        panel: ``all`` or ``matched``.
    """
    latest = rows[rows["as_of"] == rows["as_of"].max()]
    row = latest.iloc[0]
    whose = f"population {row['population'].replace('_', ' ')}, definition {row['definition']}"
    counts = [int(value) if pd.notna(value) else 0 for value in (row[f"sources_{s}"] for s in _STATES)]
    if panel == MATCHED:
        sources = f"{counts[0]} sources matched, {counts[1]} stale, {counts[2]} at one end only"
        over = "Panel: sources with a complete look near both ends of the period"
    else:
        covered = latest if row["cut"] not in _DECLARED else latest.drop_duplicates("cut_value")
        counts = [int(covered[f"sources_{s}"].sum()) for s in _STATES] if row["cut"] in _DECLARED else counts
        sources = f"{counts[0]} sources covered, {counts[1]} stale, {counts[2]} without a complete look"
        over = "Panel: all sources harvested by each day"
    missing = row["missing_share"]
    unknown = "" if pd.isna(missing) else f" ({100 * missing:.0f} % unknown)"
    return [f"{over}; {whose}", f"Latest day {row['day']}: n = {int(row['n']):,}{unknown}; {sources}"]


_STATES = ("ok", "stale", "missing")
_DECLARED = frozenset({"source", "source_kind", "country"})
"""Cuts under which the counts of sources are those of the category."""


def title(text: str, lines: Sequence[str], note: str = "") -> alt.TitleParams:
    """Return a title with lines of small print, of which ``note`` is the last."""
    return alt.TitleParams(text=text, subtitle=[*lines, *([note] if note else [])], anchor="start", offset=12)


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
