"""PDF: its text, glyphs and pages, through PyMuPDF."""
