"""Typed values: what kind of value a field holds, where such values stand, and what they are as JSON."""
