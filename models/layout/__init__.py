"""Layout: page pictures and pages to regions."""
