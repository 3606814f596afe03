"""LaTeX, turned into HTML."""
