"""Tables that page ends and columns broke, put together again."""

from pipelines.documents.merge_tables.stage import merge_tables

__all__ = ["merge_tables"]
