"""What texts say of how to reach people is taken out: e-mail addresses and telephone numbers (SECURITY.md).

Names cannot be told from other words and are not looked for: the fields that hold them are never read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from models.records import Problem

EMAIL_REMOVED = "[e-mail removed]"
TELEPHONE_REMOVED = "[telephone removed]"

# The look behind keeps the search linear: an address is tried once, at the beginning of its run of characters.
_AT = r"(?:[@\uff20]|&#0*64;|&#x0*40;|&commat;|%40|\s?[\[(]at[\])]\s?)"
_DOT = r"(?:\.|\s?[\[(]dot[\])]\s?)"
_ADDRESS = rf"[\w.+'-]+{_AT}[a-zA-Z0-9-]{{1,63}}(?:{_DOT}[a-zA-Z0-9-]{{1,63}}){{1,6}}"
# One that begins where another ends would be met only once that one is gone.
_EMAIL = re.compile(rf"(?:mailto:)?(?<![\w.+'-])(?:{_ADDRESS})+", re.IGNORECASE)
_SIGNS = ("@", "\uff20", "64;", "40;", "&commat;", "%40")
_MANY_DIGITS = re.compile(r"\d(?:[ \u00a0().\-/]{0,3}\d){6}")
_NUMBER = r"\(?\d(?:[ \u00a0().\-/]{0,3}\d)"
# ITU-T E.164: at most 15 digits, and no country's code begins with 0. A country and its number have 8 at least.
_INTERNATIONAL = r"\+(?=\(?[1-9])" + _NUMBER + r"{7,14}(?!\w)"
_CALLED = (
    r"\b(?:t[eé]l(?:[eé]phone|efon[eo]?|[eé]fono|efoon)?|phone|mobile|fax|hotline|whatsapp)\b\.?"
    r"(?:[ \u00a0]{0,2}(?:no|nr|number|us(?: on| at)?))?[ \u00a0.:]{0,4}"
)
_TELEPHONE = re.compile(
    rf"({_CALLED})[+]?{_NUMBER}{{5,14}}(?!\w)(?:{_INTERNATIONAL})*|(?<![\w+])(?:{_INTERNATIONAL})+", re.IGNORECASE
)


def without_contacts(text: str) -> str:
    """Return the text with every e-mail address and telephone number replaced by a note.

    A telephone number is one in international form (``+``, a country's code, 8 to 15 digits), or 6 to 15 digits right
    after a word for telephone or fax. Other numbers may be years, prices or codes of courses, and stay.
    """
    if any(sign in text for sign in _SIGNS) or _has_at_in_brackets(text):
        text = _EMAIL.sub(EMAIL_REMOVED, text)
    if _MANY_DIGITS.search(text):
        text = _TELEPHONE.sub(lambda found: f"{found[1] or ''}{TELEPHONE_REMOVED}", text)
    return text


def _has_at_in_brackets(text: str) -> bool:
    return (")" in text or "]" in text) and ("at)" in (lowered := text.lower()) or "at]" in lowered)


def impersonal(problem: Problem) -> Problem:
    """Return a problem whose words, as they stood on a page, hold nobody's address."""
    words = None if problem.words is None else without_contacts(problem.words)
    return replace(problem, words=words, message=without_contacts(problem.message))
