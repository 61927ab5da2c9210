"""Declarations of sources: a folder with a ``source.toml`` is a source, and nothing else registers it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import tomli

from models.records import COMPARED_FACTS, ArchivedAddresses, Expectations, Format, KeyPlace, Source, Terms
from models.vocab import vocabulary
from scrapers.scraper import Scraper

_SOURCES = "scrapers.sources"
_PLATFORMS = "scrapers.platforms"
DIRECTORY_VARIABLE = "MICROCRED_SOURCES_DIR"
"""The environment variable that names a further directory of source folders, beside those of the package."""

_EVIDENCE = ("documented", "recorded", "third-party", "assumed")

Check = Callable[[Any], bool]


class SourceInvalid(ValueError):
    """A ``source.toml`` that does not say what it must. The message names the file, the key and what is expected."""


@cache
def discover() -> Mapping[str, Source]:
    """Return all declared sources by slug, in alphabetical order: those of the package and of ``DIRECTORY_VARIABLE``.

    A folder of one's own goes before one of the package with the same name.

    Raises:
        SourceInvalid: if a declaration is not valid.
    """
    folders = {folder.name: folder for place in _places() for folder in _folders(place)}
    return {name: load_source(folders[name]) for name in sorted(folders)}


def own_directory() -> Path | None:
    """Return the further directory of sources that the environment names, if any."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    return Path(named) if named else None


def _places() -> list[Traversable]:
    own = own_directory()
    if own is not None and not own.is_dir():
        raise SourceInvalid(f"{DIRECTORY_VARIABLE}: there is no directory {own}")
    return [files(_SOURCES), *([own] if own is not None else [])]


def _folders(place: Traversable) -> list[Traversable]:
    return [folder for folder in place.iterdir() if (folder / "source.toml").is_file()]


def scraper_for(source: Source, day: date) -> Scraper:
    """Return the scraper of ``source`` in the format that was in force on ``day``.

    Raises:
        SourceInvalid: if the platform it names does not exist.
    """
    form = source.format_on(day)
    module = _platform(form.platform) if form.platform else _own_scraper(source.slug, form.scraper)
    scraper: Scraper = module.Catalogue(source, form)
    return scraper


def _platform(name: str) -> ModuleType:
    try:
        return import_module(f"{_PLATFORMS}.{name}")
    except ModuleNotFoundError as error:
        raise SourceInvalid(f"there is no {_PLATFORMS}.{name}") from error


def _own_scraper(slug: str, name: str) -> ModuleType:
    own = own_directory()
    file = own / slug / f"{name}.py" if own is not None else None
    if file is None or not file.is_file():
        return import_module(f"{_SOURCES}.{slug}.{name}")
    spec = spec_from_file_location(f"{slug}_{name}", file)
    if spec is None or spec.loader is None:
        raise SourceInvalid(f"{file} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_source(folder: Traversable) -> Source:
    """Return the source that ``folder/source.toml`` declares; the folder's name is its slug.

    Raises:
        SourceInvalid: if a key is unknown, missing, or of a wrong kind.
    """
    where = f"{folder.name}/source.toml"
    try:
        data = tomli.loads((folder / "source.toml").read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceInvalid(f"{where}: {error}") from error
    top = _Table(where, data)
    source = _source(folder.name, top)
    top.nothing_left()
    _has_scraper(folder, source)
    return source


def _source(slug: str, top: _Table) -> Source:
    formats = _formats(top)
    needs_key = top.take("needs_key", lambda v: isinstance(v, str), "the name of a setting", "")
    return Source(
        slug=slug,
        name=top.take("name", _is_text, "a text"),
        kind=top.word("kind", "source_kind"),
        country=top.take("country", _is_country, "an ISO 3166-1 alpha-2 code"),
        language=top.take("language", _is_text, "a BCP 47 tag"),
        formats=formats,
        cadence=top.word("cadence", "cadence"),
        complete=top.take("complete", lambda v: isinstance(v, bool), "true or false"),
        terms=_terms(top.table("terms")),
        evidence=top.take("evidence", lambda v: v in _EVIDENCE, f"one of {', '.join(_EVIDENCE)}"),
        evidence_note=top.take("evidence_note", _is_text, "a text"),
        needs_key=needs_key,
        key=_key(top) if needs_key else None,
        hosts=_hosts(top, formats),
        headers=top.take("headers", _are_headers, "a table of headers that are not ours to set otherwise", {}),
        pace_seconds=float(top.take("pace_seconds", _is_positive, "a number above 0", 1.0)),
        concurrency=top.take("concurrency", lambda v: isinstance(v, int) and 1 <= v <= 4, "1 to 4", 1),
        retired=top.take("retired", lambda v: type(v) is date, "a date", None),
        expect=_expectations(top.table("expect", optional=True)),
        lookups=_lookups(top.table("lookups", optional=True)),
        framework=top.take("framework", _is_text, "the name of a framework of qualifications", ""),
        programme=top.take("programme", _is_pattern_with_a_group, "a regular expression with a group", ""),
        trust_signals=top.take("trust_signals", lambda v: isinstance(v, bool), "true or false", True),
    )


class _Table:
    """One table of a declaration, whose keys are taken one by one, so that what is left over is unknown."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self.values = dict(values)

    def take(self, key: str, check: Check, expected: str, *default: Any) -> Any:
        if key not in self.values:
            if default:
                return default[0]
            raise SourceInvalid(f"{self.where}: {key} is missing; it is {expected}")
        value = self.values.pop(key)
        if not check(value):
            raise SourceInvalid(f"{self.where}: {key} = {value!r} is not {expected}")
        return value

    def word(self, key: str, name: str) -> str:
        words = vocabulary(name)
        value: str = self.take(key, lambda v: isinstance(v, str) and v in words, f"one of {', '.join(words)}")
        return value

    def table(self, key: str, *, optional: bool = False) -> _Table:
        if optional and key not in self.values:
            return _Table(f"{self.where} [{key}]", {})
        return _Table(f"{self.where} [{key}]", self.take(key, lambda v: isinstance(v, dict), "a table"))

    def nothing_left(self) -> None:
        if self.values:
            raise SourceInvalid(f"{self.where}: unknown key {', '.join(sorted(self.values))}")


def _formats(top: _Table) -> tuple[Format, ...]:
    earlier = top.take("earlier", lambda v: isinstance(v, list), "an array of tables", [])
    today = _format(top)
    formats = [_earlier(_Table(f"{top.where} [[earlier]]", table)) for table in earlier]
    dated = sorted(formats, key=lambda form: form.until or date.max)
    for before, after in pairwise([*dated, today]):
        if before.until == after.until or (after.since and before.until and after.since < before.until):
            raise SourceInvalid(f"{top.where}: two formats hold before {before.until}; each day has one")
    return (today, *dated)


def _format(table: _Table, until: date | None = None) -> Format:
    return Format(
        platform=table.take("platform", _is_text, "the name of a platform", None),
        start=tuple(table.take("start", _are_addresses, "a list of https addresses, not empty")),
        options=table.take("options", lambda v: isinstance(v, dict), "a table", {}),
        since=table.take(
            "since", lambda v: type(v) is date and (until is None or v < until), "a date, before until", None
        ),
        until=until,
        archive=_archive(table.table("archive", optional=True)),
        scraper=table.take("scraper", _is_module, "the name of a module in the folder of the source", "scraper"),
    )


def _archive(table: _Table) -> ArchivedAddresses:
    known = ArchivedAddresses()
    addresses = ArchivedAddresses(
        urls=tuple(table.take("urls", _are_archived, "a list of addresses", [])),
        prefixes=tuple(table.take("prefixes", _are_prefixes, "a list of addresses without a query", [])),
        near_days=table.take("near_days", _is_count, "a whole number of days", known.near_days),
        whole_days=table.take("whole_days", _is_count, "a whole number of days", known.whole_days),
    )
    table.nothing_left()
    return addresses


def _earlier(table: _Table) -> Format:
    until = table.take("until", lambda v: type(v) is date, "a date")
    form = _format(table, until)
    table.nothing_left()
    return form


def _key(top: _Table) -> KeyPlace:
    table = top.table("key")
    place = KeyPlace(
        how=table.take("how", _is_text, "a text that says how to get a key"),
        query=table.take("query", _is_text, "the name of a query parameter", ""),
        header=table.take("header", _is_text, "the name of a header", ""),
        prefix=table.take("prefix", lambda v: isinstance(v, str), "a text", ""),
    )
    table.nothing_left()
    if bool(place.query) == bool(place.header):
        raise SourceInvalid(f"{table.where}: either query or header says where the key goes")
    return place


def _terms(table: _Table) -> Terms:
    terms = Terms(
        url=table.take("url", lambda v: isinstance(v, str), "an address (empty if none is known)"),
        checked=table.take("checked", lambda v: type(v) is date, "a date"),
        note=table.take("note", _is_text, "a text"),
    )
    table.nothing_left()
    return terms


def _expectations(table: _Table) -> Expectations:
    known = Expectations()
    bounds = table.table("programmes", optional=True)
    expectations = Expectations(
        programmes_min=bounds.take("min", _is_count, "a whole number", known.programmes_min),
        programmes_max=bounds.take("max", _is_count, "a whole number", known.programmes_max),
        max_drop=table.take("max_drop", _is_share, "a share, 0 to 1", known.max_drop),
        max_duplicates=table.take("max_duplicates", _is_share, "a share, 0 to 1", known.max_duplicates),
        max_growth=table.take("max_growth", _is_factor, "a number, 0 or more", known.max_growth),
        may_change=frozenset(table.take("may_change", _are_facts, "a list of facts that the gates compare", [])),
        fill={**known.fill, **table.take("fill", _are_shares, "a table of shares, 0 to 1", {})},
    )
    bounds.nothing_left()
    table.nothing_left()
    return expectations


def _lookups(table: _Table) -> Mapping[str, Mapping[str, str]]:
    return {key: table.take(key, _are_words, "a table of words and their values") for key in sorted(table.values)}


def _hosts(top: _Table, formats: tuple[Format, ...]) -> tuple[str, ...]:
    further = top.take("hosts", lambda v: isinstance(v, list) and all(map(_is_text, v)), "a list of host names", [])
    started = [urlsplit(url).netloc.lower() for form in formats for url in form.start]
    return tuple(dict.fromkeys([*started, *further]))


def _has_scraper(folder: Traversable, source: Source) -> None:
    for form in source.formats:
        if form.platform is None and not (folder / f"{form.scraper}.py").is_file():
            raise SourceInvalid(f"{folder.name}/source.toml: names no platform, and there is no {form.scraper}.py")
        if form.platform is not None and not (files(_PLATFORMS) / f"{form.platform}.py").is_file():
            raise SourceInvalid(f"{folder.name}/source.toml: platform {form.platform!r} does not exist")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_module(value: Any) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _is_pattern_with_a_group(value: Any) -> bool:
    try:
        return isinstance(value, str) and re.compile(value).groups > 0
    except re.error:
        return False


def _is_country(value: Any) -> bool:
    return isinstance(value, str) and len(value) == len("NL") and value.isascii() and value.isupper()


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_factor(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _are_facts(value: Any) -> bool:
    return isinstance(value, list) and all(fact in COMPARED_FACTS for fact in value)


def _are_shares(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_share(share) for share in value.values())


def _are_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(word, str) for word in value.values())


def _are_headers(value: Any) -> bool:
    ours = {"user-agent", "host", "cookie", "authorization", "accept", "accept-encoding", "referer"}
    if not _are_words(value):
        return False
    return all(n.lower() not in ours and v.isascii() and v.isprintable() for n, v in value.items())


def _are_addresses(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(u, str) and u.startswith("https://") for u in value)
    )


def _are_archived(value: Any) -> bool:
    # Archives are older than https everywhere.
    return isinstance(value, list) and all(isinstance(u, str) and u.startswith(("https://", "http://")) for u in value)


def _are_prefixes(value: Any) -> bool:
    return _are_archived(value) and all("?" not in prefix[:-1] for prefix in value)
