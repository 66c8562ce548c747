"""Words of a text, with their places: the only view of the text that the rules have.

A word keeps its offsets into the text as given; rules compare its folded form (case, accents, British and American
spelling, dotted and undotted abbreviations all fall together). Hyphens between words vanish, so that "table-top" and
"table top" are one; a word broken by a line end is one word again, its span still covering the break.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple


class Word(NamedTuple):
    """A word or mark: `text[start:end]`, its folded form, whether quotation marks enclose it, and a hyphen joins
    it on.
    """

    start: int
    end: int
    text: str
    fold: str
    quoted: bool = False
    hyphened: bool = False


# Alternatives start with different characters or end by length alone: nothing here can backtrack far.
WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![\w]))?"  # U.S., D.C., e.g.
    r"|\d+(?:[.,]\d+)*\+\d+"  # 2+2
    r"|\d+(?:[.,]\d+)*(?![^\W_])"  # 1,000 and 1.77
    r"|[^\W_]+(?:(?:\.[^\W\d_](?=\.))+\.)?"  # words; AUKU.S.
    r"|['’´`ʼ]s\b"
    r"|\S"
)
WHOLE = re.compile(r"(?<![\n\w])[^\W\d_]+(?![\n\w])")
HYPHENS = frozenset("-‐‑\u00ad")
APOSTROPHES = frozenset("'’´`ʼ")
QUOTES = frozenset('"“”„«»')
MARKS = HYPHENS | APOSTROPHES | QUOTES
STOPS = frozenset(".!?")
COMMAS = frozenset({",", ";"})
SPELLINGS = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("defence", "defense"),
    ("vour", "vor"),
    ("bour", "bor"),
    ("viour", "vior"),
    ("programme", "program"),
    ("centre", "center"),
    ("licence", "license"),
    ("cheque", "check"),
    ("offence", "offense"),
)
ABBREVIATED = {"us": "usa", "uk": "uk", "u.s.": "usa", "u.s.a.": "usa", "u.s": "usa"}


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The form in which words are compared: "Organisation" and "organization", "U.S." and "US" are one, "us" is not."""
    if word in ("US", "USA"):
        return "usa"
    low = word.casefold()
    if "." in low and len(low) > 1:
        return ABBREVIATED.get(low) or low.replace(".", "")
    if not low.isascii():
        if low in APOSTROPHES:
            return "'"
        if len(low) == 2 and low[0] in APOSTROPHES:
            return "'s"
        if low in "–—―":
            return "—"
        low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c)) or low
    elif low == "'s" or low == "`s":
        return "'s"
    for old, new in SPELLINGS:
        if old in low:
            low = low.replace(old, new)
    if low.endswith(("ise", "ised", "ises")):
        cut = low.rindex("is")
        low = low[:cut] + "iz" + low[cut + 2 :]
    return low


def words_of(text: str, start: int, end: int, vocabulary: Collection[str] = ()) -> list[Word]:
    """The words of `text[start:end]`; `vocabulary` holds folded words, to mend those broken by a line end."""
    found: list[Word] = []
    quoted = joined = False
    last = start
    for match in WORD.finditer(text, start, end):
        piece = match[0]
        at, to = match.span()
        if piece in MARKS:
            if piece in HYPHENS and _joins(text, at, to, found):
                joined = True
                continue
            if piece in QUOTES:
                quoted = piece in "“„«" if piece != '"' else not quoted
            elif piece in APOSTROPHES and found and last == at and found[-1].fold.endswith("s"):
                found.append(Word(at, to, piece, "'s", quoted))
                last = to
                continue
        word = Word(at, to, piece, fold(piece), quoted, joined)
        if at > last and found and "\n" in text[last:at] and _is_broken(text, found[-1], word, joined, vocabulary):
            first = found.pop()
            word = Word(first.start, to, first.text + piece, fold(first.text + piece), quoted, first.hyphened)
        found.append(word)
        joined = False
        last = to
    return found


def _joins(text: str, at: int, to: int, found: list[Word]) -> bool:
    """A hyphen joins if it touches a word on its left and a word, or a line end, on its right (or the reverse)."""
    left = bool(found) and found[-1].end == at
    right = to < len(text) and (text[to].isalnum() or text[to] == "\n")
    broken = bool(found) and text[found[-1].end : at].strip(" ") == "\n" and to < len(text) and text[to].isalnum()
    return (left and right) or broken


def _is_broken(text: str, last: Word, word: Word, hyphen: bool, vocabulary: Collection[str]) -> bool:
    """Two pieces over a line end are one word if only together they are known: "region|al", "consul-|tations"."""
    if not (last.text.isalpha() and word.text.isalpha() and word.text[0].islower()):
        return False
    gap = text[last.end : word.start]
    if gap.strip(" -‐‑\u00ad") != "\n" or (not hyphen and gap != "\n"):
        return False
    return fold(last.text + word.text) in vocabulary and not (last.fold in vocabulary and word.fold in vocabulary)


def folds(phrase: str) -> tuple[str, ...]:
    """A lexicon's phrase as the folded words it is looked up by."""
    return tuple(w.fold for w in words_of(phrase, 0, len(phrase)) if w.fold != "'")


def seen_in(text: str) -> set[str]:
    """The folded words of a text that do not touch a line end: a vocabulary to mend broken words by."""
    return {fold(word) for word in set(WHOLE.findall(text))}
