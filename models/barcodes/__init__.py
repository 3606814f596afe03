"""Barcodes: pictures to symbols and what they say."""

SMALL = 1_600_000
"""A picture of at most so many pixels is looked at enlarged, too; of a larger one parts may be."""
