"""Tokenizer: split a text into tokens that keep their offsets, and fold each token for comparison.

The rules compare folded tokens: case, accents, British and American spelling, dotted and undotted abbreviations are
equal after folding. A hyphen between two words is dropped, so that "table-top" and "table top" are the same tokens. A
word that a line end has broken becomes one token whose span covers the line end.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from app.drafting.rules.lexicon_files import word_list, word_map


class Token(NamedTuple):
    """A word or mark of the text.

    `start` and `end` are its offsets. `quoted` is true between quotation marks. `hyphened` is true if a hyphen joins
    it to the token before it.
    """

    start: int
    end: int
    text: str
    fold: str
    quoted: bool = False
    hyphened: bool = False


# The alternatives start with different characters or end by length alone, so the pattern cannot backtrack far.
TOKEN = re.compile(
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
CAPITALS = word_map("spelling", "capitals")
ABBREVIATIONS = word_map("spelling", "abbreviations")
REPLACEMENTS = tuple(word_map("spelling", "replacements").items())
IS_ENDINGS = word_list("spelling", "is_endings")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The form of a word for comparison: "Organisation" and "organization" are equal, and so are "U.S." and "US"."""
    if word in CAPITALS:
        return CAPITALS[word]
    low = word.casefold()
    if "." in low and len(low) > 1:
        return ABBREVIATIONS.get(low) or low.replace(".", "")
    if low in ("'s", "`s"):
        return "'s"
    return _american(low if low.isascii() else _plain(low))


def _plain(low: str) -> str:
    """A word without accents; apostrophes and dashes in one form each."""
    if low in APOSTROPHES:
        return "'"
    if len(low) == 2 and low[0] in APOSTROPHES:
        return "'s"
    if low in "–—―":
        return "—"
    return "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c)) or low


def _american(low: str) -> str:
    for british, american in REPLACEMENTS:
        if british in low:
            low = low.replace(british, american)
    if low.endswith(IS_ENDINGS):
        cut = low.rindex("is")
        low = low[:cut] + "iz" + low[cut + 2 :]
    return low


def tokens_of(text: str, start: int, end: int, known: Collection[str] = ()) -> list[Token]:
    """The tokens of `text[start:end]`. `known` holds folded words; it decides which broken words are joined."""
    found: list[Token] = []
    quoted = joined = False
    last = start
    for match in TOKEN.finditer(text, start, end):
        piece = match[0]
        at, to = match.span()
        if piece in MARKS:
            if piece in HYPHENS and _joins(text, at, to, found):
                joined = True
                continue
            if piece in QUOTES:
                quoted = piece in "“„«" if piece != '"' else not quoted
            elif piece in APOSTROPHES and found and last == at and found[-1].fold.endswith("s"):
                found.append(Token(at, to, piece, "'s", quoted))
                last = to
                continue
        token = Token(at, to, piece, fold(piece), quoted, joined)
        if at > last and found and "\n" in text[last:at] and _is_broken(text, found[-1], token, joined, known):
            first = found.pop()
            token = Token(first.start, to, first.text + piece, fold(first.text + piece), quoted, first.hyphened)
        found.append(token)
        joined = False
        last = to
    return found


def _joins(text: str, at: int, to: int, found: list[Token]) -> bool:
    """True if a hyphen touches a word on one side, and a word or a line end on the other."""
    left = bool(found) and found[-1].end == at
    right = to < len(text) and (text[to].isalnum() or text[to] == "\n")
    broken = bool(found) and text[found[-1].end : at].strip(" ") == "\n" and to < len(text) and text[to].isalnum()
    return (left and right) or broken


def _is_broken(text: str, last: Token, token: Token, hyphen: bool, known: Collection[str]) -> bool:
    """True if two pieces over a line end are known only as one word: "region|al", "consul-|tations"."""
    if not (last.text.isalpha() and token.text.isalpha() and token.text[0].islower()):
        return False
    gap = text[last.end : token.start]
    if gap.strip(" -‐‑\u00ad") != "\n" or (not hyphen and gap != "\n"):
        return False
    return fold(last.text + token.text) in known and not (last.fold in known and token.fold in known)


def folds(phrase: str) -> tuple[str, ...]:
    """The folded tokens of a phrase, without apostrophes."""
    return tuple(token.fold for token in tokens_of(phrase, 0, len(phrase)) if token.fold != "'")


def words_within_lines(text: str) -> set[str]:
    """The folded words of a text that touch no line end."""
    return {fold(word) for word in set(WHOLE.findall(text))}
