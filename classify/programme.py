"""Classifies one programme: the public door of the room is ``classify``. Pure: no network, no database, no clock."""

from __future__ import annotations

from datetime import date

from classify.classes import classes
from classify.development import development
from classify.elements import elements
from classify.fields import field_of_education
from classify.money import comparable_price
from classify.organisations import known_organisations
from models.classification import Classification
from models.records import Programme, Source


def classify(programme: Programme, source: Source, on: date) -> Classification:
    """Return what the rules make of a programme's facts. Never raises, whatever the facts hold.

    Args:
        programme: the facts; its offerings are not looked at, since they change on their own.
        source: the declaration of its source, whose lookups outweigh the tables here.
        on: the day of the look that read the facts; it only chooses the rate of exchange.
    """
    organisations, unread_names = known_organisations(programme, source)
    stated = elements(programme, source, organisations)
    found, unread_subjects = field_of_education(programme, source)
    price, price_problem = comparable_price(programme, on)
    return Classification(
        classes=classes(programme, source, organisations, stated),
        development=development(programme, source, organisations),
        organisations=organisations,
        field_of_education=found,
        elements=stated,
        price=price,
        price_problem=price_problem,
        unread=(*unread_names, *unread_subjects),
    )
