"""Steps over a whole document: its Markdown, its chunks."""
