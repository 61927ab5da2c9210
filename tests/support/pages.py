"""Pages for tests of parsing, without a server."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from models.records import Page

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)


def page_of(
    body: bytes | str, content_type: str = "text/html; charset=utf-8", url: str = "https://a.example/x"
) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page(
        url=url,
        final_url=url,
        at=AT,
        status=200,
        content_type=content_type,
        body=raw,
        digest=f"sha256:{hashlib.sha256(raw).hexdigest()}",
    )
