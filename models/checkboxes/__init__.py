"""Boxes and circles to be marked: found, and whether they are marked."""
