"""Tests of finding what can be filled in on flat forms."""
