"""HTTP routes: one file a kind of thing."""
