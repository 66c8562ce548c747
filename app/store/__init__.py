"""Storage: database engines and transactions, the tables, the ledger of revisions, and the cursors of pages.

This package reads and writes rows. It does not know the rules for their content, which are in `app.records`.
"""
