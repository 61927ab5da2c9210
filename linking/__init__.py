"""Which listings of several sources are one credential: links with reasons, never a merge.

Pure: listings in, links out. The rules are data (``rules.toml``, ``titles.toml``); people decide what lies between.
"""
