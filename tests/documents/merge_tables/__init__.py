"""Tests of merging tables."""
