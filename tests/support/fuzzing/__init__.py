"""Hostile inputs for every parser: kept cases, and what is invented on the way (``python -m fuzzing --help``)."""
