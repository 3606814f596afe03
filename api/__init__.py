"""HTTP in, HTTP out. Nothing here loads an engine or opens a document."""

from schemas import quiet as quiet
