"""Fixtures that every test may ask for."""

from hypothesis import settings

pytest_plugins = ["tests.chance", "tests.running", "tests.services", "tests.spans"]

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
