"""Tables: where they are, their rows, columns and headers, and the words in their cells."""
