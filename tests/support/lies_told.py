"""Every lie that the tests let a catalogue tell, and how the look that meets it has to end. Written by hand.

The world stands still while the lie is told: whatever the look says, we must hold afterwards what we held before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FIRST, SECOND, THIRD = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
"""The days of the world: two good looks, and the look after the lie."""

BY_SITEMAP = "nova_academy by its sitemap"
DETAILS = {"path": "/en/programmes/"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A lie: which catalogue, which fault of the sandbox with which options, the outcome, and words of its reason.

    ``hides`` is how many programmes the look cannot know to be there although they are: marked as missed, never as
    withdrawn, and there again at the next look.
    """

    source: str
    kind: str
    outcome: str
    says: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    hides: int = 0


def told(source: str, kind: str, outcome: str, says: str = "", *, hides: int = 0, **options: Any) -> Told:
    return Told(source=source, kind=kind, outcome=outcome, says=says, options=options, hides=hides)


LIES: dict[str, Told] = {
    # Something else than the catalogue.
    "empty": told("fun_mooc", "empty", "suspect", "no listing on 2 pages"),
    "empty_list": told("mitx_online", "empty_list", "suspect", "no listing on 2 pages"),
    "blank": told("fun_mooc", "blank", "failed", "2 pages failed"),
    "blank HTML": told("nova_academy", "blank", "failed", "1 page failed"),
    "error_object": told("mitx_online", "error_object", "failed", "not readable"),
    "error_object where a list may be empty": told("fun_mooc", "error_object", "suspect", "no listing on 2 pages"),
    "challenge": told("nova_academy", "challenge", "blocked", "Cloudflare challenge"),
    "consent": told("nova_academy", "consent", "failed", "not readable"),
    "consent on the pages of entries": told("nova_academy", "consent", "partial", "18 pages failed", **DETAILS),
    "login_page": told("fun_mooc", "login_page", "failed", "log-in page where JSON was asked for"),
    "login_page in HTML": told("nova_academy", "login_page", "failed", "not readable"),
    "login_redirect": told("nova_academy", "login_redirect", "failed", "not readable"),
    "maintenance": told("nova_academy", "maintenance", "failed", "maintenance page"),
    "elsewhere": told("nova_academy", "elsewhere", "failed", "www.edx.org"),
    "soft_404": told("nova_academy", "soft_404", "suspect", "18 of 18 programmes bear one title", **DETAILS),
    "status": told("nova_academy", "status", "partial", "503", path="-in-de-praktijk", status=503),
    "truncate": told("fun_mooc", "truncate", "failed", "not readable"),
    "offsite_next": told("mitx_online", "offsite_next", "partial", "mirror.invalid"),
    "lie": told("nova_academy", "lie", "unchanged", "nothing changed"),
    "not_modified": told("mitx_online", "not_modified", "unchanged", "nothing changed"),
    "yesterday": told("mitx_online", "yesterday", "suspect", "an old copy", day=FIRST),
    # Lists that are not whole, or not what they say.
    "last_page_missing": told("mitx_online", "last_page_missing", "partial", "the source states"),
    "last_page_unknown": told("mitx_online", "last_page_unknown", "ok", hides=6),
    "page_capped": told("mitx_online", "page_capped", "ok"),
    "page_repeated": told("mitx_online", "page_repeated", "partial", "the list"),
    "shortened": told("mitx_online", "shortened", "partial", "the source states"),
    "total_more": told("mitx_online", "total_more", "partial", "the source states"),
    "total_fewer": told("mitx_online", "total_fewer", "ok"),
    "shifting": told("mitx_online", "shifting", "partial", "the list may have moved while it was read"),
    "shuffled": told("mitx_online", "shuffled", "partial", "the list may have moved while it was read"),
    "one_category": told("fun_mooc", "one_category", "suspect", "fewer than the 60"),
    "unfiltered": told("fun_mooc", "unfiltered", "suspect", "120 of 180 programmes are new"),
    "twins": told("fun_mooc", "twins", "suspect", "they stand twice"),
    "other_catalogue": told("fun_mooc", "other_catalogue", "suspect", "60 of the 60 refs"),
    "test_rows": told("fun_mooc", "test_rows", "ok"),
    "sitemap_today": told(BY_SITEMAP, "sitemap_today", "ok"),
    "sitemap_short": told(BY_SITEMAP, "sitemap_short", "suspect", "fewer than the 18"),
    # The same programmes, and something else said of them.
    "ids_renamed": told("fun_mooc", "ids_renamed", "suspect", "60 of the 60 refs"),
    "ids_half_renamed": told("fun_mooc", "ids_half_renamed", "suspect", "ids were renamed"),
    "titles_translated": told("fun_mooc", "titles_translated", "suspect", "the title is another one in 60 of the 60"),
    "language_switched": told("fun_mooc", "language_switched", "suspect", "the languages are other ones in"),
    "titles_equal": told("fun_mooc", "titles_equal", "suspect", "60 of 60 programmes bear one title, 'Course'"),
    "titles_of_site": told("nova_academy", "titles_of_site", "suspect", "bear one title, 'Home | Catalogue"),
    "mojibake": told("fun_mooc", "mojibake", "suspect", "in broken characters"),
    "mojibake in few titles": told("mitx_online", "mojibake", "suspect", "in broken characters"),
    "escaped": told("nova_academy", "escaped", "ok"),
    "escaped, in JSON": told("fun_mooc", "escaped", "ok"),
    "fields_gone": told("nova_academy", "fields_gone", "suspect", "price is gone from"),
    "prices_gone": told("fun_mooc", "prices_gone", "suspect", "price is gone from"),
    "provider_gone": told("nova_academy", "provider_gone", "suspect", "organisations"),
    "provider_is_platform": told("nova_academy", "provider_is_platform", "suspect", "the organisations are other ones"),
    "other_currency": told("fun_mooc", "other_currency", "suspect", "the currency is another one in"),
    "prices_zero": told("nova_academy", "prices_zero", "suspect", "5 times what it was or the like part"),
    "prices_in_cents": told("mitx_online", "prices_in_cents", "suspect", "5 times what it was or the like part"),
    "dates_a_day_off": told("fun_mooc", "dates_a_day_off", "suspect", "a start that was over was moved"),
    "dates_shifted": told("fun_mooc", "dates_shifted", "suspect", "a start that was over was moved"),
    "days_and_months": told("fun_mooc", "days_and_months", "suspect", "with day and month exchanged"),
    "addresses_moved": told("fun_mooc", "addresses_moved", "suspect", "the address is another one in 60 of the 60"),
    "all_closed": told("fun_mooc", "all_closed", "suspect", "the state of the offer is another one in"),
    "tracked": told("fun_mooc", "tracked", "ok"),
    "sessions": told("fun_mooc", "sessions", "ok"),
}
