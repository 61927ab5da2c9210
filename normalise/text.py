"""Printed text made fit to keep: one Unicode form, no invisible characters, nobody's address, bounded."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import lru_cache

from normalise.people import without_contacts

TITLE_MOST = 500
NAME_MOST = 300
LABEL_MOST = 300
TEXT_MOST = 20_000
VERBATIM_MOST = 2_000
REF_MOST = 500
_INPUT_MOST = 200_000
_SHORT_MOST = 60
"""Characters of words that stand in many listings: days, prices, the words of a vocabulary."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Marks that change nothing a reader sees: zero width space, word joiner, byte order mark, soft hyphen, tags (letters
# that no font shows), and the bidirectional controls, which can make a text read otherwise than it is stored
# (Unicode TR 36).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# The joiners mean something in Arabic script and in the scripts of India, and nothing elsewhere.
_JOINER = re.compile("(?<![\u0600-\u06ff\u0750-\u077f\u0900-\u0dff])[\u200c\u200d]")
# Control characters, and letters that are a blank (of Hangul and Braille): a reader sees a space.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u115f\u1160\u2800\u3164\uffa0]")
# They choose among shapes of one letter.
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Any character that one of the above finds: most texts hold none."""
_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"[-_‐-―/]+")
_AROUND = " .,:;!?()[]\"'"
_LINE_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")


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


def storable(text: str) -> str:
    """Return the text without the characters that no database stores (NUL, lone surrogates); all else as printed."""
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub("", text)


def verbatim(text: str) -> str:
    """Return printed words to keep beside a typed value: storable, nobody's address, at most 2,000 characters."""
    return _verbatim_short(text) if len(text) <= _SHORT_MOST else _verbatim(text)


def _verbatim(text: str) -> str:
    return bounded(without_contacts(storable(text[:_INPUT_MOST])), VERBATIM_MOST)


@lru_cache(maxsize=16_384)
def _verbatim_short(text: str) -> str:
    return _verbatim(text)


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
    folded = unicodedata.normalize("NFKC", _VARIATIONS.sub("", one_line(text[:VERBATIM_MOST]))).casefold()
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
