"""Formulas: which text is one, and its LaTeX from the places of its glyphs."""
