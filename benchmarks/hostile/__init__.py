"""Broken, hostile and merely odd files, read as a worker reads them: does each end as it should?"""
