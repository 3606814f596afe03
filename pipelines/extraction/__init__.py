"""Schemas filled from a document: what is read, by whom, and where it stands."""
