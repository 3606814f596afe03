"""Word documents as forms: what can be filled in, and filling it in."""
