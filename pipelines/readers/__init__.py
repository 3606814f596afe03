"""Readers: the only code that opens a document's bytes. They run in a child process of their own."""
