"""Phrase tables: look up the longest phrase that begins at a token."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from app.drafting.rules.tokenizer import folds

V = TypeVar("V")


class PhraseTable(Generic[V]):
    """Phrases with a value each. A lookup compares only the phrases that begin with the same word.

    The first value of a phrase that is given twice wins.
    """

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        by_first: dict[str, dict[tuple[str, ...], V]] = {}
        for phrase, value in entries:
            words = folds(phrase)
            if words:
                by_first.setdefault(words[0], {}).setdefault(words, value)
        self._table = {
            first: sorted(table.items(), key=lambda item: -len(item[0])) for first, table in by_first.items()
        }

    def at(self, words: Sequence[str], i: int) -> tuple[int, V] | None:
        """The number of words and the value of the longest phrase that begins at `i`, or None."""
        for phrase, value in self._table.get(words[i], ()):
            n = len(phrase)
            if n == 1 or tuple(words[i : i + n]) == phrase:
                return n, value
        return None

    def all_in(self, words: Sequence[str], start: int = 0, end: int | None = None) -> list[tuple[int, int, V]]:
        """The phrases in `words[start:end]` from left to right, none overlapping, as (start, end, value)."""
        found: list[tuple[int, int, V]] = []
        i, last = start, len(words) if end is None else end
        while i < last:
            hit = self.at(words, i)
            if hit and i + hit[0] <= last:
                found.append((i, i + hit[0], hit[1]))
                i += hit[0]
            else:
                i += 1
        return found
