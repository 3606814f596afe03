"""Schemas filled by a language model, in parts that fit it."""
