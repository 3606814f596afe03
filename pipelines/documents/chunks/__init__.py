"""A document's Markdown in pieces, for an index."""
