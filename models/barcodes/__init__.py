"""Barcodes: pictures to symbols and what they say."""
