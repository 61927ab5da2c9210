"""All tables in one place: importing this module makes the metadata whole."""

from __future__ import annotations

from models import classification_tables, fact_tables, history_tables, link_tables, search_tables
from models.tables import Base

METADATA = Base.metadata

__all__ = ["METADATA", "classification_tables", "fact_tables", "history_tables", "link_tables", "search_tables"]
