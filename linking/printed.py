"""What texts print that tells a course apart: codes of courses and units, addresses, identifiers of registers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from models.records import Programme
from normalise.text import VERBATIM_MOST

_TEXT_MOST = 6_000  # characters of one text that are looked at
_FOUND_MOST = 40  # codes, addresses or identifiers of one listing that are kept

# Codes from memory of what institutions print: KU Leuven (G0A17A), Tartu (LTAT.03.001), Melbourne (COMP90049).
_CODE = re.compile(
    r"\b(?:[A-Z]\d[A-Z]\d{2}[A-Z]|[A-Z]{2,4}\d?[A-Z]{0,3}\.[A-Z\d]{2}\.\d{2,3}"
    r"|[A-Z]{2,5}[ -]?\d{3,6}[A-Za-z]?|[A-Z]\d{3,5})\b"
)
# What looks like a code and names a norm, a law, an exam or a year.
_NO_CODE = re.compile(
    r"(?:ISO|IEC|DIN|EN|BS|NEN|IFRS|IEEE|RFC|EU|UN|COVID|GDPR|CO|SAP|AZ|MS|EUR|USD|GBP|AUD|NZD)[ -]?\d"
)
_KEY_PART = re.compile(r"[A-Za-z]*\d[\w.]*")  # the course in a key of Open edX: 6.00.1x, CS50
_REGISTER = re.compile(
    r"ce-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # CTID of the Credential Registry
    r"|(?<![\d.])1\.2\.246\.562\.(?:13|17)\.\d{11,}",  # OID of Opintopolku: a programme (13), its run (17)
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\^`]{4,300}", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm|mtm|pk)_\w+|gclid|fbclid", re.IGNORECASE)


def texts_of(programme: Programme) -> Iterator[str]:
    """Yield the printed texts of a programme in which codes and addresses may stand."""
    yield from (programme.title or "", (programme.description or "")[:_TEXT_MOST])
    yield from (text[:_TEXT_MOST] for text in programme.statements.values())
    yield from (text[:VERBATIM_MOST] for text in programme.verbatim.values())


def codes_in(texts: Iterable[str], key: str) -> frozenset[str]:
    """Return the codes of courses and units in texts, and that in the programme's key, in capitals without spaces."""
    found = (match[0] for text in texts for match in _CODE.finditer(text) if not _NO_CODE.match(match[0]))
    parts = key.split("+") if "+" in key else [key]
    of_key = (part for part in parts[-2:] if _KEY_PART.fullmatch(part) and len(part) <= 20)
    codes = {_plain_code(code) for code in (*found, *of_key)}
    # A bare number is one of the catalogue's own, and another catalogue has it too.
    return frozenset(sorted(code for code in codes if not code.isdecimal())[:_FOUND_MOST])


def _plain_code(code: str) -> str:
    """Return a code as it is compared; the "x" with which edX marks its own editions is no part of it."""
    bare = re.sub(r"[ -]", "", code)
    return (bare.removesuffix("x")).upper()


def pages_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the pages that texts name by their address, as ``page`` gives them."""
    found = {page(address.rstrip(".,;:!?")) for text in texts if "://" in text for address in _ADDRESS.findall(text)}
    return frozenset(sorted(each for each in found if each)[:_FOUND_MOST])


def page(address: str | None) -> str:
    """Return host, path and query of an address, without what differs between two ways to write it; empty for none.

    A page that is only a host is none: it is that of no single course.
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
    path = parts.path.rstrip("/")
    if not parts.netloc or not (path or query):
        return ""
    return f"{host(address)}{path}{f'?{query}' if query else ''}"


def host(address: str | None) -> str:
    """Return the host of an address in lower case, without ``www.``; empty for none."""
    try:
        return (urlsplit(address or "").hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


def identifiers_in(texts: Iterable[str], ref: str) -> frozenset[str]:
    """Return identifiers that mean the same everywhere: CTID, OID of a programme, and a ref that is a UUID."""
    found = {match[0].lower() for text in (*texts, ref) for match in _REGISTER.finditer(text)}
    return frozenset(sorted(found | ({ref.lower()} if _UUID.fullmatch(ref) else set()))[:_FOUND_MOST])
