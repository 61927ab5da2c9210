"""One address, one form: the canonical URL of a listing."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from normalise.reading import Reading, Trouble

URL_MOST = 2_000

# Parameters that say where a visitor came from. Parameters that choose what is shown (id, lang, ...) are never here.
_TRACKING = re.compile(
    r"(?:utm|mtm|piwik|matomo|hsa|vero|oly_enc|oly_anon)_\w+|pk_(?:campaign|kwd|keyword|source|medium|content|cid)"
    r"|mc_cid|mc_eid|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|_ga|_gl|_hsenc|_hsmi|hsctatracking|mkt_tok|irclickid|irgwc|ranmid|raneaid|ransiteid"
    r"|s_kwcid|ef_id|epik|srsltid|trk|trkcampaign|wt\.mc_id|mkwid|pcrid",
    re.IGNORECASE,
)
# The number of a visit, as PHP, Java, ASP and ColdFusion write it: another one at every look.
_SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";jsessionid=[\w.!-]*", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[^\s/?#@:\[\]%<>\"'`{}|\\^]+)(?::\d{1,5})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_AROUND = " \u00a0\u200b\ufeff"
# Most addresses are canonical as printed; the way through the library gives the same, at twenty times the cost.
_CANONICAL = re.compile(
    r"https://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+/[\w~/-]*", re.ASCII
)


def canonical_url(words: str, base: str | None = None) -> Reading[str]:
    """Return the canonical form of an http(s) address; a relative one is resolved against ``base``.

    https for http on the default port, host in lower case; default port, user, tracking, session and fragment dropped
    (a fragment that is a route, ``#!`` or ``#/``, chooses a page and stays), unsafe characters percent-encoded. Path
    and all other parameters are kept in their order. The form is a fixed point: applied twice it gives the same.
    """
    text = words.strip(_AROUND)
    if len(text) > URL_MOST or len(base or "") > URL_MOST:
        return Reading(None, Trouble("out_of_range", f"an address longer than {URL_MOST} characters"))
    if _CANONICAL.fullmatch(text):
        return Reading(text)
    return _cached(_CONTROL.sub("", text).strip(_AROUND), base)


@lru_cache(maxsize=4_096)
def _cached(text: str, base: str | None) -> Reading[str]:
    try:
        canonical = _canonical(text, base)
    except ValueError:
        canonical = None
    if canonical is None or len(canonical) > URL_MOST:
        return Reading(None, Trouble("unparsed", "not an http address"))
    return Reading(canonical)


def _canonical(text: str, base: str | None) -> str | None:
    if text.startswith("//") and not base:
        text = "https:" + text
    if base and not _SCHEME.match(text):
        text = urljoin(base, text)
    parts = urlsplit(safe_url_string(text))
    place = _place(parts)
    if place is None:
        return None
    scheme, host = place
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((scheme, host, _SESSION_IN_PATH.sub("", parts.path) or "/", _query(parts.query), fragment))


def _place(parts: SplitResult) -> tuple[str, str] | None:
    """Return scheme and host with a port that is not the default; ``None`` for what is no web address."""
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    host = host.removesuffix(":80" if parts.scheme == "http" else ":443")
    other_port = re.search(r":\d+$", host) is not None
    return (parts.scheme if other_port else "https"), host


def _query(query: str) -> str:
    return "&".join(
        part for part in query.split("&") if part and not _is_of_visit(unquote_plus(part.partition("=")[0]))
    )


def _is_of_visit(name: str) -> bool:
    return bool(_TRACKING.fullmatch(name) or _SESSION.fullmatch(name))
