"""A folder is a source: `<slug>/source.toml`, and `scraper.py` only where no platform base serves."""
