"""Octavo for machines without a network: see docs/airgapped.md."""
