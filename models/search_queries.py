"""Searching what catalogues print, in the database itself: the same programmes on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Engine, text

from models.frames import QueryRefused, frame_of
from models.search_tables import search_terms
from models.words import Part, excerpt, parts_of

SEARCH_COLUMNS = ("source", "ref", "title", "url", "country", "listing_state", "found_in", "snippet")
FOUND_IN = ("title", "about", "description")
"""Where the words stand, the best place first; ``about``: with organisations, subjects, level, label and code."""


def search(
    engine: Engine,
    words: str,
    *,
    source: str | None = None,
    country: str | None = None,
    withdrawn: bool = False,
    limit: int = 50,
) -> pd.DataFrame:
    """Return programmes whose latest version holds all words somewhere, the best first.

    Looked at are title, organisations, subjects, label, level and kind as printed, code, description and learning
    outcomes (``models.load_search``). Case and accents do not matter; a word of two letters or more need only be the
    beginning of one; of scripts without spaces any part of the text is found. Nothing is an operator, nothing is
    stemmed (``models.words``).

    Args:
        engine: the database.
        words: what to look for. Without a letter or figure nothing is found.
        source: only programmes of this source.
        country: only programmes of sources of this country, ISO 3166-1 alpha-2.
        withdrawn: whether those no longer listed are found too.
        limit: most rows.

    Returns:
        Columns ``SEARCH_COLUMNS``; ``country`` is that of the source, ``found_in`` one of ``FOUND_IN``, ``snippet`` the
        words around the first that is met in the description, ``None`` where none stands there. All words in the title
        come first, then those met in title and ``about`` together, then the others; shorter titles first among equals,
        then by source and code.

    Raises:
        QueryRefused: if there are more than ``models.words.WORDS_MOST`` words.
    """
    parts = _parts(words)
    if not parts:
        return pd.DataFrame(columns=list(SEARCH_COLUMNS), dtype="object")
    bound: dict[str, Any] = {"limit": limit}
    where = "" if withdrawn else "and w.withdrawn_at is null "
    for column, value in (("p.source", source), ("s.country", country)):
        if value is not None:
            name = column.rpartition(".")[2]
            where += f"and {column} = :{name} "
            bound[name] = value
    with engine.connect() as connection:
        dialect = connection.dialect.name
        sql = _RESULTS.format(found=_FOUND[dialect], where=where, order=_ORDER[dialect])
        result = connection.execute(text(sql), bound | _terms(connection, parts))
        frame = frame_of(list(result.keys()), result.all())
    places = dict(enumerate(FOUND_IN, start=1))
    snippets = [excerpt(description or "", parts) for description in frame["description"]]
    frame["found_in"] = [places[tier] for tier in frame["tier"]]
    frame["snippet"] = pd.Series(snippets, index=frame.index, dtype="object")
    return frame[list(SEARCH_COLUMNS)]


def programmes_found(engine: Engine, words: str) -> npt.NDArray[np.int64]:
    """Return the numbers of all programmes that ``search`` would find, withdrawn ones too, in no order.

    Raises:
        QueryRefused: if there are too many words.
    """
    parts = _parts(words)
    if not parts:
        return np.array([], dtype=np.int64)
    with engine.connect() as connection:
        found = _ANYWHERE[connection.dialect.name]
        rows = connection.execute(text(found), _terms(connection, parts)).scalars().all()
    return np.array(rows, dtype=np.int64)


def _parts(words: str) -> Sequence[Part]:
    try:
        return parts_of(words)
    except ValueError as error:
        raise QueryRefused(str(error)) from None


def _terms(connection: Connection, parts: Sequence[Part]) -> dict[str, str]:
    return dict(zip(FOUND_IN, search_terms(parts, connection.dialect.name), strict=True))


_ANYWHERE = {
    "sqlite": """\
select x.programme_id from programme_search x
where x.search_row in (select rowid from search_words where search_words match :description)""",
    "postgresql": """\
select x.programme_id from programme_search x
join search_words n on n.id = x.search_row and n.words @@ cast(:description as tsquery)""",
}
# SQLite is asked three times, for a match does not say there in which column it is.
_FOUND = {
    "sqlite": """\
(select n as search_row, min(place) as tier from (
  select rowid as n, 1 as place from search_words where search_words match :title
  union all select rowid, 2 from search_words where search_words match :about
  union all select rowid, 3 from search_words where search_words match :description
) m group by n)""",
    "postgresql": """\
(select id as search_row, case when words @@ cast(:title as tsquery) then 1
  when words @@ cast(:about as tsquery) then 2 else 3 end as tier
  from search_words where words @@ cast(:description as tsquery))""",
}
_ORDER = {"sqlite": "", "postgresql": 'collate "C"'}
_RESULTS = """\
select p.source, p.ref, f.title, f.url, s.country, t.tier, f.description,
  case when w.withdrawn_at is not null then 'withdrawn' when w.missed_at is not null then 'missing' else 'live' end
  as listing_state
from {found} t
join programme_search x on x.search_row = t.search_row
join programme p on p.id = x.programme_id
join source s on s.slug = p.source
join programme_facts f on f.id = x.facts_id and f.programme_id = p.id
join programme_window w on w.programme_id = p.id and w.window_number =
  (select max(l.window_number) from programme_window l where l.programme_id = p.id)
where 1 = 1 {where}
order by t.tier, length(coalesce(f.title, '')), p.source {order}, p.ref {order}
limit :limit"""
