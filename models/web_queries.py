"""What the pages of the room ``web`` ask: catalogue, one programme, sources, trend. A part of ``models.queries``.

Every question is bounded: by one programme, one source, a number of rows, or the narrow columns of ``listed_frame``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, bindparam, text

from models.classification_tables import DEFAULT_DEFINITION, class_column
from models.columns import UtcDateTime
from models.frames import frame_of
from models.records import ArchivePlace
from models.vocab import vocabulary

__all__ = [
    "CLASS_COLUMNS", "DEFAULT_DEFINITION", "CapturedPage", "ProgrammeStory", "captured_page", "database_state",
    "listed_frame", "programme_story", "runs_frame", "snapshots_frame", "sources_frame", "trend_categories",
    "trend_rows",
]  # fmt: skip

Row = Mapping[str, Any]

CLASS_COLUMNS = {name: class_column(name) for name in vocabulary("definition")}
"""Definition -> the column that holds the class under it."""

LISTED_COLUMNS = (
    "programme_id", "source", "ref", "source_kind", "source_country", "listing_state", "opened_at", "kind", "title",
    "url", "languages", "delivery", "platform_level", "eqf_level", "price_type", "price_eur", "ects", "isced_broad",
    "development_modes", *CLASS_COLUMNS.values(),
)  # fmt: skip
"""Columns of ``listed_frame``, those of ``programme_current``; ``organisations`` comes after them."""


def database_state(engine: Engine) -> str:
    """Return words that change when runs, snapshots or classifications do: answers may be kept until then."""
    with engine.connect() as connection:
        return repr(tuple(connection.execute(text(_STATE)).one()))


_STATE = """\
select (select max(id) from run), (select count(*) from run), (select count(*) from run where outcome = 'suspect'),
  (select max(finished_at) from run), (select max(taken_at) from snapshot),
  (select rules_version from programme_classification order by facts_id limit 1),
  (select rules_version from programme_classification order by facts_id desc limit 1)"""


def listed_frame(engine: Engine) -> pd.DataFrame:
    """Return every programme ever listed in its latest version, one row each, withdrawn ones among them.

    Returns:
        Columns ``LISTED_COLUMNS`` as in ``programme_current``, and ``organisations``: the names of the organisations
        of that version as printed and as known, joined by ``"; "``, empty if there are none.
    """
    columns = ", ".join(LISTED_COLUMNS)
    # Most cells repeat a few words: each is kept once, or 200,000 programmes would take a gigabyte.
    once: dict[str, str] = {}
    with engine.connect() as connection:
        result = connection.execution_options(stream_results=True).execute(text(_LISTED.format(columns=columns)))
        parts = [_part(rows, once) for rows in result.partitions(READ_AT_ONCE)]
        frame = pd.concat(parts or [_part((), once)], ignore_index=True)
        names: dict[int, dict[str, None]] = {}
        for number, printed, known in connection.execute(text(_NAMES)):
            found = names.setdefault(number, {})
            found[once.setdefault(printed, printed)] = None
            if known:
                found[once.setdefault(known, known)] = None
    joined = ("; ".join(names.get(number, ())) for number in frame["programme_id"])
    organisations = pd.Series([once.setdefault(words, words) for words in joined], index=frame.index, dtype="object")
    return frame.assign(organisations=organisations)


READ_AT_ONCE = 20_000


def _part(rows: Sequence[Sequence[Any]], once: dict[str, str]) -> pd.DataFrame:
    kept = [[once.setdefault(value, value) if isinstance(value, str) else value for value in row] for row in rows]
    part = pd.DataFrame(kept, columns=list(LISTED_COLUMNS), dtype="object")
    part["opened_at"] = pd.to_datetime(part["opened_at"], utc=True, format="ISO8601")
    return part.assign(programme_id=part["programme_id"].astype("int64"))


_IS_LAST = (
    "not exists (select 1 from programme_version n "
    "where n.programme_id = {0}.programme_id and n.version_number > {0}.version_number)"
)
_LISTED = f"""\
select {{columns}} from programme_current
union all
select {{columns}} from programme_history h
where h.withdrawn_at is not null and h.valid_to is not null and {_IS_LAST.format("h")}"""  # noqa: S608 - our words
_NAMES = f"""\
select v.programme_id, o.name, e.name
from programme_version v
join programme_role r on r.facts_id = v.facts_id
join organisation_entry o on o.id = r.organisation_id
left join programme_organisation k on k.facts_id = r.facts_id and k.position = r.position
left join organisation_entity e on e.id = k.entity_id
where v.valid_to is null or {_IS_LAST.format("v")}"""  # noqa: S608 - our words


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeStory:
    """Everything that is known of one programme.

    ``latest`` are its facts in the latest version, with what its offerings state alike if it is listed now; columns
    are those of ``programme_current`` or ``programme_history``. ``versions`` are its rows of ``programme_history`` in
    order, each with ``facts_id``, ``read_at`` (aware) and ``page_url``. ``offerings`` are rows of ``offering_current``,
    ``roles`` those of ``role_current`` for the latest version, ``same_credential`` other programmes that count as the
    same credential (``source``, ``ref``, ``title``, ``method``, ``confidence``, ``reasons``), ``looks`` the runs of its
    source (``as_of``, ``outcome``), the latest last.
    """

    latest: Row
    versions: Sequence[Row]
    offerings: Sequence[Row]
    roles: Sequence[Row]
    same_credential: Sequence[Row]
    looks: Sequence[Row]


OFFERINGS_MOST = 200
LOOKS_MOST = 400


def programme_story(engine: Engine, source: str, ref: str) -> ProgrammeStory | None:
    """Return everything known of a programme, ``None`` if there is none; the latest 200 offerings and 400 looks."""
    with engine.connect() as connection:
        versions = _rows(connection, _VERSIONS, source=source, ref=ref)
        if not versions:
            return None
        number = versions[-1]["programme_id"]
        listed = _rows(connection, "select * from programme_current where source = :source and ref = :ref",
                       source=source, ref=ref)  # fmt: skip
        return ProgrammeStory(
            latest=listed[0] if listed else versions[-1],
            versions=versions,
            offerings=_rows(connection, _OFFERINGS, number=number, most=OFFERINGS_MOST),
            roles=_rows(connection, _ROLES, facts=versions[-1]["facts_id"]),
            same_credential=_rows(connection, _SAME, number=number),
            looks=_rows(connection, _LOOKS, source=source, most=LOOKS_MOST)[::-1],
        )


_VERSIONS = """\
select h.*, v.facts_id, f.read_at, f.page_url
from programme_history h
join programme_version v on v.programme_id = h.programme_id and v.version_number = h.version_number
join programme_facts f on f.id = v.facts_id
where h.source = :source and h.ref = :ref
order by h.version_number"""
_OFFERINGS = """\
select * from offering_current where programme_id = :number
order by case when start_date is null then 1 else 0 end, start_date desc, ref limit :most"""
_ROLES = """\
select r.role, o.name as name_as_printed, e.name, k.entity_id as organisation_id, coalesce(k.kind, o.kind) as kind,
  coalesce(k.country, o.country) as country, e.ror, k.rule, k.confidence
from programme_role r
join organisation_entry o on o.id = r.organisation_id
left join programme_organisation k on k.facts_id = r.facts_id and k.position = r.position
left join organisation_entity e on e.id = k.entity_id
where r.facts_id = :facts order by r.position"""
_SAME = """\
select p.source, p.ref, f.title, l.method, l.confidence, cast(l.reasons as text) as reasons
from programme_credential mine
join programme_credential c on c.credential_id = mine.credential_id and c.programme_id <> mine.programme_id
join programme p on p.id = c.programme_id
join programme_version v on v.programme_id = p.id and v.version_number =
  (select max(n.version_number) from programme_version n where n.programme_id = p.id)
join programme_facts f on f.id = v.facts_id
left join credential_link l on (l.programme_id = mine.programme_id and l.other_programme_id = p.id)
  or (l.programme_id = p.id and l.other_programme_id = mine.programme_id)
where mine.programme_id = :number
order by p.source, p.ref limit 50"""
_LOOKS = "select as_of, outcome from run where source = :source order by as_of desc limit :most"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedPage:
    """Where the page that facts were read from lies in the archive; ``fetched_at`` is aware."""

    place: ArchivePlace
    url: str
    final_url: str
    fetched_at: datetime
    content_type: str


def captured_page(engine: Engine, source: str, as_of: datetime, url: str) -> CapturedPage | None:
    """Return the archived page of an address in the run of a source at a time, ``None`` if it was not archived."""
    statement = text(_CAPTURE).bindparams(bindparam("as_of", as_of, type_=UtcDateTime()))
    with engine.connect() as connection:
        row = connection.execute(statement, {"source": source, "url": url}).mappings().first()
    if row is None:
        return None
    found = frame_of(["at"], [[row["at"]]])["at"].iloc[0]
    return CapturedPage(
        place=ArchivePlace(file=row["warc_file"], offset=row["warc_offset"], length=row["warc_length"]),
        url=row["url"],
        final_url=row["final_url"],
        fetched_at=found.to_pydatetime(),
        content_type=row["content_type"],
    )


_CAPTURE = """\
select c.url, c.final_url, c.at, c.content_type, c.warc_file, c.warc_offset, c.warc_length
from run r join capture c on c.run_id = r.id
where r.source = :source and r.as_of = :as_of and c.url = :url and c.warc_file is not null
order by c.position limit 1"""


def sources_frame(engine: Engine) -> pd.DataFrame:
    """Return the view ``source_health`` with the columns of the declarations last stored, by source."""
    with engine.connect() as connection:
        return _frame(connection, _SOURCES)


_SOURCES = """\
select h.*, s.kind, s.country, s.language, s.cadence, s.lists_everything, s.terms_url, s.terms_checked, s.terms_note,
  s.evidence, s.evidence_note, s.retired
from source_health h join source s on s.slug = h.source
order by h.source"""


def runs_frame(engine: Engine, source: str, *, before: datetime | None = None, most: int = 50) -> pd.DataFrame:
    """Return runs of a source as in the view ``run_log``, newest first; those before a time if one is given."""
    earlier = "and as_of < :before " if before is not None else ""
    statement = text(
        f"select * from run_log where source = :source {earlier}order by as_of desc limit :most"  # noqa: S608 - our words
    )
    if before is not None:
        statement = statement.bindparams(bindparam("before", before, type_=UtcDateTime()))
    with engine.connect() as connection:
        result = connection.execute(statement, {"source": source, "most": most})
        return frame_of(list(result.keys()), result.all())


def snapshots_frame(engine: Engine) -> pd.DataFrame:
    """Return the snapshots behind the view ``trend``, oldest day first: ``snapshot_id`` and the days it is of."""
    with engine.connect() as connection:
        return _frame(connection, _SNAPSHOTS)


_SNAPSHOTS = """\
select n.id as snapshot_id, n.as_of, n.known_at, n.period_start, n.definition, n.method_version
from snapshot n
where n.taken_at = (
  select max(x.taken_at) from snapshot x
  where x.as_of = n.as_of and x.period_start = n.period_start and x.known_at = n.known_at
    and x.definition = n.definition
)
order by n.as_of, n.known_at, n.period_start"""


def trend_categories(engine: Engine, snapshot_id: str) -> pd.DataFrame:
    """Return which figures a snapshot holds: every ``definition, population, unit, panel, cut, measure`` once."""
    columns = "definition, population, unit, panel, cut, measure"
    with engine.connect() as connection:
        return _frame(
            connection,
            f"select distinct {columns} from trend where snapshot_id = :snapshot order by {columns}",  # noqa: S608 - our words
            snapshot=snapshot_id,
        )


def trend_rows(
    engine: Engine,
    snapshots: Sequence[str],
    *,
    unit: str,
    population: str,
    cut: str,
    definition: str | None,
    panel: str | None = None,
    measures: Sequence[str] = (),
) -> pd.DataFrame:
    """Return figures of snapshots as in the view ``trend``, oldest first; all panels and measures if none is named."""
    wanted: dict[str, Any] = {"unit": unit, "population": population, "cut": cut}
    wanted |= {name: value for name, value in (("definition", definition), ("panel", panel)) if value is not None}
    where = " and ".join(f"{name} = :{name}" for name in wanted)
    lists = {"snapshot_id": list(snapshots)} | ({"measure": list(measures)} if measures else {})
    among = " and ".join(f"{name} in :{name}" for name in lists)
    statement = text(
        f"select * from trend where {among} and {where} order by as_of, known_at, panel, cut_value, measure"  # noqa: S608 - our words
    ).bindparams(*(bindparam(name, expanding=True) for name in lists))
    with engine.connect() as connection:
        result = connection.execute(statement, lists | wanted)
        return frame_of(list(result.keys()), result.all())


def _frame(connection: Connection, sql: str, **values: Any) -> pd.DataFrame:
    result = connection.execute(text(sql), values)
    return frame_of(list(result.keys()), result.all())


def _rows(connection: Connection, sql: str, **values: Any) -> list[Row]:
    frame = _frame(connection, sql, **values)
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    """Return ``None`` for not-a-number and not-a-time, and Python's own values for those of pandas."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
