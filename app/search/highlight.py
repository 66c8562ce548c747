"""Highlights: a record's own words as HTML, with those that meet a question in <mark>."""

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from app.search.analyser import Clause, places, words


def marked(clauses: Sequence[Clause], texts: Iterable[str]) -> str:
    """The first text, and each further one in which something is marked, apart by ` … `. All else is escaped."""
    first, *further = (_marked(clauses, text) for text in texts)
    return " … ".join([first, *(html for html in further if "<mark>" in html)])


def _marked(clauses: Sequence[Clause], text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    found = list(words(text))
    spans = sorted(
        (found[place.start].start, found[place.stop - 1].end)
        for clause in clauses
        if not clause.is_not
        for place in places(clause.words, found)
    )
    html, at = [], 0
    for start, end in _joined(spans):
        html += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
        at = end
    return "".join([*html, escape(text[at:])])


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
