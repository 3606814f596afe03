"""Models on a graphics card and on the processor, and what Octavo adds to a vision model's time."""
