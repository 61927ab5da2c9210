"""Content coding of archived bodies: taken away with a bound, since a few kilobytes can stand for gigabytes."""

from __future__ import annotations

import zlib

BODY_BYTES_MAX = 64 * 1024 * 1024
"""The most that a body may hold, as for pages fetched live (``scrapers.client.FetchLimits.body_bytes``)."""

_GZIP_START = b"\x1f\x8b"


class BodyUnreadable(ValueError):
    """A body is in a coding that we do not read, damaged, or too large. The message says which."""


def decoded(body: bytes, coding: str, *, most: int = BODY_BYTES_MAX) -> bytes:
    """Return ``body`` without its content coding (the value of a Content-Encoding header).

    Archives often keep the header of a coding that they have taken away themselves: a body that does not begin like
    gzip is returned as it is.

    Raises:
        BodyUnreadable: if it cannot be.
    """
    for name in reversed([word.strip().lower() for word in coding.split(",")]):
        if name in {"gzip", "x-gzip"}:
            body = _inflated(body, zlib.MAX_WBITS | 16, most) if body.startswith(_GZIP_START) else body
        elif name == "deflate":
            # Some senders leave out the two bytes that tell a zlib stream (RFC 9110, 8.4.1.2).
            is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            body = _inflated(body, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS, most)
        elif name not in {"", "identity"}:
            raise BodyUnreadable(f"content-encoding {name[:40]!r} cannot be read")
    if len(body) > most:
        raise BodyUnreadable(f"a body larger than {most:,} bytes")
    return body


def _inflated(packed: bytes, window: int, most: int) -> bytes:
    plain = bytearray()
    while packed:
        unpacker = zlib.decompressobj(window)
        try:
            plain += unpacker.decompress(packed, most + 1 - len(plain))
        except zlib.error as error:
            if plain:
                # What follows a whole gzip member and is not another one is padding.
                break
            raise BodyUnreadable(f"a damaged compressed body: {error}") from error
        if len(plain) > most:
            raise BodyUnreadable(f"a body larger than {most:,} bytes when unpacked")
        if not unpacker.eof:
            raise BodyUnreadable("the compressed body ends early")
        packed = unpacker.unused_data if window > zlib.MAX_WBITS else b""
    return bytes(plain)
