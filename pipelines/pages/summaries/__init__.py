"""Summaries of tables, figures and charts: by a language model, or from what they say themselves."""
