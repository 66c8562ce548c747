"""Schemas: Pydantic models of all input and output: document lines, request bodies, responses, and their field types.

Also here: the vocabularies, strict and canonical JSON, the folding of text, and the conversion of validation errors
to faults. No module of this package uses the database.
"""
