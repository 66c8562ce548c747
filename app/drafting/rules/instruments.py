"""Treaties, declarations, plans, bodies and exercises named in a clause:
those of the book by slug, new ones by a slug made of the name.
"""

import re
from functools import lru_cache

from app.drafting.rules.draft_model import Book, Instrument
from app.drafting.rules.lexicon import load
from app.drafting.rules.phrase_table import Phrases
from app.drafting.rules.sentence_view import View
from app.drafting.rules.tokenizer import fold

LOWER = frozenset({"of", "on", "the", "for", "and", "to", "in"})
LONGEST = 12


@lru_cache(maxsize=8)
def _table(instruments: tuple[Instrument, ...]) -> Phrases[str]:
    return Phrases((n, i.slug) for i in instruments for n in (i.name, *i.aliases))


@lru_cache
def _nouns() -> frozenset[str]:
    return frozenset(load("specifics")["instrument_nouns"])


def instruments_in(view: View, book: Book, start: int, end: int) -> tuple[str, ...]:
    """The instruments named in `words[start:end]`, in order, each once."""
    known = [
        (a, b, slug) for a, b, slug in _table(book.instruments).all_in(view.keys, start, end) if _is_named(view, a, b)
    ]
    found: dict[str, None] = {}
    taken = {k for a, b, _ in known for k in range(a, b)}
    named = [(a, b, slug) for a, b, slug in _new(view, start, end) if not any(k in taken for k in range(a, b))]
    for _, _, slug in sorted(known + named):
        found[slug] = None
    return tuple(found)


def _is_named(view: View, a: int, b: int) -> bool:
    return any(view.words[k].text[0].isupper() or view.words[k].text[0].isdigit() for k in range(a, b))


def _new(view: View, start: int, end: int) -> list[tuple[int, int, str]]:
    """Capitalised names that end in a noun of the lexicon: "the Three Lakes Agreement"."""
    found = []
    i = start
    while i < end:
        stop = _name_end(view, i, end)
        last = next((k for k in range(stop - 1, i, -1) if view.words[k].text in _nouns()), 0)
        words = [view.words[k].text for k in range(i, last + 1) if not view.hidden[k]] if last else []
        if last > i and any(w[0].isupper() and fold(w) not in ("joint", "the") for w in words[:-1]):
            found.append((i, last + 1, slug_of(" ".join(words))))
        i = max(i + 1, stop)
    return found


def _name_end(view: View, i: int, end: int) -> int:
    """Where a run of capitalised words that begins at `i` ends."""
    if (
        not view.words[i].text[0].isupper()
        or view.hidden[i]
        or (i in view.mention_at and view.mention_at[i].kind == "person")
    ):
        return i
    stop = i
    while stop < end and stop - i < LONGEST:
        word = view.words[stop]
        inside = view.key(stop) in LOWER and stop + 1 < end and view.words[stop + 1].text[0].isupper()
        if not (word.text[0].isupper() or inside or view.words[stop].text in _nouns()):
            break
        stop += 1
    return stop


def slug_of(name: str) -> str:
    """A slug: lower case words joined by hyphens, at most 80 characters."""
    words = re.findall(r"[a-z0-9]+", name.casefold().replace("’", "").replace("'", ""))
    return "-".join(w for w in words if w != "the")[:80].strip("-") or "unnamed"
