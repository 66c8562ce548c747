"""Pledgebook: the open ledger of what states promise each other."""

__version__ = "0.1.0"
