"""Facts of a programme -> what it is: class, field, organisations, how it was developed; each value with its evidence.

Pure: no network, no database, no clock. Rules are TOML beside the code, with their sources.
"""
