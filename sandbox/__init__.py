"""A small imitated world of catalogues with known truth, served on loopback."""
