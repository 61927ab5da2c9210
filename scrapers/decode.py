"""Bytes to text and trees, safely: bounded, without entities, recovering what can be recovered and saying so."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Any

import chardet
from lxml import etree, html
from w3lib.encoding import html_to_unicode

from models.records import Page, Problem, Stage
from scrapers.bounds import html_beyond, json_beyond, markup_beyond
from scrapers.hidden import without_hidden

TEXT_BYTES_MAX = 64 * 1024 * 1024
"""The largest page that is parsed; the largest feed recorded so far has 4 MB."""

NEAR_UTF8_BAD_SHARE = 0.05
"""Up to this share of undecodable characters a page is damaged UTF-8, not another charset (measured on 33 pages)."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_XSSI = re.compile(r"\s*(?:\)\]\}'?,?|for\s*\(;;\);|while\s*\(1\);)\s*")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}\?>")
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BEFORE_DOCTYPE = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+(?=<!DOCTYPE)", re.DOTALL | re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(r"<!ENTITY", re.IGNORECASE)
_ENTITIES = "the document declares entities of its own, which are never expanded"
_ROOT_NAME = re.compile(r"<([A-Za-z_][\w.-]{0,200}+(?::[\w.-]{1,200}+)?)")
_ROOT_TAG_MAX = 20_000
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]{0,200}\s{0,9}=\s{0,9}(?:\"[^\"<]{0,5000}\"|'[^'<]{0,5000}')")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)
_XML_FORBIDDEN_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,5000}>")
_BLOCK_END = re.compile(
    r"<(?:br\b[^<>]{0,200}|/(?:p|div|li|ul|ol|h[1-6]|tr|table|section|dd|dt|blockquote)\s*)>", re.IGNORECASE
)
_SPACES = re.compile(r"[\t\r\f\v\u00a0][ \t\r\f\v\u00a0]*| [ \t\r\f\v\u00a0]+")
"""White space within a line that is more than one space."""
_LINES = re.compile(r"(?<!\s)\s*\n\s*")
"""The look behind keeps the search linear: white space is tried once, at the beginning of its run."""


class PageUnreadable(Exception):
    """A page whose bytes hold nothing its format allows. The message says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A tree, and what had to be recovered to get it. ``truncated`` is true if the end of the document is missing."""

    tree: etree._Element
    problems: tuple[Problem, ...] = ()
    truncated: bool = False


def text(page: Page) -> str:
    """Return the body as text.

    The order is: byte order mark, strict UTF-8, UTF-8 with a little damage, then what the headers, the document and
    its letters say (WHATWG encoding labels). UTF-8 comes before the declaration because pages declare a wrong charset
    far more often than another charset happens to be valid UTF-8.

    Raises:
        PageUnreadable: if the body is empty or larger than ``TEXT_BYTES_MAX``.
    """
    body = page.body
    if not body.strip():
        raise PageUnreadable("the page is empty")
    if len(body) > TEXT_BYTES_MAX:
        raise PageUnreadable(f"the page has {len(body):,} bytes, more than the {TEXT_BYTES_MAX:,} that are read")
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    near = body.decode("utf-8", "replace")
    foreign = sum(character > "\x7f" for character in near)
    if near.count("\ufffd") < NEAR_UTF8_BAD_SHARE * foreign:
        return near
    return _in_declared_charset(page)


def _in_declared_charset(page: Page) -> str:
    declared = _XML_ENCODING.search(page.body[:1024])
    content_type = page.content_type
    if declared and "charset" not in content_type.lower():
        content_type = f"{content_type or 'text/xml'}; charset={declared[1].decode('ascii')}"
    try:
        _, decoded = html_to_unicode(content_type, page.body, auto_detect_fun=_charset_by_letters)
    except (LookupError, UnicodeError):
        # The page names a codec of Python that is no charset ("hex", "idna").
        return page.body.decode(_charset_by_letters(page.body) or "utf-8", "replace")
    return decoded


def _charset_by_letters(body: bytes) -> str | None:
    return chardet.detect(body[:200_000])["encoding"]


# --------------------------------------------------------------------------------------
# JSON
# --------------------------------------------------------------------------------------


def json_value(page: Page) -> Any:
    """Return the JSON value a page holds. A byte order mark and an anti-hijacking prefix (``)]}'``) are passed over.

    A value that is cut off or damaged is never repaired: the rest of a catalogue cannot be guessed.

    Raises:
        PageUnreadable: if the body is not one JSON value, with the place of the damage, nests too deep or is too large.
    """
    document = text(page)
    prefix = _XSSI.match(document)
    if prefix:
        document = document[prefix.end() :]
    return json_text(document.strip("\ufeff \t\r\n"))


def json_list(page: Page) -> list[Any]:
    """Return the list that a JSON page is.

    Raises:
        PageUnreadable: as ``json_value``; also if the value is no list.
    """
    value = json_value(page)
    if not isinstance(value, list):
        raise PageUnreadable(f"expected a list, found {type(value).__name__}")
    return value


def json_text(document: str) -> Any:
    """Return the value of a JSON document.

    Raises:
        PageUnreadable: as ``json_value``.
    """
    _refuse(json_beyond(document))
    try:
        return _loaded(document)
    except json.JSONDecodeError as error:
        raise PageUnreadable(_json_complaint(document, error)) from error


def _loaded(document: str) -> Any:
    try:
        return json.loads(document, strict=False, parse_constant=_no_constant)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A number of more digits than Python reads must not cost the other entries of the page.
        return json.loads(document, strict=False, parse_constant=_no_constant, parse_int=_whole)


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise PageUnreadable(reason)


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


def _no_constant(name: str) -> None:
    """``NaN`` and ``Infinity`` are not JSON; whoever prints them means that there is no number."""
    del name


def _json_complaint(document: str, error: json.JSONDecodeError) -> str:
    if document.startswith("<"):
        return f"expected JSON, found markup: {document[:60]!r}"
    share = error.pos / max(len(document), 1)
    cut = " (the end is missing: the body was cut off)" if share > 0.99 else ""
    return f"not well-formed JSON at character {error.pos:,} of {len(document):,}{cut}: {error.msg}"


# --------------------------------------------------------------------------------------
# XML and HTML
# --------------------------------------------------------------------------------------


def xml_tree(page: Page) -> Decoded:
    """Return the tree of an XML page. Entities that the document declares are refused, external ones never loaded.

    White space before the declaration, a declaration with a wrong encoding, control characters and markup that is not
    well formed (a stray quote, a bare ampersand) are recovered and reported as ``page_damaged``. A document whose end
    is missing is read as far as it goes and marked as truncated.

    Raises:
        PageUnreadable: if nothing of the document can be read, it declares entities, or has too many tags.
    """
    document = text(page)
    _refuse(markup_beyond(document))
    declaration = _XML_DECLARATION.match(document)
    begun_late = bool(declaration and document[: declaration.end()] != declaration[0].lstrip())
    body = document[declaration.end() :] if declaration else document
    cleaned = _XML_FORBIDDEN.sub("", body)
    before = _BEFORE_DOCTYPE.match(cleaned)
    if before and _ENTITY_DECLARATION.search(cleaned, before.end()):
        raise PageUnreadable(_ENTITIES)
    damage = ["white space before the XML declaration"] if begun_late else []
    if len(cleaned) != len(body):
        damage.append(f"{len(body) - len(cleaned)} characters that XML does not allow")
    tree, errors = _xml(cleaned)
    damage.extend(errors[:3])
    problems = tuple(
        Problem(stage=Stage.PARSE, code="page_damaged", message=f"not well formed, recovered: {what}", url=page.url)
        for what in damage
    )
    return Decoded(tree, problems, truncated=_is_cut(cleaned, tree))


def _xml(document: str) -> tuple[etree._Element, list[str]]:
    try:
        return _parsed_xml(document, recover=False), []
    except etree.XMLSyntaxError as error:
        damage = str(error)
    mended = _AMPERSAND.sub(_as_reference, _with_mended_root(document))
    for recover in (False, True):
        with suppress(etree.XMLSyntaxError):
            tree = _parsed_xml(mended, recover=recover)
            if len(tree):
                return tree, [damage]
    raise PageUnreadable(f"not well-formed XML, and nothing to recover: {damage}")


def _parsed_xml(document: str, *, recover: bool) -> etree._Element:
    parser = _xml_parser(recover=recover)
    tree: etree._Element | None = etree.fromstring(document.encode("utf-8", "replace"), parser)
    if limit := next((error for error in parser.error_log if error.type_name == "ERR_RESOURCE_LIMIT"), None):
        # Recovery would leave out what comes after without a word.
        raise PageUnreadable(f"more than the XML parser takes: {limit.message}")
    if tree is None:
        raise etree.XMLSyntaxError("the document holds no element", 0, 0, 0)
    dtd = tree.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise PageUnreadable(_ENTITIES)  # where recovery found a declaration that the search above did not
    return tree


def _as_reference(ampersand: re.Match[str]) -> str:
    """Return a bare ampersand, or a name that HTML knows and XML does not, as a reference that XML knows."""
    character = html5.get(f"{ampersand[1]};") if ampersand[1] else None
    return "".join(f"&#{ord(c)};" for c in character) if character else f"&amp;{ampersand[0][1:]}"


def _with_mended_root(document: str) -> str:
    """Return the document with a root tag of its well-formed attributes only.

    The parser's own recovery gives up at the root: a stray quote there (seen in feeds) loses the whole catalogue.
    """
    root = _ROOT_NAME.search(document)
    end = document.find(">", root.end(), root.end() + _ROOT_TAG_MAX) if root else -1
    if root is None or end < 0:
        return document
    attributes = " ".join(match[0] for match in _ATTRIBUTE.finditer(document, root.end(), end))
    return f"{document[: root.start()]}<{root[1]} {attributes}>{document[end + 1 :]}"


def _xml_parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; "" for what has no name (an entity left unread).

    Works for the names recovery leaves behind ("urlset:xmln"), which are not valid and which ``QName`` refuses.
    """
    if not isinstance(element.tag, str):
        return ""
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _is_cut(document: str, tree: etree._Element) -> bool:
    return re.search(rf"</(?:[\w.-]+:)?{re.escape(local_name(tree))}\s*>", document[-2000:]) is None


def html_tree(page: Page, *, finds_ids: bool = False) -> html.HtmlElement:
    """Return the tree of an HTML page.

    Args:
        page: the page.
        finds_ids: whether XPath's ``id()`` finds elements; without, the tree is made in three quarters of the time.

    Raises:
        PageUnreadable: if the page holds no element, too many tags or attributes, or nests too deep.
    """
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=finds_ids
    )
    document = text(page)
    _refuse(html_beyond(document))
    try:
        tree = html.document_fromstring(_allowed_in_xml(document), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise PageUnreadable(f"no HTML could be read: {error}") from error
    return tree


def _allowed_in_xml(document: str) -> bytes:
    """Return a document in UTF-8 without the characters that XML does not allow."""
    if not document.isascii():
        return _XML_FORBIDDEN.sub("", document).encode("utf-8", "replace")
    body = document.encode("ascii")
    return body.translate(None, _XML_FORBIDDEN_BYTES)


def plain(fragment: str | None) -> str | None:
    """Return an HTML fragment as plain text, one line a block; ``None`` if nothing is left.

    Text that holds no markup stays as it is but for white space. Scripts and styles are dropped, entities read.
    """
    if fragment is None:
        return None
    words = fragment
    if "<" in words:
        words = without_hidden(words)
        words = _BLOCK_END.sub("\n", words)
        words = _TAG.sub("", words)
    words = unescape(words) if "&" in words else words
    if words.isascii() and words.isprintable():
        # No white space but spaces, as in most texts: a third of the time.
        return " ".join(words.split()) or None
    words = _SPACES.sub(" ", words)
    words = (_LINES.sub("\n", words) if "\n" in words else words).strip()
    return words or None


def plain_parts(*fragments: str | None) -> str | None:
    """Return several HTML fragments as one plain text, a line break between them; repeated text is left out."""
    parts = list(dict.fromkeys(part for part in map(plain, fragments) if part))
    return "\n".join(part for part in parts if not any(part in other for other in parts if other != part)) or None
