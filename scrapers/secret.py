"""The key of a source, which is sent where its declaration says and replaced wherever else it turns up.

A host may say the key back: in a body, a Location, a cookie, an error; as it is, percent-encoded (RFC 3986), as JSON
(RFC 8259) or HTML writes it, in UTF-16, or within base64 (RFC 4648), as Basic authentication (RFC 7617) sends it.
All of these are found. A digest of the key, the key packed or enciphered, and one written backwards are not.
"""

from __future__ import annotations

import base64
import binascii
import html
import re

REDACTED = "REDACTED"
SHORT = 6
"""Keys of fewer characters are looked for in addresses, headers and messages, and not in bodies, where such a word
stands by chance."""

_BASIC = "basic"
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_MARK = REDACTED.encode()


class Secret:
    """A key, and the texts and bodies without it. Shows itself to nobody; without a key nothing is replaced.

    Args:
        key: the key.
        prefix: what stands before it in its header; after ``Basic`` the key is user and password in base64, and
            the password is looked for too.
    """

    __slots__ = ("_begins", "_in_bodies", "_pattern")

    def __init__(self, key: str | None, prefix: str = "") -> None:
        keys = [key, *_within_basic(key, prefix)] if key else []
        self._pattern = _pattern(keys)
        self._in_bodies = _pattern([one for one in keys if len(one) >= SHORT])
        self._begins = [one.encode("utf-8", "surrogatepass") for one in keys if len(one) > SHORT]

    def __bool__(self) -> bool:
        return self._pattern is not None

    def __repr__(self) -> str:
        return "Secret(...)"

    def kept_out_of(self, text: str) -> str:
        """Return a text with the key, however it is written, replaced by ``REDACTED``."""
        if self._pattern is None:
            return text
        there = text.encode("utf-8", "surrogatepass")
        kept = self._pattern.sub(_MARK, there)
        return text if kept == there else kept.decode("utf-8", "surrogatepass")

    def kept_out_of_body(self, body: bytes, *, is_cut: bool = False) -> bytes:
        """Return a body with the key replaced; of one that ``is_cut``, the beginning of a key at its end too."""
        if self._in_bodies is None:
            return body
        kept = self._in_bodies.sub(_MARK, body)
        ends = (key[:most] for key in self._begins for most in range(len(key) - 1, SHORT - 1, -1))
        cut = next((end for end in ends if kept.endswith(end)), b"") if is_cut else b""
        return kept[: len(kept) - len(cut)] + _MARK if cut else kept


def _within_basic(key: str, prefix: str) -> list[str]:
    if prefix.strip().lower() != _BASIC:
        return []
    try:
        pair = base64.b64decode(key, validate=True).decode()
    except (binascii.Error, ValueError):
        return []
    return [one for one in (pair, pair.partition(":")[2]) if one]


def _pattern(keys: list[str]) -> re.Pattern[bytes] | None:
    written = [one for key in keys for one in _written(key.encode("utf-8", "surrogatepass"))]
    return re.compile(b"|".join(written)) if written else None


def _written(key: bytes) -> list[bytes]:
    """Return patterns of the key character by character, and of what of it stands in base64 at each of three places."""
    # Up to three NULs between two characters: UTF-16 and UTF-32 of either byte order.
    plain = rb"\0{0,3}".join(_spelt(byte) for byte in key)
    found = [plain]
    for before in range(3):
        # What the bytes before or after have a part in is left out: it differs from one text to another.
        first, last = (before * 8 + 5) // 6, (before + len(key)) * 8 // 6
        core = base64.b64encode(bytes(before) + key)[first:last]
        if len(core) >= SHORT:
            found.append(b"".join(_in_base64(sign) for sign in core))
    return found


def _spelt(byte: int) -> bytes:
    """Return a pattern of a character; as it is comes last, since the longer ways of some begin with it."""
    ways = [rb"%(?:25)*" + _hex(byte)]
    if byte < 0x80:
        sign = chr(byte)
        ways += [rb"\\{1,4}u00" + _hex(byte), rb"&#0*%d;" % byte, rb"&#[xX]0*" + _hex(byte) + b";"]
        ways += [re.escape(named.encode()) for named in {_NAMED.get(sign), html.escape(sign)} - {None, sign} if named]
        ways += [rb"\\{1,4}" + re.escape(sign.encode())] if sign in '/"\\' else []
        ways += [rb"\+"] if sign == " " else []
    return b"(?:" + b"|".join([*ways, re.escape(bytes([byte]))]) + b")"


def _in_base64(sign: int) -> bytes:
    same = {ord("+"): b"+-", ord("/"): b"/_"}.get(sign)  # the alphabet for addresses (RFC 4648, 5) has other signs
    if same is None:
        return re.escape(bytes([sign]))
    return rb"(?:[" + re.escape(same) + rb"]|%(?:25)*" + _hex(sign) + rb"|\\/)"


def _hex(byte: int) -> bytes:
    return b"".join(f"[{digit}{digit.upper()}]".encode() if digit.isalpha() else digit.encode()
                    for digit in f"{byte:02x}")  # fmt: skip
