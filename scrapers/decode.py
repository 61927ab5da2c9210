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

TEXT_BYTES_MAX = 64 * 1024 * 1024
"""The largest page that is parsed; the largest feed recorded so far has 4 MB."""

DEPTH_MAX = 200
"""Catalogues nest a few dozen levels deep; deeper trees are attacks, or noise that recursive readers die of."""

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
_ENTITY_DECLARATION = re.compile(r"<!ENTITY", re.IGNORECASE)
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL)
_ROOT_TAG = re.compile(r"<([A-Za-z_][\w.-]{0,200}(?::[\w.-]{1,200})?)([^>]{0,20000})>")
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]{0,200}\s{0,9}=\s{0,9}(?:\"[^\"<]{0,5000}\"|'[^'<]{0,5000}')")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)
_XML_FORBIDDEN_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,5000}|!--.{0,5000}?--)>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,2000}>.{0,200000}?</\1\s*>", re.DOTALL | re.IGNORECASE)
_BLOCK_END = re.compile(
    r"<(?:br\b[^<>]{0,200}|/(?:p|div|li|ul|ol|h[1-6]|tr|table|section|dd|dt|blockquote)\s*)>", re.IGNORECASE
)
_SPACES = re.compile(r"[\t\r\f\v\u00a0][ \t\r\f\v\u00a0]*| [ \t\r\f\v\u00a0]+")
"""White space within a line that is more than one space."""
_LINES = re.compile(r"\s*\n\s*")


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
    _, decoded = html_to_unicode(content_type, page.body, auto_detect_fun=_charset_by_letters)
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
        PageUnreadable: if the body is not one JSON value, with the place of the damage, or nests too deep.
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
    if _depth(document) > DEPTH_MAX:
        raise PageUnreadable(f"JSON nests deeper than {DEPTH_MAX} levels")
    try:
        return json.loads(document, strict=False, parse_constant=_no_constant)
    except ValueError as error:
        raise PageUnreadable(_json_complaint(document, error)) from error


def _no_constant(name: str) -> None:
    """``NaN`` and ``Infinity`` are not JSON; whoever prints them means that there is no number."""
    del name


def _json_complaint(document: str, error: ValueError) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error}"
    if document.startswith("<"):
        return f"expected JSON, found markup: {document[:60]!r}"
    share = error.pos / max(len(document), 1)
    cut = " (the end is missing: the body was cut off)" if share > 0.99 else ""
    return f"not well-formed JSON at character {error.pos:,} of {len(document):,}{cut}: {error.msg}"


def _depth(document: str) -> int:
    """Return the deepest nesting of brackets outside strings, found without recursion."""
    if document.count("[") + document.count("{") <= DEPTH_MAX:
        return 0
    deepest = depth = 0
    for token in _STRING_OR_BRACKET.finditer(document):
        character = token[0]
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEPTH_MAX:
                return deepest
        elif character in "]}":
            depth -= 1
    return deepest


# --------------------------------------------------------------------------------------
# XML and HTML
# --------------------------------------------------------------------------------------


def xml_tree(page: Page) -> Decoded:
    """Return the tree of an XML page. Entities that the document declares are refused, external ones never loaded.

    White space before the declaration, a declaration with a wrong encoding, control characters and markup that is not
    well formed (a stray quote, a bare ampersand) are recovered and reported as ``page_damaged``. A document whose end
    is missing is read as far as it goes and marked as truncated.

    Raises:
        PageUnreadable: if nothing of the document can be read, or it declares entities.
    """
    document = text(page)
    if _ENTITY_DECLARATION.search(document[:100_000]):
        raise PageUnreadable("the document declares entities of its own, which are never expanded")
    declaration = _XML_DECLARATION.match(document)
    begun_late = bool(declaration and document[: declaration.end()] != declaration[0].lstrip())
    body = document[declaration.end() :] if declaration else document
    cleaned = _XML_FORBIDDEN.sub("", body)
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
    tree: etree._Element | None = etree.fromstring(document.encode("utf-8", "replace"), _xml_parser(recover=recover))
    if tree is None:
        raise etree.XMLSyntaxError("the document holds no element", 0, 0, 0)
    return tree


def _as_reference(ampersand: re.Match[str]) -> str:
    """Return a bare ampersand, or a name that HTML knows and XML does not, as a reference that XML knows."""
    character = html5.get(f"{ampersand[1]};") if ampersand[1] else None
    return "".join(f"&#{ord(c)};" for c in character) if character else f"&amp;{ampersand[0][1:]}"


def _with_mended_root(document: str) -> str:
    """Return the document with a root tag of its well-formed attributes only.

    The parser's own recovery gives up at the root: a stray quote there (seen in feeds) loses the whole catalogue.
    """
    root = _ROOT_TAG.search(document)
    if root is None:
        return document
    attributes = " ".join(match[0] for match in _ATTRIBUTE.finditer(root[2]))
    return f"{document[: root.start()]}<{root[1]} {attributes}>{document[root.end() :]}"


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
        PageUnreadable: if the page holds no element, or nests too deep for the parser.
    """
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=finds_ids
    )
    try:
        tree = html.document_fromstring(_allowed_in_xml(text(page)), parser=parser)
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
        words = _HIDDEN.sub(" ", words)
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
