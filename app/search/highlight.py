"""Highlights: mark the matches of a search query in the texts of a record, as HTML."""

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from app.search.analyser import Clause, find_matches, words


def highlight(clauses: Sequence[Clause], texts: Iterable[str]) -> str:
    """HTML with each match in `<mark>`: the first text, and those of the other texts that have a match.

    The texts are escaped, and separated by ` … `.
    """
    first, *further = (_highlight_text(clauses, text) for text in texts)
    return " … ".join([first, *(html for html in further if "<mark>" in html)])


def _highlight_text(clauses: Sequence[Clause], text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    found = list(words(text))
    spans = sorted(
        (found[match.start].start, found[match.stop - 1].end)
        for clause in clauses
        if not clause.is_not
        for match in find_matches(clause.words, found)
    )
    html, position = [], 0
    for start, end in _join_overlapping(spans):
        html += [escape(text[position:start]), f"<mark>{escape(text[start:end])}</mark>"]
        position = end
    return "".join([*html, escape(text[position:])])


def _join_overlapping(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
