"""What a prompt says: labels with values, things to tick or to leave empty."""
