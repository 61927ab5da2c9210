"""What the views of credentials and links select, and from where; ``models.views`` puts them together."""

from __future__ import annotations

from models.units import table

_COUNTED = "left join programme_credential m on m.programme_id = p.id"
CREDENTIAL = "coalesce(m.credential_id, p.source || '/' || p.ref)"
CREDENTIAL_TEXT = (
    f"{table('programme_credential').c.credential_id.comment}; of a listing that came in since links were last brought "
    "up to date its own source and code"
)
LISTED_LAST = (
    f"join programme_window o on o.programme_id = p.id and o.window_number = 1\n{_COUNTED}\n"  # noqa: S608 - our words
    "where v.version_number = (select max(l.version_number) from programme_version l where l.programme_id = p.id)"
)
"""Joined to programmes ``p`` with their versions ``v``: the latest of each, ``o`` its first window."""
_KINDS = ("institution", "register", "consortium", "government_platform", "commercial_platform", "employer")
"""Whose words come before whose, as in ``trends.units``."""
_RANKS = " ".join(f"when '{kind}' then {rank}" for rank, kind in enumerate(_KINDS))


def _before(source: str, listed: str) -> str:
    """Return what says whose words come first, of a listing and its source under these aliases."""
    return f"(case {source}.kind {_RANKS} else {len(_KINDS)} end, {listed}.opened_at, {listed}.programme_id)"


_OTHERS = """\
programme_credential y
join programme_listed z on z.programme_id = y.programme_id
join source b on b.slug = z.source"""
"""Listings ``z`` that are listed now and count as a credential."""
FIRST_LISTED = f"""\
from programme_listed l
join source s on s.slug = l.source
left join programme_facts f on f.id = l.facts_id
left join programme_credential m on m.programme_id = l.programme_id
where not exists (
  select 1 from {_OTHERS}
  where y.credential_id = m.credential_id and y.programme_id <> l.programme_id
    and {_before("b", "z")} < {_before("s", "l")}
)"""  # noqa: S608 - our words
"""Credentials listed now, each by the listing ``l`` of it whose words come first: none comes before it."""
CREDENTIAL_NOW = "coalesce(m.credential_id, l.source || '/' || l.ref)"


def counted(what: str) -> str:
    """Return what is counted of all listings of a credential that are listed now; alone, a listing is one of one."""
    return (
        f"case when m.credential_id is null then 1 else (select count({what}) from {_OTHERS} "  # noqa: S608 - our words
        "where y.credential_id = m.credential_id) end"
    )


LINK_STATE = (
    "case when n.cut is not null then 'cut' when n.counts_once then 'followed' when n.review then 'review' "
    "else 'apart' end"
)
LINK_STATE_TEXT = (
    "followed: makes one credential of both; cut: would, and something speaks against it; review: waits for a "
    "person; apart: a person decided that they are two"
)
LINKS = """\
from credential_link n
join programme p on p.id = n.programme_id
join programme q on q.id = n.other_programme_id"""
"""Links ``n`` with the two programmes ``p`` and ``q``."""


def last_title(alias: str) -> str:
    """Return the title that the programme under an alias had last."""
    return (
        "(select f.title from programme_version v join programme_facts f on f.id = v.facts_id "  # noqa: S608 - our words
        f"where v.programme_id = {alias}.id order by v.version_number desc limit 1)"
    )
