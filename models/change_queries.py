"""Which fields of a listing changed at its source: versions beside the ones before, compared by the database.

A part of ``models.queries``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import JSON, Column, Connection, text

from models.frames import frame_of
from models.units import PROGRAMME, table

NOT_FACTS = frozenset({"id", "programme_id", "verbatim", "page_url", "facts_digest", "read_at"})
"""Columns of ``programme_facts`` that are no facts."""
STATEMENTS = "statements"
"""A mapping, whose order in JSON says nothing."""
ORGANISATIONS = "organisations"
"""Stands for the rows of ``programme_role``."""


def fields_changed(connection: Connection) -> pd.DataFrame:
    """Return one row a field that a version changed against the one before it in its window, if its cause is ``look``.

    Returns:
        ``number`` (of the programme, int64), ``at`` (when the version began, aware) and ``field``: a column of
        ``programme_facts``, or ``organisations``.
    """
    result = connection.execute(text(_CHANGED))
    pairs = frame_of(list(result.keys()), result.all())
    differs = np.column_stack([pairs[name].to_numpy(dtype=bool) for name in _FIELDS])
    differs[:, _FIELDS.index(STATEMENTS)] &= _mappings_differ(pairs)
    row, place = np.nonzero(differs)
    began = pd.to_datetime(pairs["valid_from"], utc=True).astype("datetime64[us, UTC]")
    return pd.DataFrame(
        {
            "number": pairs["number"].to_numpy(dtype=np.int64)[row],
            "at": began.iloc[row].reset_index(drop=True),
            "field": np.array(_FIELDS, dtype=object)[place],
        }
    )


def _mappings_differ(pairs: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    both = zip(pairs["statements_before"], pairs["statements_now"], strict=True)
    return np.array([one is not None and json.loads(one) != json.loads(other) for one, other in both], dtype=bool)


def _facts() -> Iterator[Column[Any]]:
    yield from (column for column in PROGRAMME.table("facts").columns if column.name not in NOT_FACTS)


def _said(alias: str, column: Column[Any]) -> str:
    return f"cast({alias}.{column.name} as text)" if isinstance(column.type, JSON) else f"{alias}.{column.name}"


def _differs(one: str, other: str) -> str:
    return f"case when {_same(one, other)} then 0 else 1 end"


def _same(one: str, other: str) -> str:
    return f"({one} = {other} or ({one} is null and {other} is null))"


def _without(one: str, other: str) -> str:
    """Return the condition that facts ``one`` name an organisation that facts ``other`` do not name at that place."""
    columns = [name for name in table("programme_role").c.keys() if name != "facts_id"]  # noqa: SIM118 - no mapping
    same = " and ".join(_same(f"x.{name}", f"y.{name}") for name in columns)
    return (
        f"exists (select 1 from programme_role x where x.facts_id = {one}.id and not exists "  # noqa: S608 - our words
        f"(select 1 from programme_role y where y.facts_id = {other}.id and {same}))"
    )


_FIELDS = [*(column.name for column in _facts()), ORGANISATIONS]
_OLD_AND_NEW = [_differs(_said("f", column), _said("e", column)) + f" as {column.name}" for column in _facts()]
_TEXTS_DIFFER = f"cast(e.{STATEMENTS} as text) <> cast(f.{STATEMENTS} as text)"
_CHANGED = f"""\
select v.programme_id as number, v.valid_from,
  {("," + chr(10) + "  ").join(_OLD_AND_NEW)},
  case when {_without("e", "f")} or {_without("f", "e")} then 1 else 0 end as {ORGANISATIONS},
  case when {_TEXTS_DIFFER} then cast(e.{STATEMENTS} as text) end as statements_before,
  case when {_TEXTS_DIFFER} then cast(f.{STATEMENTS} as text) end as statements_now
from programme_version v
join programme_version b on b.programme_id = v.programme_id and b.version_number = v.version_number - 1
  and b.window_number = v.window_number
join programme_facts f on f.id = v.facts_id
join programme_facts e on e.id = b.facts_id
where v.cause = 'look'"""  # noqa: S608 - our words
