"""A file and options in, a ``ParsedDocument`` out. Knows no database, queue, tenant or HTTP."""

from schemas import quiet as quiet
