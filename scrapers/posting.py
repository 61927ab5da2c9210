"""Addresses that carry a body: a search that must be posted is, in the archive and everywhere else, one address.

The body stands in the query as web archives write it (``__wb_method=POST`` and ``__wb_post_data`` in Base64; see pywb,
"POST request replay"), so that paging, recordings and captures treat a posted search as they treat any page.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

_MARK = "__wb_method=POST&__wb_post_data="


def posted(url: str, value: Any) -> str:
    """Return the address of what ``url`` answers to the JSON body ``value``; the same value gives the same address."""
    body = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{_MARK}{base64.urlsafe_b64encode(body).decode('ascii')}"


def split(address: str) -> tuple[str, bytes | None]:
    """Return the address to ask and the body to post, ``None`` if it is to be got.

    Raises:
        ValueError: if the body in the address cannot be read.
    """
    url, mark, packed = address.partition(_MARK)
    if not mark:
        return address, None
    try:
        return url[:-1], base64.b64decode(packed, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(f"the body in the address cannot be read: {error}") from error


def value_posted(address: str) -> Any:
    """Return the JSON value that ``address`` posts, ``None`` if it posts none.

    Raises:
        ValueError: if the body in the address is not one.
    """
    body = split(address)[1]
    return None if body is None else json.loads(body)
