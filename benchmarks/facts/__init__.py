"""Truth readers: one module a data set."""
