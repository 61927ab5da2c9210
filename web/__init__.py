"""The page people look at: rendered on the server, read-only, without scripts and without anything from elsewhere."""
