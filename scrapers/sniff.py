"""Pages that say 200 and are none: challenges, refusals, maintenance notes, a log-in page where data was asked for.

Every rule asks for more than one word: the marker of a product or the exact title of its page, and a page too short to
be a catalogue. A course about CAPTCHAs, or a site that a protection service merely watches, must never trip one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Literal

from models.records import Page

Expected = Literal["json", "xml", "html"]

_LOOKED_AT_BYTES = 256 * 1024
_FEW_WORDS = 250
"""Challenge pages measured in the field hold well under a hundred words; a page with more is not taken for one."""

_VERY_FEW_WORDS = 80
"""For the rule that knows no product: a course page with an enquiry form behind a CAPTCHA holds more."""

# Hostile pages are read here: every repetition is bounded, so that no pattern takes quadratic time.
_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_PROLOGUE = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html\b|head\b|body\b|meta\b|title\b|script\b)", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(rb"<input\b[^>]{0,500}\btype\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)
_MARKUP = re.compile(
    rb"<!(?=--).*?(?:-->|\Z)|<(script|style|noscript|template|svg|title).*?(?:</\1|\Z)|<[^>]*>?",
    re.IGNORECASE | re.DOTALL,
)
"""A comment, an element whose text nobody sees, or a tag; each ends with the page at the latest: the walk is linear."""

_TITLES_OF_REFUSALS = {
    "just a moment...": "Cloudflare challenge",
    "attention required! | cloudflare": "Cloudflare: attention required",
    "access to this page has been denied": "HUMAN: access denied",
    "access to this page has been denied.": "HUMAN: access denied",
    "pardon our interruption": "Imperva: pardon our interruption",
    "pardon our interruption...": "Imperva: pardon our interruption",
    "ddos-guard": "DDoS-Guard challenge",
    "sucuri website firewall - access denied": "Sucuri: access denied",
}
"""Whole titles, in lower case, that no course would bear; only on a page of few words."""

_MARKERS_OF_CHALLENGES = (
    (
        re.compile(rb"_cf_chl_opt|/cdn-cgi/challenge-platform/[^\"']{0,200}/orchestrate/|\bcf-chl-"),
        "Cloudflare challenge",
    ),
    (re.compile(rb"Incapsula incident ID"), "Incapsula challenge"),
    (re.compile(rb"id=[\"']main-iframe[\"'][^>]{0,500}_Incapsula_Resource"), "Incapsula challenge"),
    (re.compile(rb"_Incapsula_Resource[^>]{0,1000}id=[\"']main-iframe"), "Incapsula challenge"),
    (re.compile(rb"//[a-z.]{0,60}captcha-delivery\.com/"), "DataDome challenge"),
    (re.compile(rb"id=[\"']px-captcha[\"']"), "HUMAN challenge"),
    (re.compile(rb"/\.well-known/sgcaptcha/"), "SiteGround challenge"),
    (re.compile(rb"\bawsWafCookieDomainList\b"), "AWS WAF challenge"),
    (re.compile(rb"/_sec/cp_challenge/|bm-verify="), "Akamai challenge"),
    (re.compile(rb"The requested URL was rejected\. Please consult with your administrator"), "F5: request rejected"),
    (re.compile(rb"You don't have permission to access .{1,500}on this server", re.DOTALL), "access denied"),
)
"""What only the challenge itself carries, not the scripts the same products put on ordinary pages."""

_CAPTCHA_WIDGET = re.compile(
    rb"class=[\"'][^\"']{0,300}\b(?:g-recaptcha|h-captcha|cf-turnstile)\b|name=[\"']cf-turnstile-response",
    re.IGNORECASE,
)
_CAPTCHA_WORDS = re.compile(
    r"are you (?:a )?(?:human|robot)|you(?:['’]re| are) (?:human|not a robot)|verify (?:that )?you"
    r"|security check|unusual traffic|press (?:and|&) hold|complete the captcha",
    re.IGNORECASE,
)
_MAINTENANCE_TITLE = re.compile(r"\bmaintenance\b|\bunavailable\b|\bbe right back\b|\bback soon\b")
_MAINTENANCE_WORDS = re.compile(
    r"\bback (?:soon|shortly|online)\b|\bundergoing\b|\bdown for\b|\btry again (?:later|soon|shortly|in a)\b"
    r"|\b(?:temporarily|currently) (?:down|unavailable|offline|closed for)\b",
    re.IGNORECASE,
)


def challenge(page: Page) -> str | None:
    """Return the name of the challenge or refusal that ``page`` is, whatever its status, or ``None``."""
    named = _named_by_headers(page.headers)
    if named:
        return named
    if not _is_html(page):
        return None
    if len(page.body) > _LOOKED_AT_BYTES:
        return None
    head = page.body
    words = _visible(head, _FEW_WORDS)
    if words is None:
        return None
    title = _title(head)
    by_marker = next((name for marker, name in _MARKERS_OF_CHALLENGES if marker.search(head)), None)
    return _TITLES_OF_REFUSALS.get(title) or by_marker or _captcha(head, f"{title} {words}")


def sniff(page: Page, expected: Expected | None) -> str | None:
    """Return why ``page`` is not what was asked for although its status says so, or ``None`` if nothing speaks so.

    ``expected`` is what the request accepted; ``None`` if it accepted anything. Whether the page is a ``challenge``,
    which ends a run, is asked before.
    """
    if not _is_html(page):
        return None
    head = page.body[:_LOOKED_AT_BYTES]
    if expected in {"json", "xml"} and _PASSWORD_FIELD.search(head):
        return f"log-in page where {expected.upper()} was asked for"
    if _is_maintenance(head):
        return "maintenance page"
    if expected in {"json", "xml"}:
        return f"HTML where {expected.upper()} was asked for"
    return None


def expected_of(accept: str | None) -> Expected | None:
    """Return what an ``Accept`` header asks for, if it asks for one thing: ``application/json`` -> ``json``."""
    asked = (accept or "").lower()
    found: list[Expected] = [kind for kind in ("json", "xml", "html") if kind in asked.replace("xhtml+xml", "html")]
    return found[0] if len(found) == 1 else None


def _named_by_headers(headers: Mapping[str, str]) -> str | None:
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare challenge"
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return "AWS WAF challenge"
    return None


def _is_html(page: Page) -> bool:
    body = page.body[:_LOOKED_AT_BYTES].removeprefix(b"\xef\xbb\xbf")
    prologue = _PROLOGUE.match(body)
    start = body[prologue.end() :] if prologue else body
    if _HTML_START.match(start):
        return True
    return start.startswith(b"<") and page.content_type.lower().startswith(("text/html", "application/xhtml"))


def _title(head: bytes) -> str:
    found = _TITLE.search(head)
    return " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()).lower() if found else ""


def _captcha(head: bytes, words: str) -> str | None:
    few = len(words.split()) <= _VERY_FEW_WORDS
    return "captcha page" if few and _CAPTCHA_WIDGET.search(head) and _CAPTCHA_WORDS.search(words) else None


def _is_maintenance(head: bytes) -> bool:
    if not _MAINTENANCE_TITLE.search(_title(head)):
        return False  # before its words are counted, which costs more
    words = _visible(head, _VERY_FEW_WORDS)
    return words is not None and _MAINTENANCE_WORDS.search(words) is not None


def _visible(head: bytes, words_max: int) -> str | None:
    """Return the text a person sees, roughly; ``None`` as soon as it has more words than that, as ordinary pages have.

    One pass, linear in the length of the page.
    """
    seen: list[str] = []
    words = at = 0
    for markup in _MARKUP.finditer(head):
        start = markup.start()
        if start > at:
            words += _keep_text(head[at:start], seen)
            if words > words_max:
                return None
        at = markup.end()
    words += _keep_text(head[at:], seen)
    return " ".join(seen) if words <= words_max else None


def _keep_text(piece: bytes, seen: list[str]) -> int:
    """Add a piece of text to what was seen and return the number of its words."""
    if not piece or piece.isspace():
        return 0
    text = piece.decode("utf-8", "replace")
    if "&" in text:
        text = html.unescape(text)
    seen.append(text)
    return len(text.split())
