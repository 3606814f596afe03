"""Extraction without a language model: deterministic, and quoted word by word."""
