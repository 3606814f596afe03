"""Inference: an image or a text in, a typed answer out. Knows nothing of documents, jobs or files by URL."""

from schemas import quiet as quiet
