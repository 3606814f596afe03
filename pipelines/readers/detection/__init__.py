"""Which format a file is in, and what keeps it from being read."""
