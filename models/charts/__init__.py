"""Charts: what their axes say, and what a picture of one shows."""
