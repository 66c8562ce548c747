"""Pydantic models of everything that goes in or out: book lines, request bodies, answers, field types, vocabularies.

Also what is needed to read and write them: strict and canonical JSON, folding of names, and errors as faults. Nothing
here knows a database.
"""
