"""Templates filled, and the headers of every answer: nothing from elsewhere, no script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import asked, documents, words

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: no script at all, and nothing from another host."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ROOMS = (
    ("/", "Overview"), ("/explore", "Explore"), ("/trends", "Trends"), ("/sources", "Sources"),
    ("/method", "Method"), ("/dictionary", "Dictionary"),
)  # fmt: skip
"""Address and name of the pages that every page links to."""


_ALSO: ContextVar[Sequence[tuple[str, str]]] = ContextVar("also", default=())
"""Pages that this application has besides ``ROOMS``: one process may serve several applications."""


class Headers:
    """Puts ``HEADERS`` on every answer that does not set them itself, and ``also`` into the menu of every page."""

    def __init__(self, app: ASGIApp, also: Sequence[tuple[str, str]] = ()) -> None:
        self._app, self._also = app, also

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        _ALSO.set(self._also)
        await self._app(scope, receive, with_headers)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (files("web") / "static" / "style.css").read_bytes()
    shared: MutableMapping[str, Any] = environment.globals
    shared.update(
        address=asked.address,
        document_address=documents.address_of,
        number=words.number,
        plain=words.plain,
        style=f"/static/style.css?{hashlib.sha256(style).hexdigest()[:12]}",
    )
    return environment


def page(template: str, title: str, here: str = "", status: int = 200, **shown: Any) -> HTMLResponse:
    """Return a template filled, as an answer.

    Args:
        template: its name in ``web/templates`` without ``.html``.
        title: of the page, for the window.
        here: the address in ``ROOMS`` that the page belongs to.
        status: HTTP status.
        shown: what the template shows.
    """
    return HTMLResponse(filled(template, title, here=here, **shown), status_code=status)


def filled(template: str, title: str, **shown: Any) -> str:
    """Return a template filled; whatever is shown is escaped."""
    return _environment().get_template(f"{template}.html").render(
        title=title, rooms=(*ROOMS, *_ALSO.get()), **shown
    )  # fmt: skip
