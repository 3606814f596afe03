"""Which of the caller's classes a page belongs to, and what speaks for it."""
