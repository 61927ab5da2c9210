"""One base per catalogue engine or feed standard, shared by many sources."""
