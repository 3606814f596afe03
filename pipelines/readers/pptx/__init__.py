"""PowerPoint presentations: a page a slide."""
