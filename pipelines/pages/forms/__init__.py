"""Forms: fields with their names and values, interactive, printed or scanned."""
