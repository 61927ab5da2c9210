"""The codes and addresses that each catalogue gives a programme."""

from __future__ import annotations

import base64
import re
import unicodedata
import uuid
from hashlib import sha256


def slugify(words: str) -> str:
    """Return ``words`` as the last part of an address: lower case, ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def steady_uuid(words: str) -> str:
    """Return the UUID (version 5) that stands for ``words``."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://sandbox.example/{words}"))


def coursera_id(words: str) -> str:
    """Return 22 characters of URL-safe Base64, the form of Coursera's ids."""
    return base64.urlsafe_b64encode(sha256(words.encode()).digest()[:16]).decode().rstrip("=")


def make_ref(source: str, number: int, kind: str, title: str) -> tuple[str, str]:
    """Return the catalogue's own code of its programme ``number``, and the slug that its addresses use."""
    slug = f"{slugify(title) or 'programme'}-{number}"
    if source in {"futurelearn", "opensap"}:
        return steady_uuid(f"{source}/{number}"), slug
    if source == "coursera":
        return coursera_id(f"{source}/{number}"), slug
    if source == "udacity":
        key = f"{'nd' if kind == 'degree' else 'ud'}{100 + number:03d}"
        return key, f"{slugify(title) or 'programme'}--{key}"
    if source in {"mit_xpro", "mitx_online"}:
        organisation = "xPRO" if source == "mit_xpro" else "MITxT"
        form = "program" if kind == "program" else "course"
        return f"{form}-v1:{organisation}+{number // 10 + 1}.{number:03d}x", slug
    makers = {
        "cornwall_college": f"http://www.cornwall.ac.uk/online/course/{211000 + number}",
        "fun_mooc": str(400 + number),
        "edx": f"course-v1:SandboxX+SBX{number:03d}x+1T2021",
        "nova_academy": f"/en/programmes/{slug}",
        "tartu": f"P2AV.TK.{100 + number}",
        "nzqa": str(4500 + number),
    }
    return makers[source], slug
