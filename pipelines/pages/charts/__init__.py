"""Charts: told from other figures, and read as data."""
