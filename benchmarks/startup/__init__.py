"""How long Octavo takes to begin, and how much room it takes."""
