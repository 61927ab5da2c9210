"""Any catalogue in JSON, declared: where entries, fields and the next page are found (JMESPath, https://jmespath.org).

Options: ``entries`` (the list of an answer; ``@`` if the answer is the list), ``[options.fields]`` (names of
``scrapers.declared``, each a path or a table with ``path``, ``split``, ``pattern``), ``keep`` (true for entries of the
catalogue; others are no concern), ``[options.offerings]`` (``each`` and the fields of a run), ``total``. Paging is
one of: ``next`` (an address), ``page = {query, first, pages}`` (a number counted up) or ``offset = {query}`` (the
number of entries read so far); none means that one answer lists everything. ``post`` is a JSON body to post to the
start addresses. Besides: what ``scrapers.declared.Rules`` reads.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import jmespath
from jmespath.exceptions import JMESPathError

from models.records import Format, Listing, Page, Problem, Source
from scrapers import signals
from scrapers.declared import OptionsInvalid, Rules, Treatment, Words, listing_names, offering_names, one
from scrapers.decode import PageUnreadable, json_value
from scrapers.fields import Record, RecordInvalid, absolute, each_of
from scrapers.paging import Part, follow, with_query
from scrapers.posting import posted
from scrapers.scraper import Fetch, References, Scraper

_URL_SAFE = ":/?#[]@!$&'()*+,;=%~-._"
_NAMES = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
"""A path of names alone, as most are: it is walked here, at a fifth of the cost."""


class Path:
    """A JMESPath expression of a declaration, and what is done to the texts it finds."""

    def __init__(self, spec: str | Mapping[str, Any], where: str) -> None:
        table = {"path": spec} if isinstance(spec, str) else dict(spec)
        try:
            self._expression = jmespath.compile(table["path"])
        except (JMESPathError, KeyError, TypeError) as error:
            raise OptionsInvalid(f"[options] {where}: {spec!r} is no JMESPath expression: {error}") from error
        self._where = where
        self._names = tuple(table["path"].split(".")) if _NAMES.fullmatch(table["path"]) else ()
        self._treatment = Treatment.of(table, f"[options] {where}")

    def value(self, entry: Any) -> Any:
        """Return what the path finds, of any kind.

        Raises:
            RecordInvalid: if the entry is of a shape that the expression's functions cannot take.
        """
        if self._names:
            for name in self._names:
                entry = entry.get(name) if isinstance(entry, dict) else None
            return entry
        try:
            return self._expression.search(entry)
        except JMESPathError as error:
            raise RecordInvalid(f"{self._where}: {error}") from error

    def texts(self, entry: Any) -> list[str]:
        """Return the texts and numbers that the path finds; truth values as ``true`` and ``false``.

        Raises:
            RecordInvalid: if it finds an object.
        """
        return self._treatment(_texts(self.value(entry), self._where))


class JsonCatalogue(Scraper):
    """A catalogue that is a list of JSON objects, in one answer or in many."""

    accept = "application/json"

    def __init__(self, source: Source, form: Format) -> None:
        super().__init__(source, form)
        options = form.options
        self.rules = Rules.of(options)
        self.entries = Path(options.get("entries", "@"), "entries")
        self._fields = paths(options.get("fields", {}), listing_names(), "fields")
        runs = dict(options.get("offerings", {}))
        self._runs = Path(runs.pop("each"), "offerings.each") if runs else None
        self._run_fields = paths(runs, offering_names(), "offerings")
        self._keep = _path(options, "keep")
        self._total = _path(options, "total")
        self._next = _path(options, "next")
        self._page: Mapping[str, Any] = options.get("page", {})
        self._page_count = Path(self._page["pages"], "page.pages") if "pages" in self._page else None
        self._offset: str | None = options.get("offset", {}).get("query")

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all answers."""
        body = self.format.options.get("post")
        for start in self.format.start:
            address = posted(start, body) if body else start
            async for page in follow(fetch, address, self._part, accept=self.accept):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the listings of one answer."""
        del references
        yield from each_of(self._all(json_value(page)), page, lambda entry: self._listings(entry, page))

    def prepared(self, entry: Any, answer: Any) -> Any:
        """Return an entry as the fields see it."""
        del answer
        return Record(entry).value

    def _all(self, answer: Any) -> Sequence[Any]:
        found = self.entries.value(answer)
        if found is None and answer == []:
            return []
        if not isinstance(found, list):
            raise PageUnreadable(f"there is no list at {self.format.options.get('entries', '@')!r} of the answer")
        return [_Entry(entry, answer) for entry in found]

    def _listings(self, held: _Entry, page: Page) -> list[Listing | Problem]:
        entry = self.prepared(held.value, held.answer)
        if self._keep is not None and not self._keep.value(entry):
            return []
        words = {name: path.texts(entry) for name, path in self._fields.items()}
        ref, url = one(words, "ref"), one(words, "url")
        if ref is None:
            raise RecordInvalid("an entry without 'ref'")
        return [
            self.rules.listing(
                words, ref=ref, url=absolute(page.final_url, url) if url else None, offerings=self._offerings(entry)
            )
        ]

    def _offerings(self, entry: Any) -> list[Words]:
        if self._runs is None:
            return []
        found = self._runs.value(entry) or []
        runs = found if isinstance(found, list) else [found]
        return [{name: path.texts(run) for name, path in self._run_fields.items()} for run in runs]

    def _part(self, page: Page) -> Part:
        answer = json_value(page)
        held = self._all(answer)
        total = self._total.value(answer) if self._total else None
        following = self._following(answer, page, len(held))
        return Part(
            entries=len(held),
            next_url=following,
            total=_whole(total),
            said=signals.entry(repr(one.value) for one in held) if following else None,
        )

    def _following(self, answer: Any, page: Page, count: int) -> str | None:
        if self._next is not None:
            address = self._next.value(answer)
            return quote(address, safe=_URL_SAFE) if isinstance(address, str) and address else None
        if count == 0:
            return None
        if self._page:
            number = _query_number(page.url, self._page["query"], self._page.get("first", 1))
            last = _whole(self._page_count.value(answer)) if self._page_count else None
            if last is not None and number - self._page.get("first", 1) + 1 >= last:
                return None
            return with_query(page.url, **{self._page["query"]: number + 1})
        if self._offset:
            read = _query_number(page.url, self._offset, 0) + count
            total = _whole(self._total.value(answer)) if self._total else None
            return None if total is not None and read >= total else with_query(page.url, **{self._offset: read})
        return None


class Catalogue(JsonCatalogue):
    """The family as a source names it."""


class _Entry:
    """An entry with the answer it stands in."""

    def __init__(self, value: Any, answer: Any) -> None:
        self.value = value
        self.answer = answer


def paths(specs: Mapping[str, Any], names: frozenset[str], where: str) -> dict[str, Path]:
    """Return the paths of a table of fields.

    Raises:
        OptionsInvalid: if a name is unknown or a path no expression.
    """
    unknown = set(specs) - names
    if unknown:
        raise OptionsInvalid(f"[options.{where}]: unknown field {', '.join(sorted(unknown))}")
    return {name: Path(spec, f"{where}.{name}") for name, spec in specs.items()}


def _path(options: Mapping[str, Any], name: str) -> Path | None:
    return Path(options[name], name) if name in options else None


def _texts(value: Any, where: str) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [value]
    if isinstance(value, float) and not isfinite(value):
        raise RecordInvalid(f"{where} finds a number too large to be read")
    if isinstance(value, int | float):
        return [str(int(value)) if value == int(value) else repr(value)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner, where)]
    raise RecordInvalid(f"{where} finds an object, not a text")


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _query_number(url: str, name: str, otherwise: int) -> int:
    found = parse_qs(urlsplit(url).query).get(name, [""])[0]
    return int(found) if found.isascii() and found.isdecimal() else otherwise
