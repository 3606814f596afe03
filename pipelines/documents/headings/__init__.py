"""Headings over a whole document: which texts are some, and how deep each stands."""
