"""What is kept: jobs, files, blobs, keys; and how work is taken in. The half of ``workers`` that the API may import."""
