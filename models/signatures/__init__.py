"""Handwritten signatures: the detector, and in ``training`` everything that made its weights."""
