"""Listing -> Programme: words as printed become typed values, or a Problem. Pure."""
