"""Which addresses a source may be read from: only hosts it declares, never a private one."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urljoin

import httpx

from models.records import Source

_PLAIN_HOST = re.compile(r"[a-z0-9.-]+")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def parsed(url: str) -> httpx.URL:
    """Return ``url`` taken apart, without its fragment.

    Raises:
        ValueError: if it is not an absolute http or https address, or carries a user name.
    """
    try:
        address = httpx.URL(url)
        host = address.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ValueError(f"not an address: {error}") from error
    if address.scheme not in _DEFAULT_PORTS or not host:
        raise ValueError("not an absolute http or https address")
    if address.userinfo:
        raise ValueError("an address with a user name")
    # Taking an address apart a second time costs as much as the first; without a fragment it changes odd hosts only.
    return address if "#" not in url and _PLAIN_HOST.fullmatch(host) else address.copy_with(fragment=None)


def authority(address: httpx.URL) -> str:
    """Return the host in ASCII and lower case, with the port only if it is not the scheme's own."""
    host = address.raw_host.decode("ascii").lower()
    port = address.port
    return host if port is None or port == _DEFAULT_PORTS.get(address.scheme) else f"{host}:{port}"


def declared(source: Source) -> frozenset[str]:
    """Return the authorities a source may be read from: its hosts and those of its start addresses.

    Raises:
        ValueError: if one of them is not an address.
    """
    starts = (authority(parsed(url)) for form in source.formats for url in form.start)
    return frozenset((*starts, *(authority(parsed(f"https://{host}/")) for host in source.hosts)))


@lru_cache(maxsize=1024)
def is_private(host: str) -> bool:
    """Whether ``host`` is this machine, or an IP address that is not public.

    A host whose last label is a number is an IPv4 address to some readers of URLs (``127.1``, ``0x7f.1``); if it is
    not a plain one, it counts as private.
    """
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return not _is_public(ipaddress.ip_address(bare))
    except ValueError:
        last = bare.rpartition(".")[2]
        return last.isdigit() or last.startswith("0x")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the internet (IANA's registries of special purposes), and not of many hosts at once.

    An IPv6 address that stands for an IPv4 address is as public as that one: mapped (RFC 4291, 2.5.5.2), of a NAT64
    (RFC 6052) or of 6to4 (RFC 3056). All others of ``::/8`` and the site-local ones of old are not.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    within = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if within is not None:
        return _is_public(within)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_site_local)


def redirected(address: httpx.URL, location: str) -> str:
    """Return where a redirect from ``address`` leads.

    Raises:
        ValueError: if it leads from https to http, which would let others read and write the page.
    """
    target = urljoin(str(address), location.strip())
    if address.scheme == "https" and target.lower().startswith("http:"):
        raise ValueError("a redirect from https to http")
    return target
