"""Drafting: from a statement's text to draft pledges that a person corrects.

Here belongs all that proposes pledges from a text. `rules` reads the text and makes the drafts; it knows no database.
`lexicons` holds every word list that the rules use, as YAML files. `from_book` gives the rules what the book knows and
builds the answer of the API. `yaml_draft` writes an answer as a YAML file. `html_text` makes plain text from HTML.
"""
