"""The history as the frames that trends are measured from (``trends.frames`` says what each must hold).

A part of ``models.queries``. Items are numbered by their names in the order of code points, not by the numbers that a
database gave its rows, so that the same history gives the same frames on every database and in every order of storing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, text

from models.change_queries import fields_changed
from models.classification_tables import class_column
from models.frames import frame_of
from models.units import OFFERING, PROGRAMME, Unit
from models.vocab import vocabulary

UNKNOWN = "unknown"
SEVERAL_LANGUAGES = "mul"
"""ISO 639-2 for what is in several languages."""


@dataclass(frozen=True, slots=True)
class TrendFrames:
    """All that a snapshot is measured from, read at one moment; times are aware and in UTC, ``None`` is unknown.

    ``listings`` and ``offerings`` have one row a version, in the order of ``item_id`` (int64, a number of the frame
    only), window and time:

    * identity: ``programme_key`` and ``credential_id`` (of the listing; its own where nothing was linked), ``source``,
      ``source_kind``, ``country`` (of the catalogue), ``ref``, ``window_number``;
    * times of the window: ``seen_not_before`` (last complete look before it; NaT for what the first one found),
      ``opened_at``, ``last_seen_at`` (NaT while the latest complete look saw it), ``missed_at``, ``withdrawn_at``;
    * ``valid_from``, ``valid_to``, ``cause``, ``is_first_version_of_window``;
    * what it states or is classified as: ``kind``, ``delivery``, ``price_type``, ``price_amount``, ``price_currency``,
      ``price_period``, ``price_eur``, ``mc_class`` (under the definition asked for), ``development_modes`` (a tuple),
      ``isced_broad``, ``eqf_level``, ``platform_level``, ``language`` (main part of the BCP 47 tag, ``mul`` if
      several), ``ects``, ``workload_hours`` (middle of a range), ``awarder_id``, ``awarder_kind``, ``awarder_country``
      (the awarder that is printed first).

    An offering has of its programme what it does not state itself, as the programme was when the version began.

    ``looks`` has one row a run: ``source``, ``source_kind``, ``country``, ``cadence``, ``as_of``, ``outcome``,
    ``counts_absences``, ``retired`` (a day). ``changes`` has one row a field that a version changed at the source:
    ``item_id`` (of ``listings``), ``at``, ``field``. ``absences`` and ``offering_absences`` have one row an absence
    that was taken back before it was confirmed: ``item_id``, ``window_number``, ``last_seen_at``, ``missed_at``,
    ``seen_again_at``.
    """

    listings: pd.DataFrame
    offerings: pd.DataFrame
    looks: pd.DataFrame
    changes: pd.DataFrame
    absences: pd.DataFrame
    offering_absences: pd.DataFrame


def trend_frames(engine: Engine, *, definition: str) -> TrendFrames:
    """Return the whole history as frames.

    Args:
        engine: the database.
        definition: under which definition ``mc_class`` says what a listing is (vocabulary ``definition``).

    Raises:
        ValueError: if there is no such definition; the message names those there are.
    """
    if definition not in vocabulary("definition"):
        raise ValueError(f"there is no definition {definition!r}; there are: {', '.join(vocabulary('definition'))}")
    with at_one_moment(engine) as connection:
        looks = _read(connection, _LOOKS).sort_values(["source", "as_of"], ignore_index=True)
        complete = _complete_looks(looks)
        listings = _read(connection, _listings(class_column(definition)))
        offerings = _read(connection, _offerings(class_column(definition)))
        changes = fields_changed(connection)
        evidence = {unit.name: _read(connection, _evidence(unit)) for unit in (PROGRAMME, OFFERING)}
    numbers = {
        "programme": _numbers(listings, ["source", "ref"]),
        "offering": _numbers(offerings, ["source", "programme_ref", "ref"]),
    }
    versions = {
        "programme": _versions(listings, numbers["programme"], complete),
        "offering": _versions(offerings.drop(columns="programme_ref"), numbers["offering"], complete),
    }
    absences = {name: _taken_back(rows, versions[name], numbers[name], complete) for name, rows in evidence.items()}
    changed = changes.assign(item_id=changes["number"].map(numbers["programme"]).astype("int64"))
    return TrendFrames(
        listings=versions["programme"],
        offerings=versions["offering"],
        looks=looks,
        changes=changed[["item_id", "at", "field"]].sort_values(["item_id", "at", "field"], ignore_index=True),
        absences=absences["programme"],
        offering_absences=absences["offering"],
    )


def at_one_moment(engine: Engine) -> Connection:
    """Return a connection whose selects all see the database as it was at the first of them."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()  # a transaction of SQLite sees one state anyway


def _read(connection: Connection, sql: str) -> pd.DataFrame:
    result = connection.execute(text(sql))
    return frame_of(list(result.keys()), result.all())


# --------------------------------------------------------------------------------------
# Versions
# --------------------------------------------------------------------------------------

_WINDOW = """v.window_number, w.opened_at, w.last_seen_at, w.missed_at, w.withdrawn_at, v.valid_from, v.valid_to,
  v.cause, v.valid_from = w.opened_at as is_first_version_of_window"""
_IDENTITY = "p.source, s.kind as source_kind, s.country, n.programme_key, n.credential_id"
_AWARDER = """case when a.position is null then null else coalesce(g.entity_id, 'as printed: ' || o.name) end
    as awarder_id,
  coalesce(g.kind, o.kind) as awarder_kind, coalesce(g.country, o.country) as awarder_country"""


def _joined_to_programme(facts: str) -> str:
    """Return the joins of a programme's facts (under an alias) to what rules say of them."""
    return f"""\
left join programme_classification c on c.facts_id = {facts}.id
left join programme_credential n on n.programme_id = p.id
left join (
  select r.facts_id, min(r.position) as position from programme_role r where r.role = 'awarded_by' group by r.facts_id
) a on a.facts_id = {facts}.id
left join programme_role e on e.facts_id = a.facts_id and e.position = a.position
left join organisation_entry o on o.id = e.organisation_id
left join programme_organisation g on g.facts_id = a.facts_id and g.position = a.position"""  # noqa: S608 - our words


def _listings(mc_class: str) -> str:
    return f"""\
select p.id as number, {_IDENTITY}, p.ref, {_WINDOW}, f.kind, f.delivery, f.price_type, f.price_amount,
  f.price_currency, f.price_period, c.price_eur, c.{mc_class} as mc_class,
  cast(c.development_modes as text) as development_modes, c.isced_broad, f.eqf_level, f.platform_level,
  cast(f.languages as text) as languages, f.ects, (f.workload_hours_min + f.workload_hours_max) / 2 as workload_hours,
  {_AWARDER}
from programme_version v
join programme_window w on w.programme_id = v.programme_id and w.window_number = v.window_number
join programme_facts f on f.id = v.facts_id
join programme p on p.id = v.programme_id
join source s on s.slug = p.source
{_joined_to_programme("f")}"""  # noqa: S608 - our words


_NO_PRICE = "f.price_type is null and f.price_amount is null"


def _offerings(mc_class: str) -> str:
    prices = ", ".join(
        f"case when {_NO_PRICE} then {of}.{name} else {own}.{name} end as {name}"
        for name, of, own in (
            ("price_type", "q", "f"), ("price_amount", "q", "f"), ("price_currency", "q", "f"),
            ("price_period", "q", "f"), ("price_eur", "c", "d"),
        )
    )  # fmt: skip
    return f"""\
select i.id as number, {_IDENTITY}, p.ref as programme_ref, i.ref, {_WINDOW}, q.kind,
  coalesce(f.delivery, q.delivery) as delivery, {prices}, c.{mc_class} as mc_class,
  cast(c.development_modes as text) as development_modes, c.isced_broad, q.eqf_level, q.platform_level, f.language,
  cast(q.languages as text) as languages, q.ects,
  coalesce(f.workload_hours_min + f.workload_hours_max, q.workload_hours_min + q.workload_hours_max) / 2
    as workload_hours,
  {_AWARDER}
from offering_version v
join offering_window w on w.offering_id = v.offering_id and w.window_number = v.window_number
join offering_facts f on f.id = v.facts_id
left join offering_classification d on d.facts_id = f.id
join offering i on i.id = v.offering_id
join programme p on p.id = i.programme_id
join source s on s.slug = p.source
left join programme_version u on u.programme_id = p.id and u.valid_from <= v.valid_from
  and (u.valid_to is null or u.valid_to > v.valid_from)
left join programme_facts q on q.id = u.facts_id
{_joined_to_programme("q")}"""  # noqa: S608 - our words


_LOOKS = """\
select r.source, s.kind as source_kind, s.country, s.cadence, r.as_of, r.outcome,
  r.outcome in ('ok', 'unchanged') as counts_absences, s.retired
from run r
join source s on s.slug = r.source"""


def _numbers(rows: pd.DataFrame, names: list[str]) -> pd.Series[int]:
    """Return for each number of the database that of the frame: 1, 2 ... in the order of the names."""
    items = rows[["number", *names]].drop_duplicates("number").sort_values(names)
    return pd.Series(np.arange(1, len(items) + 1, dtype=np.int64), index=items["number"].to_numpy(dtype=np.int64))


def _versions(rows: pd.DataFrame, numbers: pd.Series[int], complete: Mapping[str, pd.DatetimeIndex]) -> pd.DataFrame:
    own_language = rows["language"] if "language" in rows else pd.Series(None, index=rows.index, dtype="object")
    own_id = rows["source"].astype("object") + "/" + rows["ref"].astype("object")
    versions = rows.assign(
        item_id=rows["number"].map(numbers).astype("int64"),
        programme_key=rows["programme_key"].where(rows["programme_key"].notna(), rows["ref"]),
        credential_id=rows["credential_id"].where(rows["credential_id"].notna(), own_id),
        seen_not_before=_look_before(rows, complete),
        development_modes=_each_once(rows["development_modes"], _modes),
        language=_each_once(own_language.where(own_language.notna(), rows["languages"]), _main_language),
    ).drop(columns=["number", "languages"])
    return versions.sort_values(["item_id", "window_number", "valid_from"], ignore_index=True)


def _each_once(column: pd.Series[Any], read: Callable[[Any], Any]) -> pd.Series[Any]:
    """Return what ``read`` makes of each value; equal values are read once."""
    known = {value: read(value) for value in column.unique()}
    return pd.Series([known[value] for value in column], index=column.index, dtype="object")


def _modes(words: str | None) -> tuple[str, ...]:
    return tuple(json.loads(words)) if words else (UNKNOWN,)


def _main_language(words: str | None) -> str | None:
    """Return the main part of a tag, or of the tags of a JSON list; ``mul`` if they differ."""
    if not words:
        return None
    tags = json.loads(words) if words.startswith("[") else [words]
    languages = {tag.partition("-")[0].lower() for tag in tags}
    return SEVERAL_LANGUAGES if len(languages) > 1 else next(iter(languages), None)


# --------------------------------------------------------------------------------------
# Complete looks, and the absences that were taken back
# --------------------------------------------------------------------------------------


def _complete_looks(looks: pd.DataFrame) -> dict[str, pd.DatetimeIndex]:
    complete = looks[looks["counts_absences"].astype(bool)]
    return {str(source): pd.DatetimeIndex(times) for source, times in complete.groupby("source")["as_of"]}


def _look_before(rows: pd.DataFrame, complete: Mapping[str, pd.DatetimeIndex]) -> pd.Series[Any]:
    """Return the last complete look of the source before each window opened, NaT if there is none."""
    return _nearest_look(rows["source"], rows["opened_at"], complete, after=False)


def _nearest_look(
    source: pd.Series[str], at: pd.Series[Any], complete: Mapping[str, pd.DatetimeIndex], *, after: bool
) -> pd.Series[Any]:
    """Return the complete look of each source that is next after, or next before, a time; NaT if there is none."""
    found = pd.Series(pd.array([pd.NaT] * len(at), dtype="datetime64[us, UTC]"), index=at.index)
    for slug, times in at.groupby(source):
        looks = complete.get(str(slug))
        if looks is None:
            continue
        place = looks.searchsorted(pd.DatetimeIndex(times), side="right" if after else "left") - (0 if after else 1)
        inside = (place >= 0) & (place < len(looks))
        found.loc[times.index[inside]] = looks[place[inside]]
    return found


def _evidence(unit: Unit) -> str:
    """Return a select of when items were seen: from one look to another, or (partial looks) at one."""
    owner = "p.id" if unit is PROGRAMME else "i.programme_id"
    item = "p" if unit is PROGRAMME else "i"
    joins = f"join {unit.name} {item} on {item}.id = e.{unit.owner}"
    programmes = "" if unit is PROGRAMME else f"\njoin programme p on p.id = {owner}"
    return f"""\
select {item}.id as number, p.source, e.seen_from, e.seen_until
from {unit.name}_span e
{joins}{programmes}
union all
select {item}.id as number, p.source, e.at as seen_from, e.at as seen_until
from {unit.name}_sighting e
{joins}{programmes}"""  # noqa: S608 - our words


_ABSENCE = ("item_id", "window_number", "last_seen_at", "missed_at", "seen_again_at")


def _taken_back(
    seen: pd.DataFrame, versions: pd.DataFrame, numbers: pd.Series[int], complete: Mapping[str, pd.DatetimeIndex]
) -> pd.DataFrame:
    """Return the absences that were taken back: complete looks between two sights of an item, in one window.

    Windows and versions do not tell of them (docs/decisions/0003); they follow from what was seen and from the looks.
    """
    if seen.empty:
        return pd.DataFrame({name: versions[name if name in versions else "opened_at"].iloc[:0] for name in _ABSENCE})
    latest = {slug: looks[-1] for slug, looks in complete.items() if len(looks)}
    until = _times(seen["seen_until"])
    # A span without an end goes on to the latest complete look of its source.
    until = until.where(until.notna(), _times(seen["source"].map(latest)))
    rows = pd.DataFrame(
        {
            "item_id": seen["number"].map(numbers).astype("int64"),
            "source": seen["source"],
            "begins": _times(seen["seen_from"]),
            "until": until,
        }
    ).sort_values(["item_id", "begins", "until"], ignore_index=True)
    last_seen = rows.groupby("item_id")["until"].cummax().groupby(rows["item_id"]).shift()
    gaps = rows.assign(last_seen_at=last_seen)[last_seen < rows["begins"]]
    missed = _nearest_look(gaps["source"], gaps["last_seen_at"], complete, after=True)
    gaps = gaps.assign(missed_at=missed, seen_again_at=gaps["begins"])
    gaps = gaps[gaps["missed_at"] < gaps["begins"]]
    windows = versions.drop_duplicates(["item_id", "window_number"])[["item_id", "window_number", "opened_at"]]
    placed = pd.merge_asof(
        gaps.sort_values("begins"), windows.sort_values("opened_at"), left_on="begins", right_on="opened_at",
        by="item_id",
    )  # fmt: skip
    # What opens a window was withdrawn before: that absence was confirmed.
    placed = placed[placed["opened_at"] < placed["begins"]]
    return placed[list(_ABSENCE)].sort_values(["item_id", "missed_at"], ignore_index=True)


def _times(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
