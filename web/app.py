"""The application: addresses and their pages, read-only."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from models.queries import programme_story
from web import archivedpage, documents, explore, measures, pictures, programme, sourcepage, trendpage
from web.asked import NotUnderstood, day, moment
from web.frontpage import front_page
from web.memory import Memory
from web.reach import NotArchived, Reach
from web.showing import Headers, page

log = logging.getLogger(__name__)


def create_app(reach: Reach) -> FastAPI:
    """Return the application over what it is handed. Nothing it does can write."""
    memory = Memory(reach)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        pictures.warm()
        overview(reach, memory)
        search(memory, QueryParams())
        Thread(target=_warm_rules, args=(reach, memory), daemon=True, name="rules").start()
        yield

    # The interactive documentation of FastAPI loads scripts from elsewhere, and this is no interface for programs.
    app = FastAPI(title="Microcred Observatory", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.mount("/static", StaticFiles(packages=[("web", "static")]), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Headers, also=[("/sql/", "SQL")] if reach.sql_console is not None else [])
    if reach.sql_console is not None:
        app.mount("/sql", reach.sql_console, name="sql")
        app.get("/favicon.ico")(lambda: Response(status_code=204))  # its pages name no icon, so browsers ask for this
    app.get("/")(lambda: overview(reach, memory))
    _add_explore(app, memory)
    _add_programme(app, reach)
    _add_archived(app, reach)
    _add_trends(app, reach, memory)
    _add_sources(app, reach, memory)
    _add_documents(app, reach)
    _add_errors(app)
    return app


def overview(reach: Reach, memory: Memory) -> Response:
    """Return the front page."""
    front = memory.answer("front", lambda: front_page(reach, memory) or "none taken")
    found = None if isinstance(front, str) else front
    return page("front", "Overview", "/", front=found, listed=len(memory.catalogue()))


def _warm_rules(reach: Reach, memory: Memory) -> None:
    """Explain some programme, so that the first reader of another does not wait for the rules to be read."""
    rows = memory.catalogue().frame.head(1)
    for source, ref in zip(rows["source"], rows["ref"], strict=True):
        reach.reasons(source, ref)


def search(memory: Memory, parameters: QueryParams) -> Response:
    """Return the page of the programmes that parameters ask for."""
    asked = explore.asked_of(parameters)
    found = explore.explore_page(memory.catalogue(), asked, memory.programmes_with(asked.wanted.words))
    return page(
        "explore", "Explore", "/explore", found=found, wanted=asked.wanted, sorts=explore.SORT_TITLES,
        definitions=explore.definition_choices(),
    )  # fmt: skip


def _add_explore(app: FastAPI, memory: Memory) -> None:
    @app.get("/explore")
    def explored(request: Request) -> Response:
        return search(memory, request.query_params)

    @app.get("/explore.csv")
    def download(request: Request) -> Response:
        wanted = explore.asked_of(request.query_params).wanted
        lines = explore.csv_lines(memory.catalogue(), wanted, memory.programmes_with(wanted.words))
        return _csv(lines, "programmes.csv")


def _csv(lines: object, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=disposition)  # type: ignore[arg-type]  # an iterator of text


def _add_programme(app: FastAPI, reach: Reach) -> None:
    def shown(source: str, ref: str) -> Response:
        story = programme_story(reach.engine, source, ref)
        if story is None:
            raise HTTPException(404, f"There is no programme {ref[:200]!r} of the source {source[:80]!r}.")
        found = programme.programme_page(story)
        return page("programme", programme.heading(found), "/explore", found=found, reasons=reach.reasons(source, ref))

    @app.get("/programme/{source}")
    def by_parameter(source: str, ref: str = "") -> Response:
        return shown(source, ref)

    @app.get("/programme/{source}/{ref:path}")
    def by_path(source: str, ref: str) -> Response:
        return shown(source, ref)


def _add_archived(app: FastAPI, reach: Reach) -> None:
    def found(request: Request, source: str) -> archivedpage.ArchivedPage:
        as_of, url = moment(request.query_params, "as_of"), request.query_params.get("url", "")
        archived = archivedpage.archived_page(reach, source, as_of, url)
        if archived is None:
            raise HTTPException(404, "No such page lies in the archive of this source at this time.")
        return archived

    @app.get("/page/{source}")
    def around(request: Request, source: str) -> Response:
        archived = found(request, source)
        as_text = request.query_params.get("as") == "text" or not archived.is_html
        return page("archived", "Archived page", "/sources", archived=archived, as_text=as_text)

    @app.get("/raw/{source}")
    def in_frame(request: Request, source: str) -> Response:
        archived = found(request, source)
        policy = {"Content-Security-Policy": archivedpage.FRAME_POLICY}
        try:
            text = reach.page_text(archived.captured.place, archived.captured.content_type)
        except NotArchived as error:
            return PlainTextResponse(f"The page cannot be read back: {error}", status_code=404, headers=policy)
        if archived.is_html and request.query_params.get("as") != "text":
            kept = archivedpage.without_active_parts(text)
            return Response(kept, media_type="text/html; charset=utf-8", headers=policy)
        return PlainTextResponse(text[: archivedpage.TEXT_SHOWN], headers=policy)


def _add_trends(app: FastAPI, reach: Reach, memory: Memory) -> None:
    @app.get("/trends")
    def trends(request: Request) -> Response:
        asked, at = trendpage.asked_of(reach, memory, request.query_params), day(request.query_params, "at")
        if asked is None:
            return page("trends", "Trends", "/trends", found=None)
        key = ("trends", urlencode(asked.parameters(at=str(at))))
        found = memory.answer(key, lambda: trendpage.trend_page(reach, asked, at))
        return page(
            "trends", f"Trends: {found.title}", "/trends", found=found, details=trendpage.DETAILS,
            meaning=measures.meaning_of(found.measure), unit_meanings=measures.UNIT_MEANINGS,
            parts_meanings=measures.PARTS,
        )  # fmt: skip

    @app.get("/trends.csv")
    def download(request: Request) -> Response:
        asked = trendpage.asked_of(reach, memory, request.query_params)
        if asked is None:
            raise HTTPException(404, "No snapshot was taken yet: run `microcred snapshot`.")
        return _csv(trendpage.csv_lines(reach, asked), "trend.csv")


def _add_sources(app: FastAPI, reach: Reach, memory: Memory) -> None:
    @app.get("/sources")
    def sources() -> Response:
        rows = sourcepage.source_rows(reach, memory)
        harvested = [row for row in rows if row.outcome != sourcepage.NEVER]
        others = [row for row in rows if row.outcome == sourcepage.NEVER]
        return page("sources", "Sources", "/sources", harvested=harvested, others=others)

    @app.get("/sources/{slug}")
    def source(request: Request, slug: str) -> Response:
        before = moment(request.query_params, "before") if request.query_params.get("before") else None
        found = sourcepage.source_page(reach, memory, slug, before)
        if found is None:
            raise HTTPException(404, f"There is no source {slug[:80]!r}; the page Sources lists all.")
        return page("source", found.row.name, "/sources", found=found, before=before)


def _add_documents(app: FastAPI, reach: Reach) -> None:
    def shown(name: str, here: str) -> Response:
        there = documents.there_are(reach.documents)
        if reach.documents is None or name not in there:
            raise HTTPException(
                404, f"The document {name[:80]!r} is not here; those that are lie in docs/ of the project."
            )
        found = documents.document(reach.documents, name)
        return page("document", found.title, here, found=found, others=there, name=name)

    @app.get("/method")
    def method() -> Response:
        return shown("methodology", "/method")

    @app.get("/method/{name}")
    def further(name: str) -> Response:
        if name != "methodology" and documents.address_of(name) != f"/method/{name}":
            return RedirectResponse(documents.address_of(name))
        return shown(name, "/method")

    @app.get("/dictionary")
    def dictionary() -> Response:
        return shown("data-dictionary", "/dictionary")


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(NotUnderstood)
    def not_understood(request: Request, error: NotUnderstood) -> Response:
        del request
        return page("error", "Not understood", status=400, heading="This address asks for what there is not",
                    what=f"{error}.", next="Change the address, or begin again from one of these pages.")  # fmt: skip

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        del request
        heading = "There is no such page" if error.status_code == 404 else "This cannot be asked for"
        what = "" if error.detail in {"Not Found", "Method Not Allowed"} else error.detail
        return page("error", heading, status=error.status_code, heading=heading, what=what,
                    next="Search for it, or begin again from one of these pages.")  # fmt: skip

    @app.exception_handler(DBAPIError)
    def no_database(request: Request, error: DBAPIError) -> Response:
        log.error("%s: %s", request.url.path, error)
        heading = "The database does not answer"
        return page("error", heading, status=503, heading=heading, what="",
                    next="Try again in a minute. Who runs this server finds the reason in its log.")  # fmt: skip

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        del request, error  # the server logs it
        return page("error", "Something failed", status=500, heading="Something failed here", what="",
                    next="It is not your address. Who runs this server finds the reason in its log.")  # fmt: skip
