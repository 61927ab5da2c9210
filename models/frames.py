"""Rows of the database as DataFrames that do not tell which database they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from models.rows import DAYS, TIMES, TRUTHS, QueryRefused, is_time, raw_rows

__all__ = ["QueryRefused", "frame_of", "read_only"]


def frame_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return rows as a frame: times aware and in UTC, days as ``date``, true and false as such, unknown as ``None``.

    Columns are known by the names they have in tables and views; SQLite gives text and numbers for all of them.
    """
    values = list(rows)
    if len(set(names)) < len(names):
        return _with_names_twice(names, values)
    # Column by column: pandas looks at every row of a driver to find out what it is, which takes longer than all else.
    columns = zip(*values, strict=True) if values else (() for _ in names)
    typed = {
        name: _typed(name, pd.Series(np.fromiter(column, dtype=object, count=len(values)), dtype="object"))
        for name, column in zip(names, columns, strict=True)
    }
    return pd.DataFrame(typed, columns=list(names), index=pd.RangeIndex(len(values)))


def _with_names_twice(names: Sequence[str], rows: list[Sequence[Any]]) -> pd.DataFrame:
    """Return rows of which some columns have one name; those are left as they are."""
    frame = pd.DataFrame(rows, columns=list(names), dtype="object")
    for name in dict.fromkeys(names):
        if isinstance(frame[name], pd.Series):
            frame[name] = _typed(name, frame[name])
    return frame


def _typed(name: str, column: pd.Series[Any]) -> pd.Series[Any]:
    said = [value for value in column if value is not None]
    if name in TIMES and (said or name not in DAYS) and all(is_time(value) for value in said):
        return pd.to_datetime(column, utc=True, format="ISO8601")
    if name in DAYS and all(isinstance(value, str) for value in said):
        return _each(column, date.fromisoformat)
    if name in TRUTHS and all(value in {0, 1} for value in said):
        column = _each(column, bool)
    elif any(isinstance(value, Decimal) for value in said):
        column = _each(column, lambda value: float(value) if isinstance(value, Decimal) else value)
    return column if len(said) < len(column) or not said else column.infer_objects()


def _each(column: pd.Series[Any], convert: Any) -> pd.Series[Any]:
    values = [None if value is None else convert(value) for value in column]
    return pd.Series(values, index=column.index, dtype="object")


def read_only(connection: Connection, sql: str) -> pd.DataFrame:
    """Run one statement that can only read, and return its rows.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
    """
    return frame_of(*raw_rows(connection, sql))
