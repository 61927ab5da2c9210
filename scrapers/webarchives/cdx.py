"""The CDX server API: questions to an index of captures, and its answers in the dialects that are spoken.

``wayback`` is the Internet Archive's own (README of wayback-cdx-server in https://github.com/internetarchive/wayback):
``output=json`` is one list of rows whose first is the header, and a key to resume with follows an empty row. ``pywb``
(https://pywb.readthedocs.io, "CDXJ Server API"; Common Crawl runs it too) prints one JSON object a line, calls
``original`` ``url``, ``mimetype`` ``mime`` and ``statuscode`` ``status``, knows no ``collapse`` and no key to resume,
and finds nothing for ``*`` beside ``matchType``. Which one an archive speaks is told from its answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from scrapers.webarchives.captures import (
    REVISIT,
    ArchivedCapture,
    BodyPlace,
    parsed_timestamp,
    without_default_port,
)
from scrapers.webarchives.errors import IndexUnreadable

Dialect = Literal["wayback", "pywb"]
Match = Literal["exact", "prefix", "host", "domain"]
Row = Mapping[str, str]

CELL_CHARACTERS_MAX = 64 * 1024
"""No address in use comes near; a longer cell is damage or an attack."""

ROWS_MAX = 200_000
URL_CHARACTERS_MAX = 8 * 1024
_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
_COLLAPSE = re.compile(r"(timestamp|digest|urlkey|original|mimetype|statuscode|length)(?::([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxQuery:
    """A question to an index.

    ``url`` is an address or part of one; a star at its end means ``prefix``, ``*.`` at its start ``domain``. ``since``
    and ``until`` are the first and the last day (UTC). ``errors``: captures of errors and redirects too, not only of
    pages and revisits. ``filters`` are further ones in the words of the archive that is asked. ``collapse`` is one of
    captures next to each other that share a field or its first characters (``timestamp:6``, ``digest``), and never of
    two addresses. ``limit`` is how many one answer holds at most, not how many there are in all. ``page`` asks for one
    page of an index that is divided.

    Raises:
        ValueError: if a value has no meaning.
    """

    url: str
    match: Match = "exact"
    since: date | None = None
    until: date | None = None
    errors: bool = False
    filters: tuple[str, ...] = ()
    collapse: str = ""
    limit: int = 1000
    page: int | None = None

    def __post_init__(self) -> None:
        if not self.url.strip("* "):
            raise ValueError("a question to an index needs an address")
        if self.limit < 1 or (self.page is not None and self.page < 0):
            raise ValueError(f"limit is at least 1, page at least 0: {self.limit}, {self.page}")
        if self.collapse and not _COLLAPSE.fullmatch(self.collapse):
            raise ValueError(f"collapse is a field of the index, with a number of characters: {self.collapse!r}")

    @property
    def scope(self) -> tuple[str, Match]:
        """The address without stars, and how it is matched: stars beside ``matchType`` find nothing in pywb."""
        if self.url.startswith("*."):
            return self.url[2:].rstrip("*"), "domain"
        if self.url.endswith("*"):
            return self.url.rstrip("*"), "prefix"
        return self.url, self.match

    def parameters(
        self, *, dialect: Dialect | None, resume_key: str | None = None, limited: bool = True, count: bool = False
    ) -> str:
        """Return the query of the address to ask.

        Args:
            dialect: the one spoken, if known. Before that, only what means the same in both, or nothing, is asked.
            resume_key: where the last answer ended.
            limited: whether to bound the answer.
            count: ask for the number of pages, not for captures.
        """
        url, match = self.scope
        values = [("url", url), ("matchType", match), ("output", "json")]
        values += [("from", f"{self.since:%Y%m%d}")] if self.since else []
        values += [("to", f"{self.until:%Y%m%d}")] if self.until else []
        if not self.errors:
            # Inverted, so that revisits ("-", or no status at all) stay in. Without its mark for regular expressions,
            # pywb looks for these very characters, finds none and keeps everything.
            values += [("filter", "!~status:[345].." if dialect == "pywb" else "!statuscode:[345]..")]
        values += [("filter", words) for words in self.filters]
        if count:
            return urlencode([*values, ("showNumPages", "true")])
        # The Wayback Machine compares neighbours without regard to their addresses.
        if self.collapse and dialect != "pywb" and (match == "exact" or self.collapse == "urlkey"):
            values.append(("collapse", self.collapse))
        if self.page is not None:
            values.append(("page", str(self.page)))
        elif limited:
            values.append(("limit", str(self.limit)))
            values += [("showResumeKey", "true")] if dialect != "pywb" else []
        values += [("resumeKey", resume_key)] if resume_key else []
        return urlencode(values)


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """One answer of an index: rows under the names of the ``wayback`` dialect, and the key to ask for the next ones.

    ``dialect`` is ``None`` where an empty answer does not tell. ``damaged`` says what is wrong with rows left out.
    """

    dialect: Dialect | None
    rows: tuple[Row, ...]
    resume_key: str | None = None
    damaged: tuple[str, ...] = ()


def read_index(body: bytes, url: str) -> IndexAnswer:
    """Return what an index answered to ``url``, in whatever dialect.

    Raises:
        IndexUnreadable: if it is no index at all, or not a whole one.
    """
    text = body.decode("utf-8", "replace").strip().removeprefix("\ufeff")
    if text.startswith("["):
        return _list_of_rows(text, url)
    if text.startswith("{"):
        return _lines(text, url)
    if not text:
        return IndexAnswer(None, ())
    kind = "a page of HTML" if text.startswith("<") else "neither JSON nor lines of JSON"
    raise IndexUnreadable(f"{kind} where an index was asked for: {text[:100]!r}", url)


def read_count(body: bytes, url: str) -> int:
    """Return the number of pages that an index states: a number, or an object with ``pages``.

    Raises:
        IndexUnreadable: if it states none.
    """
    value = _json(body.decode("utf-8", "replace").strip() or "null", url)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("pages")
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:9])
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise IndexUnreadable(f"no number of pages: {body[:100]!r}", url)
    return value


def capture_of(row: Row, place: BodyPlace) -> ArchivedCapture:
    """Return the capture that a row of an index names.

    Raises:
        ValueError: if it has no address or no time.
    """
    url = row.get("original", "")
    if len(url) > URL_CHARACTERS_MAX or not url.lower().startswith(("http://", "https://")):
        raise ValueError(f"not the address of a page: {url[:100]!r}")
    status = row.get("statuscode", "")
    mime_type = row.get("mimetype", "")
    return ArchivedCapture(
        url=without_default_port(url),
        at=parsed_timestamp(row.get("timestamp", "")),
        status=int(status) if re.fullmatch("[1-9][0-9]{2}", status) else None,
        content_type="" if mime_type in {"-", "unk"} else mime_type,
        digest=row.get("digest", "").strip("-"),
        length=_whole(row.get("length", "")),
        place=place,
        revisit=mime_type == REVISIT or row.get("orig.filename", "-") != "-",
        truncated=row.get("truncated") or None,
    )


def is_error(row: Row) -> bool:
    """Whether a row is of a capture that ``CdxQuery.errors`` asks for: a redirect or an error."""
    return re.fullmatch("[345][0-9]{2}", row.get("statuscode", "")) is not None


class Neighbours:
    """Leaves out rows that share a field with the row before them, as ``CdxQuery.collapse`` says.

    The archive does that for one answer; over several answers, and where it cannot, it is done here.
    """

    def __init__(self, collapse: str) -> None:
        found = _COLLAPSE.fullmatch(collapse)
        self._field = found.group(1) if found else ""
        self._characters = int(found.group(2)) if found and found.group(2) else None
        self._last: tuple[str, str] | None = None

    def __call__(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows that stay; the last one is remembered for the next call."""
        for row in rows:
            if self._field:
                shared = (row.get("urlkey") or row.get("original", ""), row.get(self._field, "")[: self._characters])
                if shared == self._last:
                    continue
                self._last = shared
            yield row


def _list_of_rows(text: str, url: str) -> IndexAnswer:
    value = _json(text, url)
    if not all(isinstance(row, list) for row in value):
        raise IndexUnreadable("an index is a list of rows", url)
    if not value or not any(value):
        return IndexAnswer("wayback", ())
    _bounded(len(value), url)
    header = value[0]
    if not {"timestamp", "original"} <= {name for name in header if isinstance(name, str)}:
        raise IndexUnreadable(f"the first row is no header: {str(header)[:100]}", url)
    rows, key = value[1:], None
    if len(rows) >= 2 and rows[-2] == []:
        if len(rows[-1]) != 1:
            raise IndexUnreadable("the row after the empty one holds no key to resume with", url)
        key = _cell(rows[-1][0], url)
        rows = rows[:-2]
    return _answer("wayback", (_paired(header, row, url) for row in rows if row), key, url)


def _paired(header: list[Any], row: list[Any], url: str) -> dict[str, str] | str:
    cells = [_cell(value, url) for value in row]
    if len(cells) != len(header):
        return f"a row of {len(cells)} cells under {len(header)} names: {str(cells)[:200]}"
    return dict(zip(map(str, header), cells, strict=True))


def _lines(text: str, url: str) -> IndexAnswer:
    lines = text.split("\n")
    _bounded(len(lines), url)
    return _answer("pywb", (_named(line, url) for line in lines if line.strip()), None, url)


def _named(line: str, url: str) -> dict[str, str]:
    value = _json(line, url)
    if not isinstance(value, dict):
        raise IndexUnreadable(f"a line is no object: {line[:100]!r}", url)
    row = {_NAMES.get(str(name), str(name)): _cell(cell, url) for name, cell in value.items()}
    if "timestamp" not in row:
        said = value.get("message") or value.get("error")
        raise IndexUnreadable(f"the index says: {str(said)[:200]}" if said else "a line without a time", url)
    return row


def _answer(dialect: Dialect, found: Iterable[dict[str, str] | str], key: str | None, url: str) -> IndexAnswer:
    rows, damaged = [], []
    for row in found:
        if isinstance(row, str):
            damaged.append(row)
        else:
            rows.append(row)
    if damaged and not rows:
        raise IndexUnreadable(f"not one whole row: {damaged[0]}", url)
    return IndexAnswer(dialect, tuple(rows), key, tuple(damaged))


def _json(text: str, url: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IndexUnreadable(f"damaged or cut JSON: {str(error)[:200]}", url) from error


def _cell(value: Any, url: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise IndexUnreadable(f"a cell is a text, not {type(value).__name__}", url)
    if len(value) > CELL_CHARACTERS_MAX:
        raise IndexUnreadable(f"a cell of {len(value):,} characters", url)
    return value


def _bounded(count: int, url: str) -> None:
    if count > ROWS_MAX:
        raise IndexUnreadable(f"{count:,} rows in one answer, more than the {ROWS_MAX:,} that are read", url)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else None
