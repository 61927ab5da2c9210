"""Faults of a host during a whole harvest, and the proof that each ends with a name and leaves what was known alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from live_site import BASE
from raw_catalogue import COURSES, WAYS, Looks, catalogue, declare
from raw_server import Answering, Asked, RawServer, Script, Step, answer, forever, head
from sqlalchemy import Engine

from flows.observatory import Observatory, open_archive
from flows.settings import Settings
from models.records import Outcome, RunRecord
from models.store import Store
from scrapers.source import DIRECTORY_VARIABLE, discover

SECONDS_MAX = 12.0


@dataclass(frozen=True)
class Turns:
    """Answers to the first, second ... request for a path; the last again and again."""

    answers: tuple[Answering, ...]

    @classmethod
    def of(cls, *answers: Answering) -> Turns:
        return cls(answers)


@dataclass(frozen=True)
class Fault:
    """What the host does instead at some paths, and how the run ends: outcome, words of its reason, problem codes."""

    name: str
    slug: str
    said: Mapping[str, Answering | Turns]
    outcome: Outcome
    words: str
    codes: tuple[str, ...] = ()
    requests_max: int = 20
    otherwise: Callable[[Asked], Script] | None = None
    paced: bool = False
    seconds_min: float = 0.0
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limits that are others than usual."""


def endlessly(first: bytes, *again: Step) -> Answering:
    """``first``, and then the steps for ever."""

    def script(_: object) -> Iterator[Step]:
        yield first
        yield from forever(*again)

    return script


def length(body: bytes, *lines: str) -> bytes:
    """An answer with the length of its body and further lines."""
    return head(f"Content-Length: {len(body)}", *lines) + body


def status(words: str, *lines: str) -> Script:
    """An answer of a status, with further lines."""
    return answer("not now", status=words, headers=lines)


def sitemap(*addresses: str, index: bool = False) -> Script:
    """A sitemap of paths, or an index of them."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(f"<{inner}><loc>{BASE}{address}</loc></{inner}>" for address in addresses)
    return answer(f"<{outer}>{rows}</{outer}>", kind="application/xml")


@contextmanager
def declared(folder: Path) -> Iterator[None]:
    """Let the four ways of the catalogue be the sources there are."""
    declare(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(folder))
        discover.cache_clear()
        yield
    discover.cache_clear()


def first_looks(observatory: Observatory, server: RawServer) -> dict[str, Looks]:
    """Look at all four while all is well."""
    all_well(server)
    looks = {slug: Looks(observatory, server, slug) for slug in WAYS}
    for one in looks.values():
        run = one.look()
        assert (run.outcome, run.new) == (Outcome.OK, len(COURSES)), run
    return looks


def all_well(server: RawServer) -> None:
    """Let the host do what it should."""
    server.forget()
    server.otherwise = catalogue


def suffer(looks: Looks, fault: Fault) -> RunRecord:
    """Harvest while the host misbehaves; check how that ends, and that nothing known is lost or changed by it."""
    before, history = looks.known(), looks.history()
    assert len(before) == len(COURSES)
    _misbehave(looks.server, fault)
    usual, begun = looks.limits, time.monotonic()
    looks.limits = replace(usual, **fault.limits)  # type: ignore[arg-type]  # limits by name
    run = looks.look(paced=fault.paced)
    looks.limits = usual
    seconds, asked = time.monotonic() - begun, looks.server.asked
    assert (run.outcome, fault.words in (run.reason or "")) == (fault.outcome, True), run
    assert fault.seconds_min <= seconds < SECONDS_MAX
    assert set(fault.codes) <= set(looks.problems()), looks.problems()
    assert len(asked) <= fault.requests_max, [(one.path, one.connection, one.before) for one in asked]
    assert {one.host for one in asked} == {"www.tu.example"}
    assert (run.missing, run.withdrawn) == (0, 0), run
    assert looks.known() == before
    assert looks.history() == history
    return run


def recover(*sources: Looks) -> None:
    """Look while all is well again: nothing has changed, and nothing was missed."""
    for looks in sources:
        before = looks.known()
        all_well(looks.server)
        run = looks.look()
        assert run.outcome in {Outcome.OK, Outcome.UNCHANGED}, run
        assert (run.new, run.changed, run.missing, run.withdrawn) == (0, 0, 0, 0), run
        assert looks.known() == before


def recover_from_each(faults: Iterable[Fault], engine: Engine, folder: Path, server: RawServer) -> None:
    """Let each fault be followed by a good look, which finds everything as it was."""
    looks = first_looks(observatory_on(engine, folder, server), server)
    for fault in faults:
        suffer(looks[fault.slug], fault)
        recover(looks[fault.slug])


def observatory_on(engine: Engine, folder: Path, server: RawServer) -> Observatory:
    """An observatory with a database that is there already."""
    settings = Settings(data_dir=folder / "data", loopback_port=server.port, _env_file=None)
    return Observatory(settings=settings, engine=engine, store=Store(engine), archive=open_archive(settings))


def _misbehave(server: RawServer, fault: Fault) -> None:
    all_well(server)
    if fault.otherwise is not None:
        server.otherwise = fault.otherwise
    for path, said in fault.said.items():
        server.on(path, *(said.answers if isinstance(said, Turns) else (said,)))
