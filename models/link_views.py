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
_PRECEDENCE = f"case s.kind {_RANKS} else {len(_KINDS)} end"
FIRST_LISTED = f"""\
from (
  select {CREDENTIAL} as credential_id, p.id as programme_id,
    row_number() over (partition by {CREDENTIAL} order by {_PRECEDENCE}, w.opened_at, p.id) as place
  from programme p
  join source s on s.slug = p.source
  join programme_version v on v.programme_id = p.id and v.valid_to is null
  join programme_window w on w.programme_id = p.id and w.window_number = v.window_number
  {_COUNTED}
) k
join (
  select {CREDENTIAL} as credential_id, count(*) as listings, count(distinct p.source) as sources
  from programme p
  join programme_version v on v.programme_id = p.id and v.valid_to is null
  {_COUNTED}
  group by {CREDENTIAL}
) t on t.credential_id = k.credential_id
join programme p on p.id = k.programme_id
join source s on s.slug = p.source
join programme_version v on v.programme_id = p.id and v.valid_to is null
join programme_facts f on f.id = v.facts_id
where k.place = 1"""  # noqa: S608 - our words
"""Credentials ``t`` listed now, each with the programme ``p`` in whose words it is described."""
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
