"""What is kept (jobs, files, blobs, keys) and how work is taken in: what ``api`` may see of ``workers``."""
