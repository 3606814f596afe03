"""Documents changed at random, as bytes and by their structure, given to readers in children."""
