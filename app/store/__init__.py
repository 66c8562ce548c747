"""The database: engines and transactions, the tables, the ledger of revisions, cursors of keyset paging.

It knows how rows are kept, and nothing of what they mean.
"""
