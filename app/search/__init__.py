"""Text search and names: the text analysis, the two search indexes, and the index of all names and aliases.

A question in words, and a name in any spelling, become tokens and ids here.
"""
