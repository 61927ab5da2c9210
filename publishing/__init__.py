"""Files that others open: rows and column texts in, files out. Knows neither database nor network."""
