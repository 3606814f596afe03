"""Types, options, errors and settings: no I/O, and nothing else of Octavo is imported here."""
