"""Filling in PDFs: fields of their own forms, and what is only drawn on their pages."""
