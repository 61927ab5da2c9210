"""An archived page as it was read: shown in a frame that runs nothing and asks nobody for anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from models.queries import CapturedPage, captured_page
from web.asked import address
from web.reach import Reach
from web.words import web_address

FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""Content-Security-Policy of what stands in the frame: no script, no request, no form, an origin of its own."""
TEXT_SHOWN = 2_000_000
"""How many characters of a page are shown as text."""
# A policy does not keep a browser from opening connections ahead of time, nor from following a refresh in a frame
# that it does not know as a sandbox: these elements draw nothing and are left out. What guards is the policy.
_LEFT_OUT = re.compile(
    r"<script\b.*?</script\s*>|</?(?:script|link|base|iframe|frame|frameset|object|embed)\b[^>]*>|<meta\b[^>]*http-equiv[^>]*>",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """Where an archived page is shown: the page around it, and the frame with it, as a page or as text."""

    captured: CapturedPage
    is_html: bool
    source: str
    link: str | None
    frame: str
    as_text: str


def archived_page(reach: Reach, source: str, as_of: datetime, url: str) -> ArchivedPage | None:
    """Return the archived page of an address in the run of a source at a time, ``None`` if it was not archived."""
    found = captured_page(reach.engine, source, as_of, url)
    if found is None:
        return None
    asked = {"as_of": as_of.isoformat().replace("+00:00", "Z"), "url": url}
    return ArchivedPage(
        captured=found,
        is_html=is_html(found.content_type),
        source=source,
        link=web_address(found.final_url),
        frame=address(f"/raw/{source}", asked),
        as_text=address(f"/raw/{source}", {**asked, "as": "text"}),
    )


def is_html(content_type: str) -> bool:
    """Return whether a Content-Type is that of a page that a browser draws."""
    return content_type.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}


def without_active_parts(html: str) -> str:
    """Return HTML without the elements that a policy alone does not silence."""
    return _LEFT_OUT.sub("", html)
