"""The queries: the only reader of the database. Frames have aware UTC times; see ``models.views`` for their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Engine, text

from models.expected_queries import LastRun, last_live_runs, pages_of_last_looks
from models.export_queries import PublicReader, public_tables, reading
from models.fact_queries import Found, find_programmes
from models.frames import QueryRefused, frame_of, read_only
from models.link_queries import (
    StoredListing,
    credential_ids,
    every_listing,
    link_decisions,
    links_for_review,
    links_of,
    listings_numbered,
    programme_number,
    programmes_of_credential,
    stored_sources,
)
from models.report_queries import ROLES, OrganisationsListed, organisations_listed
from models.run_queries import (
    Trouble,
    known_pages,
    last_good_looks,
    previous_look,
    run_record,
    sources_in_trouble,
    suspect_runs,
)  # fmt: skip
from models.search_queries import FOUND_IN, SEARCH_COLUMNS, programmes_found, search
from models.snapshot_queries import StoredSnapshot, snapshot_rows, stored_snapshots, trend_frame
from models.status_queries import InStore, LastSnapshot, in_store
from models.trend_queries import TrendFrames, trend_frames
from models.web_queries import (
    CLASS_COLUMNS,
    DEFAULT_DEFINITION,
    CapturedPage,
    ProgrammeStory,
    captured_page,
    database_state,
    listed_frame,
    programme_story,
    runs_frame,
    snapshots_frame,
    sources_frame,
    trend_categories,
    trend_rows,
)

__all__ = [
    "CLASS_COLUMNS", "DEFAULT_DEFINITION", "FOUND_IN", "ROLES", "SEARCH_COLUMNS", "CapturedPage", "Found", "InStore",
    "LastRun", "LastSnapshot", "OrganisationsListed", "ProgrammeStory", "PublicReader", "QueryRefused", "StoredListing",
    "StoredSnapshot", "TrendFrames", "Trouble", "captured_page", "credential_ids", "database_state", "every_listing",
    "find_programmes", "in_store", "known_pages", "last_good_looks", "last_live_runs", "link_decisions",
    "links_for_review", "links_of", "listed_frame", "listings_numbered", "open_problems", "organisations_listed",
    "pages_of_last_looks", "previous_look", "problem_groups", "programme_number", "programme_story", "programmes_found",
    "programmes_of_credential", "public_tables", "read_sql", "reading", "run_log", "run_record", "runs_frame", "search",
    "snapshot_rows", "snapshots_frame", "source_health", "sources_frame", "sources_in_trouble", "stored_snapshots",
    "stored_sources", "suspect_runs", "trend_categories", "trend_frame", "trend_frames", "trend_rows",
]  # fmt: skip


def run_log(engine: Engine) -> pd.DataFrame:
    """Return the view ``run_log``, by source and time."""
    return read_sql(engine, "select * from run_log order by source, as_of")


def source_health(engine: Engine) -> pd.DataFrame:
    """Return the view ``source_health``, by source."""
    return read_sql(engine, "select * from source_health order by source")


def open_problems(engine: Engine, *, source: str | None = None, code: str | None = None) -> pd.DataFrame:
    """Return the view ``open_problem``, by source, field and words; only those of a source or a code if named."""
    where, values = _where(source=source, code=code)
    sql = f"select * from open_problem{where} order by source, stage, field, words, ref"  # noqa: S608 - our words
    return _asked(engine, sql, values)


def problem_groups(engine: Engine, *, source: str | None = None, code: str | None = None) -> pd.DataFrame:
    """Return the words behind open problems: one row a source, field and word, most frequent first.

    Returns:
        Columns ``source, stage, code, field, words, listings`` (how many entries meet it) and ``example`` (a ref).
    """
    where, values = _where(source=source, code=code)
    sql = f"""\
select source, stage, code, field, words, count(distinct ref) as listings, min(ref) as example
from open_problem{where}
group by source, stage, code, field, words
order by listings desc, source, field, words"""  # noqa: S608 - our words; values are bound
    return _asked(engine, sql, values)


def read_sql(engine: Engine, sql: str) -> pd.DataFrame:
    """Ask one question in SQL and return its rows; whatever it says, nothing can be written.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
    """
    with engine.connect() as connection:
        return read_only(connection, sql)


def _where(**wanted: str | None) -> tuple[str, dict[str, str]]:
    values = {name: value for name, value in wanted.items() if value is not None}
    return (" where " + " and ".join(f"{name} = :{name}" for name in values) if values else ""), values


def _asked(engine: Engine, sql: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of a select of ours with values bound into it."""
    with engine.connect() as connection:
        result = connection.execute(text(sql), values)
        return frame_of(list(result.keys()), result.all())
