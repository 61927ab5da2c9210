"""Serving the page: what the room ``web`` is handed of the others, and the server around it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import Engine

from flows.classifying import Rules
from flows.explaining import reasons as explained_reasons
from flows.observatory import open_archive
from flows.publish import Tell
from flows.settings import Settings
from flows.sql_console import exported, require_datasette, sql_console
from models.fact_queries import find_programmes, offerings_summary
from models.read_only import open_to_read
from models.records import ArchivePlace, Page, Source
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.bucket import StorageFailed
from scrapers.decode import PageUnreadable, text
from scrapers.source import discover
from scrapers.status import LIVE_CHECKS, live_checks
from web.reach import LiveCheck, NotArchived, Reach, Reason


@contextmanager
def opened_reach(settings: Settings, *, sql: bool = False, tell: Tell | None = None) -> Iterator[Reach]:
    """Yield what the page reads: the database read-only, the archive, today's rules, declarations, documents.

    Args:
        settings: where the database and the archive are.
        sql: whether the page has the SQL console too; the file that it reads is written if it is not up to date.
        tell: is told how far the writing of that file is.

    Raises:
        NotReadable: if there is no database, or its schema is not the newest.
        ValueError: if the SQL console is asked for and not installed.
    """
    if sql:
        require_datasette()
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    declared = discover()
    archive = open_archive(settings)
    documents = LIVE_CHECKS.parent if LIVE_CHECKS.parent.is_dir() else None
    try:
        yield Reach(
            engine=engine,
            page_text=lambda place, content_type: page_text(archive, place, content_type),
            reasons=lambda source, ref: reasons(engine, declared, source, ref),
            declared=declared,
            live_checks=_checks(LIVE_CHECKS, declared),
            documents=documents,
            sql_console=sql_console(exported(settings, engine, tell), documents) if sql else None,
        )
    finally:
        engine.dispose()


def page_text(archive: Archive, place: ArchivePlace, content_type: str) -> str:
    """Return the text of an archived page.

    Raises:
        NotArchived: if it cannot be read back, or is no text.
    """
    try:
        headers, body = archive.page(place)
        page = Page(
            url="", final_url="", at=datetime.now(UTC), status=200, content_type=content_type, body=body, digest="",
            headers=headers,
        )  # fmt: skip
        return text(page)
    except (ArchiveDamaged, StorageFailed, PageUnreadable) as error:
        raise NotArchived(str(error)) from error


def reasons(engine: Engine, declared: Mapping[str, Source], source: str, ref: str) -> Sequence[Reason]:
    """Return why a programme is classified as it is under today's rules; nothing if its source is not declared."""
    found = [
        one for one in find_programmes(engine, f"{source}/{ref}") if (one.source, one.programme.ref) == (source, ref)
    ]
    if not found or source not in declared:
        return ()
    one = found[0]
    made = Rules(declared[source]).programme(one.programme, one.read_at.date())
    rows = explained_reasons(one.programme, made, offerings_summary(engine, one.programme_id))
    return [Reason(**row) for row in rows]


def _checks(file: Path, declared: Mapping[str, Source]) -> Mapping[str, Sequence[LiveCheck]]:
    if not file.is_file():
        return {}
    return {
        slug: [LiveCheck(on=check["date"], command=check["command"], result=check["result"]) for check in checks]
        for slug, checks in live_checks(file, declared).items()
    }


def is_this_machine(host: str) -> bool:
    """Return whether only this machine can reach a server that listens on ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(reach: Reach, *, host: str, port: int) -> None:
    """Serve the page until it is interrupted; requests are not logged, failures are, on stderr.

    Raises:
        OSError: if nothing can listen there.
    """
    import uvicorn

    from web.app import create_app

    config = uvicorn.Config(create_app(reach), host=host, port=port, log_level="warning", access_log=False)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))  # uvicorn would end the process by itself; this raises what a person is told
        uvicorn.Server(config).run(sockets=[listening])
