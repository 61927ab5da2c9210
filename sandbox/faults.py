"""What can go wrong with a host, on purpose.

Kinds of faults, and their options besides those of ``Fault``. Further kinds are the lies about contents
(``sandbox.lies``) and the pretences (``sandbox.pretences``), of which ``yesterday`` takes the ``day`` that is given.

========== =====================================================================================================
status     answers ``status`` (403, 404, 429, 500 ...), with ``retry_after`` seconds in a header if given
empty      a valid answer of a catalogue that lists nothing
challenge  200 with a page of HTML that asks for a browser, as bot protection sends it
truncate   the body is cut in half, with a Content-Length that agrees: only its contents betray it
reset      the connection is closed in the middle of the body
lie        the charset in Content-Type is not that of the body
offsite_next  the link to the next page leads to another host
slow       the answer comes after ``seconds``
========== =====================================================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sandbox.formats.shared import Answer
from sandbox.lies import KINDS as LIES
from sandbox.pretences import PRETENCES

OF_CONNECTIONS = ("status", "empty", "challenge", "truncate", "reset", "lie", "offsite_next", "slow")
KINDS: tuple[str, ...] = (*OF_CONNECTIONS, *LIES, *PRETENCES)

OFFSITE = "mirror.invalid"
"""Where ``offsite_next`` leads; the domain exists nowhere (RFC 2606)."""

_CHALLENGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><h1>Checking your browser</h1><noscript>Enable JavaScript and cookies to continue</noscript>
<div id="challenge-error-text" class="cf-challenge"></div></body></html>
"""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault of a host.

    ``path`` limits it to addresses (path and query) that contain these words. Without it every address is concerned but
    ``/robots.txt``, since a host whose robots.txt fails is another case, to be asked for by name. ``times`` is after
    how many answers the fault is over (``None``: never).
    """

    kind: str
    path: str | None = None
    times: int | None = None
    status: int = 500
    retry_after: int | None = None
    seconds: float = 1.0
    day: date | None = None

    def __post_init__(self) -> None:
        """Refuse kinds that do not exist."""
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are: {', '.join(KINDS)}")

    def concerns(self, address: str) -> bool:
        """Whether the fault strikes an answer for ``address`` (path and query)."""
        if self.times == 0:
            return False
        return address != "/robots.txt" if self.path is None else self.path in address

    def count(self) -> None:
        """Note that the fault struck once."""
        if self.times is not None:
            self.times -= 1


def spoilt(fault: Fault, answer: Answer) -> Answer:
    """Return ``answer`` as a host with ``fault`` gives it; faults of the connection leave it as it is."""
    if fault.kind == "status":
        return Answer(b"<html><body>Not available.</body></html>", "text/html; charset=utf-8", fault.status)
    if fault.kind == "challenge":
        return Answer(_CHALLENGE.encode(), "text/html; charset=utf-8")
    if fault.kind == "truncate":
        return Answer(answer.body[: len(answer.body) // 2], answer.content_type, answer.status)
    if fault.kind == "lie":
        media_type = answer.content_type.partition(";")[0]
        return Answer(answer.body, f"{media_type}; charset=utf-16", answer.status)
    if fault.kind == "offsite_next":
        return Answer(_led_away(answer.body), answer.content_type, answer.status)
    return answer


_NEXT = re.compile(
    rb"""("next":\ ?"|<(?:atom:link|a)\ (?:rel|class)="next"\ href=")  # the next link of each format that has one
         (?:https://[^/"]+)?/""",
    re.VERBOSE,
)


def _led_away(body: bytes) -> bytes:
    return _NEXT.sub(rb"\1https://" + OFFSITE.encode() + b"/", body)
