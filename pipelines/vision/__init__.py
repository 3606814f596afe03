"""What a vision model answered: taken as content, held against the local reading, put in its place."""
