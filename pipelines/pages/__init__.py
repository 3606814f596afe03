"""Stages over the pages of a paged document."""
