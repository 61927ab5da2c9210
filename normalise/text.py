"""Printed text made fit to keep: one Unicode form, no invisible characters, no e-mail addresses, bounded."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

TITLE_MOST = 500
NAME_MOST = 300
LABEL_MOST = 300
TEXT_MOST = 20_000
VERBATIM_MOST = 2_000
REF_MOST = 500
_INPUT_MOST = 200_000

EMAIL_REMOVED = "[e-mail removed]"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Marks that change nothing a reader sees: zero width space, word joiner, byte order mark, soft hyphen, and the
# bidirectional controls, which can make a text read otherwise than it is stored (Unicode TR 36).
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# The joiners mean something in Arabic script and in the scripts of India, and nothing elsewhere.
_JOINER = re.compile("(?<![\u0600-\u06ff\u0750-\u077f\u0900-\u0dff])[\u200c\u200d]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Any character that one of the above finds: most texts hold none."""
_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"[-_‐-―/]+")
_AROUND = " .,:;!?()[]\"'"
_LINE_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
# The look behind keeps the search linear: an address is tried once, at the beginning of its run of characters.
_EMAIL = re.compile(
    r"(?:mailto:)?(?<![\w.+'-])[\w.+'-]+(?:@|\s?[\[(]at[\])]\s?)[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,6}",
    re.IGNORECASE,
)


def one_line(text: str) -> str:
    """Return the text on one line in NFC, without control and invisible characters, white space folded."""
    if _is_plain(text):
        return text.strip() if "  " not in text else _SPACES.sub(" ", text).strip()
    return _SPACES.sub(" ", _visible(text)).strip()


def _is_plain(text: str) -> bool:
    """Whether a short text holds nothing that needs to be looked at closely, as most do."""
    return text.isascii() and text.isprintable() and len(text) <= TITLE_MOST and "&" not in text


def paragraphs(text: str) -> str:
    """Return the text with its paragraphs kept: as ``one_line``, but single line breaks and blank lines stay."""
    if _is_of_plain_lines(text):
        lines = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    else:
        folded = _LINE_SPACES.sub(" ", _visible(text).replace("\r\n", "\n").replace("\r", "\n"))
        lines = "\n".join([line.strip() for line in folded.split("\n")])
    return _BLANK_LINES.sub("\n\n", lines).strip() if "\n" in lines else lines.strip()


def _is_of_plain_lines(text: str) -> bool:
    """Whether a text holds nothing but line breaks that needs to be looked at closely."""
    if len(text) > _INPUT_MOST or not text.isascii() or "&" in text:
        return False
    return text.isprintable() or text.replace("\n", "").isprintable()


def without_emails(text: str) -> str:
    """Return the text with every e-mail address replaced by a note: no personal data is kept."""
    if "@" not in text and not _has_at_in_brackets(text):
        return text
    return _EMAIL.sub(EMAIL_REMOVED, text)


def _has_at_in_brackets(text: str) -> bool:
    return (")" in text or "]" in text) and ("at)" in (lowered := text.lower()) or "at]" in lowered)


def storable(text: str) -> str:
    """Return the text without the characters that no database stores (NUL, lone surrogates); all else as printed."""
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub("", text)


def verbatim(text: str) -> str:
    """Return printed words to keep beside a typed value: storable, no e-mail addresses, at most 2,000 characters."""
    return bounded(without_emails(storable(text[:_INPUT_MOST])), VERBATIM_MOST)


def bounded(text: str, most: int) -> str:
    """Return the text, or its beginning with an ellipsis if it is longer than ``most`` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def key(text: str) -> str:
    """Return the form under which words are looked up: NFKC, case folded, dashes and underscores as spaces."""
    if _is_plain(text):
        folded = text.lower()
        for dash in "-_/":
            if dash in folded:
                folded = folded.replace(dash, " ")
        return " ".join(folded.split()).strip(_AROUND)
    folded = unicodedata.normalize("NFKC", one_line(text[:VERBATIM_MOST])).casefold()
    return _SPACES.sub(" ", _DASHES.sub(" ", folded)).strip(_AROUND)


def reference(ref: str) -> str:
    """Return a storable ref; one longer than 500 characters keeps its beginning and the digest of the whole."""
    kept = storable(ref)
    if len(kept) <= REF_MOST:
        return kept
    return kept[:200] + "~" + hashlib.sha256(kept.encode()).hexdigest()[:32]


def _visible(text: str) -> str:
    plain = text[:_INPUT_MOST]
    if "&" in plain and _ENTITY.search(plain):
        # Catalogues often escape twice; what a reader of the page sees is the character.
        plain = html.unescape(_UNSTORABLE.sub(" ", plain))
    if _ODD.search(plain):
        plain = _UNSTORABLE.sub(" ", plain)
        plain = _JOINER.sub("", _INVISIBLE.sub("", _CONTROL.sub(" ", plain)))
    return unicodedata.normalize("NFC", plain)
