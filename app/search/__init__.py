"""Search: text analysis, the full-text indexes of SQLite and PostgreSQL, and the index of all names.

A search query becomes conditions on tokens here, and a name in any spelling becomes the ids of its records.
"""
