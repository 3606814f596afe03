"""Filling in forms: prompts made for real forms, and what came to stand where."""
