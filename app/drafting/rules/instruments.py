"""Instruments: find the treaties, declarations, plans, bodies and exercises that a clause names.

An instrument of the book is given by its slug, a new one by a slug made from its name.
"""

import re
from functools import lru_cache

from app.drafting.rules.draft_model import KnownBook, KnownInstrument
from app.drafting.rules.lexicon_files import word_map, word_set
from app.drafting.rules.phrase_table import PhraseTable
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.tokenizer import fold

NAME_PARTICLES = word_set("layout", "name_particles")
NOT_INSTRUMENT_NAMES = word_set("layout", "not_instrument_names")
NOUNS = word_map("specifics", "instrument_nouns").keys()
LONGEST = 12


@lru_cache(maxsize=8)
def _table(instruments: tuple[KnownInstrument, ...]) -> PhraseTable[str]:
    return PhraseTable((n, i.slug) for i in instruments for n in (i.name, *i.aliases))


def instruments_in(view: SentenceView, book: KnownBook, start: int, end: int) -> tuple[str, ...]:
    """The slugs of the instruments named in `words[start:end]`, in order, each once."""
    known = [
        (a, b, slug) for a, b, slug in _table(book.instruments).all_in(view.keys, start, end) if _is_named(view, a, b)
    ]
    taken = {k for a, b, _ in known for k in range(a, b)}
    named = [(a, b, slug) for a, b, slug in _new(view, start, end) if not any(k in taken for k in range(a, b))]
    return tuple(dict.fromkeys(slug for _, _, slug in sorted(known + named)))


def _is_named(view: SentenceView, a: int, b: int) -> bool:
    """True if a word of the name is capitalised or a number."""
    return any(view.is_upper(k) or view.words[k].text[0].isdigit() for k in range(a, b))


def _new(view: SentenceView, start: int, end: int) -> list[tuple[int, int, str]]:
    """The capitalised names that end in a noun of the lexicon: "the Three Lakes Agreement"."""
    found = []
    i = start
    while i < end:
        stop = _name_end(view, i, end)
        last = next((k for k in range(stop - 1, i, -1) if view.words[k].text in NOUNS), 0)
        words = [view.words[k].text for k in range(i, last + 1) if not view.hidden[k]] if last else []
        if last > i and any(w[0].isupper() and fold(w) not in NOT_INSTRUMENT_NAMES for w in words[:-1]):
            found.append((i, last + 1, slug_of(" ".join(words))))
        i = max(i + 1, stop)
    return found


def _name_end(view: SentenceView, i: int, end: int) -> int:
    """Where the run of capitalised words that begins at `i` ends."""
    if (
        not view.words[i].text[0].isupper()
        or view.hidden[i]
        or (i in view.mention_at and view.mention_at[i].kind == "person")
    ):
        return i
    stop = i
    while stop < end and stop - i < LONGEST:
        word = view.words[stop]
        inside = view.key(stop) in NAME_PARTICLES and stop + 1 < end and view.words[stop + 1].text[0].isupper()
        if not (word.text[0].isupper() or inside or view.words[stop].text in NOUNS):
            break
        stop += 1
    return stop


def slug_of(name: str) -> str:
    """The slug of a name: words in lower case, joined by hyphens, at most 80 characters."""
    words = re.findall(r"[a-z0-9]+", name.casefold().replace("’", "").replace("'", ""))
    return "-".join(w for w in words if w != "the")[:80].strip("-") or "unnamed"
