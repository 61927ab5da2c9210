"""Recordings: responses kept in files, given to a scraper in place of a network.

A folder with ``recording.toml``::

    source = "slug"

    [[capture]]
    url = "https://host.example/api/courses"
    at = "2019-10-01T00:00:00Z"       # RFC 3339
    file = "courses.json"             # relative to the folder; may be gzipped (.gz)
    content_type = "application/json"
    status = 200
    match = "path"                    # optional: the query does not matter, and the capture answers once a run

    [sample]                          # optional: only so many pages were asked for, and are asked for in a replay
    pages = 8

    [expect]                          # optional: what a correct harvest of the recording yields, one value a run
    listings = [3767]

Captures of one UTC day are one run; a URL captured again at another time starts another. Runs come in the order of
their times. What was not recorded is a failed page, never a silent skip.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli

from models.records import Origin, Page, Problem, Source, Stage
from scrapers.decode import TEXT_BYTES_MAX
from scrapers.given import GivenPages
from scrapers.scraper import SourceBlocked
from scrapers.sniff import challenge, expected_of, sniff

_ROBOTS = "not asked: replayed from a recording"
_REFUSALS = frozenset({401, 403, 451})
_CAPTURE_KEYS = frozenset({"url", "at", "file", "content_type", "status", "match"})


class RecordingInvalid(ValueError):
    """A recording that cannot be read. The message names the file and what is wrong."""


class CassetteMiss(BaseException):
    """A scraper asked for an address that the recording does not hold, in a test that wants none.

    Not an ``Exception``: nothing that keeps a harvest alive may swallow it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One recorded response. ``by_path``: scheme, host and path decide, and it answers once a run."""

    url: str
    at: datetime
    file: Path
    content_type: str
    status: int
    by_path: bool = False


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """The responses of one run, in the order of the recording. ``as_of`` is the time of the first."""

    as_of: datetime
    captures: tuple[Captured, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording: the slug of its source, its runs in order, and the figures a correct harvest yields.

    ``sample_pages`` is the number of pages after which the recorded walk was ended, ``None`` if it went to its end.
    """

    source: str
    runs: tuple[RecordedRun, ...]
    expect: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sample_pages: int | None = None


def load_recording(directory: Path) -> Recording:
    """Return the recording in ``directory``.

    Raises:
        RecordingInvalid: if it cannot be read.
    """
    file = directory / "recording.toml"
    try:
        data = tomli.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecordingInvalid(
            f"{file}: there is no such file; a recording is a folder with a recording.toml"
        ) from error
    except (OSError, ValueError) as error:
        raise RecordingInvalid(f"{file}: {error}") from error
    source, captures = data.get("source"), data.get("capture")
    if not isinstance(source, str) or not isinstance(captures, list) or not captures:
        raise RecordingInvalid(f'{file}: it needs source = "slug" and at least one [[capture]]')
    found = [_captured(directory, number, capture) for number, capture in enumerate(captures, start=1)]
    return Recording(
        source=source,
        runs=_runs(found),
        expect=_expected(file, data.get("expect", {})),
        sample_pages=_sample(file, data.get("sample", {})),
    )


def between(recording: Recording, since: date, until: date) -> Recording:
    """Return a recording with only the runs of some days (UTC, both included), and what is expected of these."""
    chosen = [number for number, run in enumerate(recording.runs) if since <= run.as_of.date() <= until]
    if len(chosen) == len(recording.runs):
        return recording
    expect = {
        key: [values[number] for number in chosen if number < len(values)] for key, values in recording.expect.items()
    }
    return replace(recording, runs=tuple(recording.runs[number] for number in chosen), expect=expect)


def _captured(directory: Path, number: int, capture: Mapping[str, Any]) -> Captured:
    where = f"{directory / 'recording.toml'}: capture {number}"
    missing = {"url", "at", "file"} - set(capture)
    unknown = set(capture) - _CAPTURE_KEYS
    if missing or unknown:
        raise RecordingInvalid(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    if capture.get("match", "path") != "path":
        raise RecordingInvalid(f'{where}: match is {capture["match"]!r}; the only word for it is "path"')
    status = capture.get("status", 200)
    if not isinstance(status, int):
        raise RecordingInvalid(f"{where}: status is no number: {status!r}")
    file = directory / str(capture["file"])
    if not file.is_file():
        raise RecordingInvalid(f"{where}: there is no file {file}")
    return Captured(
        url=str(capture["url"]),
        at=_time(where, capture["at"]),
        file=file,
        content_type=str(capture.get("content_type", "")),
        status=status,
        by_path="match" in capture,
    )


def _time(where: str, value: Any) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise RecordingInvalid(f"{where}: at is no RFC 3339 time: {value!r}") from error
    if at.tzinfo is None:
        raise RecordingInvalid(f"{where}: at has no time zone: {value!r}")
    return at.astimezone(UTC)


def _expected(file: Path, table: Any) -> Mapping[str, Sequence[Any]]:
    if not isinstance(table, dict) or not all(isinstance(values, list) for values in table.values()):
        raise RecordingInvalid(f"{file}: [expect] holds one list a key, with one value a run")
    return table


def _sample(file: Path, table: Any) -> int | None:
    pages = table.get("pages") if isinstance(table, dict) else table
    if pages is None or (isinstance(pages, int) and pages > 0):
        return pages
    raise RecordingInvalid(f"{file}: [sample] pages is a whole number above 0")


def _runs(captures: Sequence[Captured]) -> tuple[RecordedRun, ...]:
    runs: list[list[Captured]] = []
    for capture in sorted(captures, key=lambda c: c.at):
        if not runs or _starts_another(runs[-1], capture):
            runs.append([])
        runs[-1].append(capture)
    return tuple(RecordedRun(as_of=run[0].at, captures=tuple(run)) for run in runs)


def _starts_another(run: Sequence[Captured], capture: Captured) -> bool:
    if capture.at.date() != run[0].at.date():
        return True
    return any(c.url == capture.url and c.at != capture.at and not (c.by_path and capture.by_path) for c in run)


class RecordedFetch(GivenPages):
    """A ``Fetch`` that answers from one recorded run.

    Answers mean what they mean live: a status other than 200 is a failed page, a 403 or a challenge ends the source.

    Args:
        run: the responses.
        source: whose run it is; only its hosts may be asked for.
        archive: keeps a page and returns it with its place, before anyone parses it.
        strict: raise ``CassetteMiss`` for an address that was not recorded.
    """

    origin = Origin.REPLAY

    def __init__(
        self,
        run: RecordedRun,
        source: Source,
        *,
        archive: Callable[[Page], Page] = lambda page: page,
        strict: bool = False,
    ) -> None:
        super().__init__(source, run.as_of, robots=_ROBOTS)
        self._run = run
        self._archive = archive
        self._strict = strict
        self._answered: set[int] = set()

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the recorded page at ``url``.

        Raises:
            PageFailed: if it was not recorded, or recorded as failed.
            SourceBlocked: if the recorded answer is a refusal.
            CassetteMiss: if it was not recorded and the fetch is strict.
        """
        self._check_host(url)
        captured = self._find(url)
        if captured is None:
            if self._strict:
                raise CassetteMiss(f"the recording holds no answer for {url}")
            raise self._failed(url, "not in the recording")
        return self._answer(url, captured, accept)

    def _find(self, url: str) -> Captured | None:
        for number, captured in enumerate(self._run.captures):
            if not captured.by_path and captured.url == url:
                return captured
            if captured.by_path and number not in self._answered and _path(captured.url) == _path(url):
                self._answered.add(number)
                return captured
        return None

    def _answer(self, url: str, captured: Captured, accept: str | None) -> Page:
        body, damage = _body(captured.file)
        page = Page(
            url=url,
            final_url=url,
            at=captured.at,
            status=captured.status,
            content_type=captured.content_type,
            body=body,
            digest=f"sha256:{hashlib.sha256(body).hexdigest()}",
            headers={"content-type": captured.content_type} if captured.content_type else {},
        )
        page = self._archive(page)
        refusal = f"the answer was {page.status}" if page.status in _REFUSALS else challenge(page)
        if refusal:
            self.problems.append(Problem(stage=Stage.FETCH, code="host_refused", message=refusal, url=url))
            raise SourceBlocked(f"{urlsplit(url).netloc}: {refusal}")
        if page.status != 200:
            raise self._failed(url, f"the answer was {page.status}", page.status)
        wrong = damage or sniff(page, expected_of(accept))
        if wrong:
            raise self._failed(url, wrong, page.status)
        return page


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def _body(file: Path) -> tuple[bytes, str | None]:
    """Return a body, unpacked if the file is gzipped, as far as it can be read, and what is wrong with it."""
    size = file.stat().st_size
    if size > TEXT_BYTES_MAX:
        return b"", f"{size:,} bytes, more than the {TEXT_BYTES_MAX:,} that are read"
    raw = file.read_bytes()
    if file.suffix != ".gz":
        return raw, None
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(raw, TEXT_BYTES_MAX + 1)
    except zlib.error as error:
        return raw, f"not readable as gzip: {error}"
    if len(body) > TEXT_BYTES_MAX:
        return body[:TEXT_BYTES_MAX], f"more than {TEXT_BYTES_MAX:,} bytes when unpacked"
    return (body, None) if unpacker.eof else (body, "the gzip stream is cut off")
