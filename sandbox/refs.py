"""The codes and addresses that each catalogue gives a programme."""

from __future__ import annotations

import base64
import re
import unicodedata
import uuid
from hashlib import sha256

UUIDS = frozenset(
    {
        "open_hpi", "ki_campus", "egov_campus", "imoox", "oncampus", "futurelearnlab", "orca_nrw", "open_vhb",
        "credly_google", "credly_ibm", "credly_aws", "credly_microsoft", "eduxchange", "futurelearn", "opensap",
    }
)  # fmt: skip
"""Catalogues whose codes are UUIDs."""

PAGES = {
    "ku_leuven": "/english/education/micro-credentials/{slug}",
    "taltech": "/en/micro-degrees/{slug}",
    "tlu": "/mikrokraadid/{slug}",
    "unimelb": "/study-with-us/professional-development/{slug}",
    "deakin": "/course/{slug}",
    "sydney": "/short/{slug}",
    "suny": "/microcredentials/detail/?id={number}",
    "microcreds_ie": "/courses/{slug}",
    "ontario_portal": "/micro-credentials/{slug}",
    "microcred_seeker": "/course/{number}",
    "eciu": "/opportunity/{number}",
    "euroteq": "/course/{slug}/",
    "shibaura": "/en/global/gpbl/{slug}.html",
    "jv_campus": "/courses/c-{number}/",
    "jmooc": "/course/{number}/",
}
"""The addresses of entries in catalogues of HTML pages, which are their codes as well."""


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
    if source == "udacity":
        key = f"{'nd' if kind == 'degree' else 'ud'}{100 + number:03d}"
        return key, f"{slugify(title) or 'programme'}--{key}"
    return _ref(source, number, kind, slug), slug


def _ref(source: str, number: int, kind: str, slug: str) -> str:
    if source in UUIDS:
        return steady_uuid(f"{source}/{number}")
    if source in PAGES:
        return PAGES[source].format(slug=slug, number=number)
    if source == "coursera":
        return coursera_id(f"{source}/{number}")
    if source in {"mit_xpro", "mitx_online"}:
        organisation = "xPRO" if source == "mit_xpro" else "MITxT"
        form = "program" if kind == "program" else "course"
        return f"{form}-v1:{organisation}+{number // 10 + 1}.{number:03d}x"
    makers = {
        "cornwall_college": f"http://www.cornwall.ac.uk/online/course/{211000 + number}",
        "fun_mooc": str(400 + number),
        "edx": f"course-v1:SandboxX+SBX{number:03d}x+1T2021",
        "nova_academy": f"/en/programmes/{slug}",
        "tartu": f"P2AV.TK.{100 + number}",
        "nzqa": str(4500 + number),
        "oxford_continuing_education": f"https://course.data.ox.ac.uk/id/sandbox/course/{number}",
        "eduopen": f"/eduopenv2/course_details.php?courseid={number}",
        "federica": f"FED-{number:03d}",
        "rmit_short_courses": str(7_000_000_000_000 + number),
        "opintopolku": f"1.2.246.562.13.{number:020d}",
        "susa_navet": f"i.uoh.sbx.k{number:04d}",
        "swayam": f"noc21_sbx{number:02d}",
        "microsoft_learn": f"applied-skill.{slug}",
        "mit_csail": f"/{slug}",
        "mit_learn": f"sandbox-{number}",
        "kmooc": str(900 + number),
        "openlearning": steady_uuid(f"openlearning/{number}").replace("-", "")[:24],
        "credential_registry": f"ce-{steady_uuid(f'registry/{number}')}",
        "mit_sloan": f"a05{number:04d}SBX",
    }
    # What is left are the hosts of Open edX, whose keys all look alike.
    return makers.get(source, f"course-v1:SandboxX+{number:03d}x+2021_T1")
