"""Writing: create, change, retract, restore, assess, verify and migrate each kind of record.

Each kind has one class, in one file, that turns a document line into rows and a document, and the rows back into the
line: `parties`, `topics`, `instruments`, `participants`, `sources`, `meetings`, `pledges` and `assessments`.
`kinds` lists these classes. `record` writes what they return, `edit` and `upsert` decide what to write.
"""
