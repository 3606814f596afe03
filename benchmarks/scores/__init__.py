"""Scores: pure functions from a truth and a reading to a number between 0 and 1."""
