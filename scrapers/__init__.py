"""The outside world -> Listing, words as printed."""
