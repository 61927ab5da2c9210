"""The records that pass between rooms: plain, frozen, without behaviour that needs a network, a clock or a database.

The data's way, a module a step: ``source`` -> ``pages`` -> ``listings`` (words as printed) -> ``programmes`` (typed
values) -> ``runs`` (what one judged run hands to the store). Wherever a value cannot be read, a ``Problem``
(``problems``) says so and the value is ``None``: unknown stays unknown. All of them are imported from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from models.records.listings import Listing, OfferingListing, OrganisationName, Price, Quantity
from models.records.pages import ArchivePlace, KnownPage, Page, PageFailure
from models.records.problems import Problem, Stage
from models.records.programmes import (
    Offering,
    OrganisationRole,
    PriceFacts,
    Programme,
    facts_digest,
    facts_of,
    listing_digest,
)
from models.records.runs import Cause, Harvested, Judgement, Origin, Outcome, PreviousLook, RunRecord
from models.records.source import (
    COMPARED_FACTS,
    ArchivedAddresses,
    Expectations,
    Format,
    KeyPlace,
    Source,
    Terms,
    programme_key,
)

__all__ = [
    "COMPARED_FACTS",
    "EMPTY",
    "ArchivePlace",
    "ArchivedAddresses",
    "Cause",
    "Expectations",
    "Format",
    "Harvested",
    "Judgement",
    "KeyPlace",
    "KnownPage",
    "Listing",
    "Offering",
    "OfferingListing",
    "OrganisationName",
    "OrganisationRole",
    "Origin",
    "Outcome",
    "Page",
    "PageFailure",
    "PreviousLook",
    "Price",
    "PriceFacts",
    "Problem",
    "Programme",
    "Quantity",
    "RunRecord",
    "Source",
    "Stage",
    "Terms",
    "facts_digest",
    "facts_of",
    "listing_digest",
    "programme_key",
]

EMPTY: Mapping[str, Any] = MappingProxyType({})
