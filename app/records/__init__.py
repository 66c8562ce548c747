"""Writing: each kind of record, and what is done with it: create, change, retract, restore, assess, verify, migrate.

A record's class turns a book line into rows and a document, and rows back into the line.
"""
