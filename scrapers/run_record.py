"""The record that closes the archive file of a run: what was met on the walk, as JSON values, and read back from them.

With it the pages of the file are a walk again, in its order, with everything that is not on a page: failures, problems,
decisions of robots.txt, reasons why the walk is not whole, what signals said. A page that a signal vouched for has no
record in the file; all that is known of it is named, and where its body lies in the file of an earlier run.

Keys beyond those written here are left to whoever closes the file. Files that were written before a key existed lack
it; what it says is then unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.records import EMPTY, ArchivePlace, KnownPage, Page, PageFailure, Problem, Stage

_KEPT_HEADERS = ("content-type", "etag", "last-modified")
"""Headers that a later run needs to know of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkedPage:
    """A page of a walk, as the closing record names it.

    ``offset`` is where its own record lies in the file of the run, in bytes; ``None`` if it has none there.
    ``unchanged`` says whether its body was that of the last archived capture of the address. ``signal`` is what a
    cheaper document said of it. ``vouched`` is the last real answer, if the page was not asked for.
    """

    offset: int | None
    url: str
    final_url: str
    unchanged: bool
    signal: str | None = None
    vouched: KnownPage | None = None


def closing_record(
    *,
    pages: Sequence[Page],
    failures: Iterable[PageFailure],
    problems: Iterable[Problem],
    robots: Mapping[str, str],
    incomplete: Iterable[str],
    blocked: str | None,
    signals: Mapping[str, Mapping[str, int]] = EMPTY,
) -> dict[str, Any]:
    """Return the record of a walk over ``pages``, which are given in the order of the walk."""
    return {
        "pages": len(pages),
        "unchanged": sum(page.unchanged for page in pages),
        "vouched": sum(page.vouched for page in pages),
        "walk": [_page(page) for page in pages],
        "failures": [{"url": f.url, "at": f.at.isoformat(), "status": f.status, "reason": f.reason} for f in failures],
        "problems": [_problem(problem) for problem in problems],
        "robots": dict(robots),
        "incomplete": list(incomplete),
        "blocked": blocked,
        "signals": {kind: dict(counts) for kind, counts in signals.items()},
    }


def pages_in(record: Mapping[str, Any]) -> tuple[WalkedPage, ...] | None:
    """Return the pages of the walk in its order, or ``None`` if the record does not know them."""
    if "walk" not in record:
        return None
    return tuple(
        WalkedPage(
            offset=page["offset"],
            url=page["url"],
            final_url=page.get("final_url", page["url"]),
            unchanged=page.get("unchanged", False),
            signal=page.get("signal"),
            vouched=_last_answer(page) if "vouched" in page else None,
        )
        for page in record["walk"]
    )


def failures_in(record: Mapping[str, Any]) -> tuple[PageFailure, ...]:
    """Return the pages that were due and could not be had."""
    return tuple(
        PageFailure(url=f["url"], at=datetime.fromisoformat(f["at"]), reason=f["reason"], status=f["status"])
        for f in record.get("failures", ())
    )


def problems_in(record: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return the problems met on the walk."""
    return tuple(
        Problem(**{**problem, "stage": Stage(problem.get("stage", Stage.FETCH))})
        for problem in record.get("problems", ())
    )


def _page(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {"offset": page.record.offset if page.record else None, "url": page.url}
    if page.final_url != page.url:
        told["final_url"] = page.final_url
    if page.unchanged:
        told["unchanged"] = True
    if page.signal is not None:
        told["signal"] = page.signal
    if page.vouched:
        told["vouched"] = _told_of_last_answer(page)
    return told


def _told_of_last_answer(page: Page) -> dict[str, Any]:
    assert page.place is not None
    place = page.place
    told = {"file": place.file, "offset": place.offset, "length": place.length, "at": page.at.isoformat()}
    headers = {name: page.headers[name] for name in _KEPT_HEADERS if name in page.headers}
    return told | {"digest": page.digest, "status": page.status, "headers": headers}


def _last_answer(page: Mapping[str, Any]) -> KnownPage:
    told = page["vouched"]
    headers = told["headers"]
    return KnownPage(
        url=page["url"],
        at=datetime.fromisoformat(told["at"]),
        digest=told["digest"],
        place=ArchivePlace(file=told["file"], offset=told["offset"], length=told["length"]),
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        final_url=page.get("final_url"),
        status=told["status"],
        signal=page.get("signal"),
    )


def _problem(problem: Problem) -> dict[str, Any]:
    values = {name: getattr(problem, name) for name in ("code", "message", "field", "words", "ref", "url")}
    return {"stage": problem.stage.value} | {name: value for name, value in values.items() if value is not None}
