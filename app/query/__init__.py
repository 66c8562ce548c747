"""Queries: filters, their translation into one SQL statement, pages, facets, undertakings, threads and the matrix.

The API, the web pages, the command line and all formats read their lists through this package.
"""
