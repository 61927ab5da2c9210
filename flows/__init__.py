"""Orchestration: the only room that knows all rooms, and the only one that imports Prefect."""
