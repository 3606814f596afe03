"""Tables that page ends and columns broke, put together again."""

from pipelines.documents.merge_tables.stage import Merged, merge_tables

__all__ = ["Merged", "merge_tables"]
