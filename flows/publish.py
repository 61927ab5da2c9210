"""Exports: the public views as files that others open, with a manifest that says what they are and how to cite them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.nearest import none_called
from flows.observatory import Observatory, code_version
from models.export_queries import PublicReader, SourceTerms, public_tables, reading
from publishing.folders import digest_of, filled_at_once
from publishing.graphs import Listing, listings
from publishing.tables import Column, Filled, Row, Table, Written, printed_time

Tell = Callable[[str, int], None]
"""Is told the name of a view and how many more of its rows were read."""
LISTING_VIEWS = ("programme_current", "offering_current", "role_current")
"""What a listing in a graph is made of."""
_TELL_EVERY = 500


@dataclass(frozen=True, slots=True)
class _Job:
    """One export under way: what it reads from, where it writes, and which views it was asked for."""

    reader: PublicReader
    folder: Path
    views: Sequence[str]
    about: Mapping[str, str]
    sources: Sequence[SourceTerms]
    tell: Tell

    def filled(self) -> Iterator[Filled]:
        """Yield the views asked for, each read when its rows are gone through."""
        return (self.one(view) for view in self.views)

    def one(self, view: str) -> Filled:
        return Filled(_table(view), self._told(view))

    def listings(self) -> Iterator[Listing]:
        return listings(*(self.one(view) for view in LISTING_VIEWS))

    def _told(self, view: str) -> Iterator[Row]:
        since = 0
        for row in self.reader.rows(view):
            yield row
            since += 1
            if since == _TELL_EVERY:
                self.tell(view, since)
                since = 0
        self.tell(view, since)


def publish(
    observatory: Observatory, form: str, *, views: Sequence[str] = (), out: Path | None = None, tell: Tell | None = None
) -> dict[str, Any]:
    """Write an export and return its manifest, which stands beside the files as ``manifest-<form>.json``.

    Args:
        observatory: the database.
        form: one of ``FORMS``.
        views: names of public views; all of them if none. Not for graphs of listings, which are made of three.
        out: the folder; else ``export/<form>`` in the data directory. Files of the same name are replaced at the end.
        tell: is told how far the reading is.

    Raises:
        ValueError: if there is no such form or view, or a library that it needs is not installed.
    """
    write = FORMS.get(form)
    if write is None:
        raise ValueError(f"there is no format {form!r}; there are: {', '.join(FORMS)}")
    chosen = _chosen(form, views)
    out = out or observatory.settings.data_dir / "export" / form
    with reading(observatory.engine) as reader, filled_at_once(out) as folder:
        sources = reader.sources()
        head = _head(reader, form, sources)
        about = {name: str(value) for name, value in head.items() if isinstance(value, str)}
        job = _Job(reader, folder, chosen, about, sources, tell or _tell_nobody)
        files, notes = write(job)
        manifest = head | {
            "notes": list(notes),
            "files": [_file(folder, file) for file in files],
            "sources": [_source(source) for source in sources],
        }
        written = json.dumps(manifest, ensure_ascii=False, indent=1)
        (folder / f"manifest-{form}.json").write_text(written, encoding="utf-8")
    return manifest | {"folder": str(out)}


def _tell_nobody(view: str, rows: int) -> None:
    del view, rows


def _chosen(form: str, views: Sequence[str]) -> Sequence[str]:
    if form in _GRAPHS:
        if views:
            raise ValueError(f"{form} is made of {', '.join(LISTING_VIEWS)}: leave out --view")
        return LISTING_VIEWS
    unknown = [view for view in views if view not in public_tables()]
    if unknown:
        there_are = ", ".join(public_tables())
        raise ValueError(f"there is {none_called('view', unknown, public_tables())}; there are: {there_are}")
    return tuple(dict.fromkeys(views)) or tuple(public_tables())


def _table(view: str) -> Table:
    public = public_tables()[view]
    columns = tuple(Column(c.name, c.kind, c.meaning, c.vocabulary) for c in public.columns)
    return Table(public.name, public.meaning, columns)


# --------------------------------------------------------------------------------------
# The manifest
# --------------------------------------------------------------------------------------


def _head(reader: PublicReader, form: str, sources: Sequence[SourceTerms]) -> dict[str, Any]:
    now = datetime.now(UTC).replace(microsecond=0)
    looks = [source.last_look for source in sources if source.last_look is not None]
    seen = f"seen until {max(looks):%d %B %Y}" if looks else "read"
    cited = f"Microcred Observatory {code_version()}. {len(sources)} catalogues {seen}. Exported {now:%d %B %Y}."
    return {
        "format": form,
        "exported": printed_time(now),
        "code_version": code_version(),
        "database": reader.dialect,
        "database_revision": reader.revision or "",
        "snapshots": reader.snapshots(),
        "citation": cited,
        "terms": "What catalogues print is under their own terms, which stand with each of the sources.",
    }


def _file(folder: Path, file: Written) -> dict[str, Any]:
    path = folder / file.name
    return {
        "name": file.name,
        "rows": file.rows,
        "bytes": path.stat().st_size,
        "sha256": digest_of(path),
        "notes": list(file.notes),
    }


def _source(source: SourceTerms) -> dict[str, Any]:
    return {
        "source": source.source,
        "name": source.name,
        "country": source.country,
        "terms_url": source.terms_url,
        "terms_checked": source.terms_checked.isoformat(),
        "terms_note": source.terms_note,
        "last_look": source.last_look and printed_time(source.last_look),
    }


# --------------------------------------------------------------------------------------
# The forms: what they load is loaded when they are asked for
# --------------------------------------------------------------------------------------

_Made = tuple[Iterable[Written], Iterable[str]]
"""The files that were written, and what a reader of any of them must know."""


def _csv(job: _Job) -> _Made:
    from publishing.csv_files import NOTES, write_csv

    return [write_csv(job.folder, filled) for filled in job.filled()], NOTES


def _parquet(job: _Job) -> _Made:
    try:
        from publishing.parquet_files import NOTES, write_parquet
    except ModuleNotFoundError as missing:
        raise ValueError("Parquet needs pyarrow: pip install 'microcred-observatory[parquet]'") from missing
    return [write_parquet(job.folder, filled) for filled in job.filled()], NOTES


def _excel(job: _Job) -> _Made:
    from publishing.excel_files import NOTES, write_excel

    return [write_excel(job.folder, job.filled(), dict(job.about) | {"notes": "\n".join(NOTES)})], NOTES


def _package(job: _Job) -> _Made:
    from publishing.data_packages import NOTES, write_package

    return write_package(job.folder, job.filled(), job.about, [_source(source) for source in job.sources]), NOTES


def _sqlite(job: _Job) -> _Made:
    from publishing.sqlite_files import NOTES, write_sqlite

    return write_sqlite(job.folder, job.filled(), job.about), NOTES


def _schema_org(job: _Job) -> _Made:
    from publishing.schema_org import NOTES, write_schema_org

    return [write_schema_org(job.folder, job.listings())], NOTES


def _elm(job: _Job) -> _Made:
    from publishing.elm import NOTES, write_elm

    return [write_elm(job.folder, job.listings(), {one.source: one.language for one in job.sources})], NOTES


FORMS: Mapping[str, Callable[[_Job], _Made]] = {
    "csv": _csv,
    "parquet": _parquet,
    "excel": _excel,
    "package": _package,
    "jsonld": _schema_org,
    "elm": _elm,
    "sqlite": _sqlite,
}
"""How each format is written, by the name the command line gives it."""
_GRAPHS = frozenset({"jsonld", "elm"})
