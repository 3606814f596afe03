"""Telling others of jobs: their endpoints, the signature, and one attempt to deliver."""
