"""What can be filled in on a form that is only drawn or scanned: places to write at, boxes to tick."""
