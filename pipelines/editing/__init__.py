"""Filling in forms: what a prompt says, which blank it means, and what is told of it."""
