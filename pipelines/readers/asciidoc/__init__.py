"""AsciiDoc, turned into HTML."""
