"""Whole harvests of a small source over connections that break, with statuses of all kinds."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from harvest_faults import (
    Fault,
    Turns,
    endlessly,
    length,
    recover,
    recover_from_each,
    status,
    suffer,
)
from live_site import BASE
from raw_catalogue import COURSES, Looks, catalogue, course, entries, listed
from raw_server import CLOSE, KEEP, RESET, STALL, Answering, Asked, RawServer, Script, answer, head
from sqlalchemy import Engine

from models.records import Outcome

BLOCKED, FAILED, PARTIAL, SUSPECT, OK, UNCHANGED = (
    Outcome.BLOCKED, Outcome.FAILED, Outcome.PARTIAL, Outcome.SUSPECT, Outcome.OK, Outcome.UNCHANGED,
)  # fmt: skip
GZIP = "Content-Encoding: gzip"
PAGE = course(3).encode()
PACKED = gzip.compress(PAGE)
BOMB = gzip.compress(bytes(20_000_000), 9)
NESTED = gzip.compress(BOMB)
EVERY_COURSE = tuple(f"/course/{n}" for n in COURSES)


def after(words: str) -> Script:
    return status("429 Too Many Requests", f"Retry-After: {words}")


def later(**how_long: float) -> Callable[[Asked], Script]:
    """A Retry-After by date, so long from the Date of the same answer."""

    def script(_: Asked) -> Script:
        now = datetime.now(UTC)
        date, until = (format_datetime(at, usegmt=True) for at in (now, now + timedelta(**how_long)))
        return status("429 Too Many Requests", f"Date: {date}", f"Retry-After: {until}")

    return script


def slowly(asked: Asked) -> Script:
    """Every page comes, and none is late by itself."""
    return (0.0 if asked.path == "/robots.txt" else 0.1, *catalogue(asked))


def of_a_course(name: str, said: Answering, words: str, *, times: int = 2) -> Fault:
    return Fault(f"a course: {name}", "tu_next", {"/course/3": said}, PARTIAL, words, requests_max=14 + times)


CONNECTIONS = [
    of_a_course("reset before the head", (RESET,), "Connection reset by peer", times=4),
    of_a_course("reset in the body", (head("Content-Length: 999") + PAGE, 0.02, RESET), "the body broke off"),
    of_a_course("closed in the body", (head("Content-Length: 999") + PAGE, CLOSE), "the body broke off"),
    of_a_course("stalls in the body", (head("Content-Length: 999") + PAGE, STALL), "ReadTimeout"),
    of_a_course("trickles", endlessly(head("Content-Length: 99999"), b" ", 0.05), "no whole answer within 1 s"),
    of_a_course("length too short", (head("Content-Length: 20") + PAGE, KEEP), "RemoteProtocolError"),
    of_a_course("truncated gzip", (length(PACKED[:-20], GZIP), KEEP), "the gzip body ends early"),
    of_a_course("wrong checksum", (length(PACKED[:-6] + b"\0" + PACKED[-5:], GZIP), KEEP), "damaged gzip body"),
    of_a_course("bomb", (length(BOMB, GZIP), KEEP), "body larger than 400000 bytes", times=1),
    of_a_course("nested bomb", (length(NESTED, f"{GZIP}, gzip"), KEEP), "was not asked for", times=1),
    of_a_course("brotli", (length(PAGE, "Content-Encoding: br"), KEEP), "'br' was not asked for", times=1),
    of_a_course("endless body", endlessly(head(), b" " * 65536), "body larger than 400000 bytes", times=1),
    of_a_course("500", status("500 Internal Server Error"), "500 Internal Server Error, 2 attempts"),
    of_a_course("404", status("404 Not Found"), "404 Not Found", times=1),
    of_a_course("redirect in circles", status("302 Found", "Location: /course/3"), "more than 5 redirects", times=6),
    of_a_course("503, and then well", status("503 Busy"), "503 Busy, 2 attempts"),
    Fault("every course resets", "tu_next", dict.fromkeys(EVERY_COURSE, (RESET,)), PARTIAL, "12 pages failed",
          requests_max=3 + 3 * 4 + 2),
    Fault("the list resets", "tu_next", {"/list": (RESET,)}, FAILED, "Connection reset by peer", requests_max=4),
    Fault("the list trickles", "tu_next", {"/list": endlessly(head(), b" ", 0.05)}, FAILED, "no whole answer",
          requests_max=3),
    Fault("the second page of the list breaks off", "tu_next",
          {"/list?page=2": (head("Content-Length: 9999") + listed(2).encode(), CLOSE)}, PARTIAL, "the body broke off"),
    Fault("the second page in JSON is cut", "tu_json",
          {"/api?page=2": answer(entries(2, None)[:200], kind="application/json")}, PARTIAL, "the list breaks off"),
    Fault("the sitemap is cut", "tu_sitemap",
          {"/sitemap.xml": answer(f"<urlset><url><loc>{BASE}/course/0</loc></url><url><lo", kind="application/xml")},
          PARTIAL, "breaks off before its end"),
    Fault("slow for days", "tu_next", {}, PARTIAL, "more than 0.4 s since the first page", ("paging_stopped",),
          otherwise=slowly, limits={"walk_seconds": 0.4}, requests_max=14),
    Fault("nobody is there", "tu_next", dict.fromkeys(("/robots.txt", "/list"), (RESET,)), BLOCKED, "out of reach",
          ("host_refused",), requests_max=2),
]  # fmt: skip

STATUSES = [
    *(
        Fault(f"429 with Retry-After {words!r}", "tu_next", {"/course/3": Turns.of(after(words), answer(PAGE))},
              UNCHANGED, "", paced=True, seconds_min=seconds)
        for words, seconds in (("1", 1.0), ("0", 0.0), ("-5", 0.0), ("soon", 0.0), ("", 0.0), ("1.5", 0.0), ("²", 0.0),
                               ("Mon, 01 Jan 1990 00:00:00 GMT", 0.0), ("Mon, 99 Foo 99999 99:99:99 GMT", 0.0))
    ),
    Fault("429 until a date", "tu_next", {"/course/3": Turns.of(later(seconds=2), answer(PAGE))}, UNCHANGED, "",
          paced=True, seconds_min=1.0),
    *(
        Fault(f"429 until {name}", "tu_next", {"/course/3": said}, PARTIAL, "more than we wait (3 s)", paced=True,
              requests_max=8)
        for name, said in (("a year has gone by", after("31536000")), ("for ever", after("9" * 400)),
                           ("a date in a year", later(days=365)),
                           ("the end of days", after("Fri, 31 Dec 9999 23:59:59 GMT")))
    ),
    Fault("503 in bursts that end", "tu_next",
          dict.fromkeys(("/list", "/course/1", "/course/7"), Turns.of(*[status("503 Busy")] * 2, catalogue)),
          UNCHANGED, "", paced=True, limits={"attempts": 3}, requests_max=21),
    Fault("500 for ever", "tu_next", {"/list": status("500 E"), **dict.fromkeys(EVERY_COURSE, status("500 E"))},
          FAILED, "500 E, 2 attempts", requests_max=3),
    Fault("500 for every course", "tu_next", dict.fromkeys(EVERY_COURSE, status("500 E")), PARTIAL, "12 pages failed",
          requests_max=3 + 2 * 2 + 4),
    Fault("500 for robots.txt", "tu_next", {"/robots.txt": status("500 E")}, BLOCKED, "out of reach: 500 E",
          ("host_refused",), requests_max=2),
    Fault("403 for the list", "tu_next", {"/list": status("403 Forbidden")}, BLOCKED, "403 Forbidden",
          ("host_refused",), requests_max=2),
    Fault("403 for the third course", "tu_next", {"/course/2": status("403 Forbidden")}, BLOCKED, "403 Forbidden",
          ("host_refused",), requests_max=7),
    Fault("401 for a sitemap", "tu_sitemap", {"/sitemap.xml": status("401 Unauthorized")}, BLOCKED, "401 Unauthorized",
          ("host_refused",), requests_max=2),
]  # fmt: skip

FAULTS = [*CONNECTIONS, *STATUSES]


# A part of them; all, on either database, with `make faults`.
@pytest.mark.parametrize("fault", FAULTS[::4], ids=lambda fault: fault.name)
def test_a_harvest_survives(looks: dict[str, Looks], fault: Fault) -> None:
    suffer(looks[fault.slug], fault)


def test_all_is_well_afterwards(looks: dict[str, Looks]) -> None:
    recover(*looks.values())


@pytest.mark.faults
@pytest.mark.usefixtures("_sources")
def test_a_harvest_survives_on_either_database(engine: Engine, server: RawServer, tmp_path: Path) -> None:
    recover_from_each(FAULTS, engine, tmp_path, server)
