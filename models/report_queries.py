"""What the report asks beyond stored figures: which organisations stand behind what was listed on a day.

A part of ``models.queries``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import BindParameter, Connection, Engine, bindparam, text

from models.classification_tables import class_column
from models.columns import UtcDateTime
from models.frames import frame_of

ROLES = ("developed_by", "taught_by", "awarded_by")
"""The roles towards a programme (vocabulary ``role``); the catalogue that lists it is none of them."""


@dataclass(frozen=True, slots=True)
class OrganisationsListed:
    """The organisations of the credentials that were listed at a time, as the database knows now.

    ``rows`` has one row an organisation, the one with the most credentials first: ``name``, ``kind``, ``country`` (both
    ``None`` where unknown), how many credentials name it in each of ``ROLES``, and in any (``credentials``).
    ``credentials`` is how many were listed in all; ``named`` how many of them name somebody in each of ``ROLES``;
    ``organisations`` how many organisations there are.
    """

    rows: pd.DataFrame
    credentials: int
    named: dict[str, int]
    organisations: int


def organisations_listed(
    engine: Engine, at: datetime, *, definition: str, classes: tuple[str, ...], most: int
) -> OrganisationsListed:
    """Return which organisations the credentials listed just before a time name, and in which roles.

    An organisation that no table knows is told apart by its printed name.

    Args:
        engine: the database.
        at: aware; what happens at that very time comes after.
        definition: under which definition ``classes`` are meant (vocabulary ``definition``).
        classes: which classes count (vocabulary ``mc_class``); all if none.
        most: how many organisations ``rows`` holds at most.
    """
    of_class = f"and c.{class_column(definition)} in :classes" if classes else ""
    parameters: list[BindParameter[Any]] = [
        bindparam("at", at, type_=UtcDateTime()),
        bindparam("roles", list(ROLES), expanding=True),
    ]
    parameters += [bindparam("classes", list(classes), expanding=True)] if classes else []
    counts = ", ".join(
        f"count(distinct case when r.role = '{role}' then {_CREDENTIAL} end) as {role}" for role in ROLES
    )
    roles = f"{_LISTED}\n{_NAMED}\nwhere {_AT} {of_class} and r.role in :roles"
    with engine.connect() as connection:
        rows = _asked(
            connection,
            f"select min(coalesce(e.name, o.name)) as name, min(coalesce(k.kind, o.kind)) as kind, "
            f"min(coalesce(k.country, o.country)) as country, {counts}, count(distinct {_CREDENTIAL}) as credentials\n"
            f"{roles}\ngroup by {_ORGANISATION}",
            parameters,
        )
        named = _asked(
            connection,
            f"select {counts}, count(distinct {_ORGANISATION}) as organisations\n{roles}",
            parameters,
        ).iloc[0]
        listed = _asked(
            connection,
            f"select count(distinct {_CREDENTIAL}) as credentials\n{_LISTED}\nwhere {_AT} {of_class}",
            [one for one in parameters if one.key != "roles"],
        )
    return OrganisationsListed(
        # Sorted here: databases order words differently.
        rows=rows.sort_values(["credentials", "name"], ascending=[False, True], ignore_index=True).head(most),
        credentials=int(listed["credentials"].iloc[0]),
        named={role: int(named[role]) for role in ROLES},
        organisations=int(named["organisations"]),
    )


_CREDENTIAL = "coalesce(n.credential_id, p.source || '/' || p.ref)"
_ORGANISATION = "coalesce(k.entity_id, 'as printed: ' || o.name)"
_LISTED = """\
from programme_version v
join programme p on p.id = v.programme_id
left join programme_classification c on c.facts_id = v.facts_id
left join programme_credential n on n.programme_id = p.id"""
_NAMED = """\
join programme_role r on r.facts_id = v.facts_id
join organisation_entry o on o.id = r.organisation_id
left join programme_organisation k on k.facts_id = r.facts_id and k.position = r.position
left join organisation_entity e on e.id = k.entity_id"""
_AT = "v.valid_from < :at and (v.valid_to is null or v.valid_to >= :at)"


def _asked(connection: Connection, sql: str, parameters: list[BindParameter[Any]]) -> pd.DataFrame:
    result = connection.execute(text(sql).bindparams(*parameters))
    return frame_of(list(result.keys()), result.all())
