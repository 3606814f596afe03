"""Key-value reading of flat forms: labels, what is written beside them, boxes that are ticked."""
