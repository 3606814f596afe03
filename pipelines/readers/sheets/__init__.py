"""Spreadsheets: a page a sheet, with the tables found on it."""
