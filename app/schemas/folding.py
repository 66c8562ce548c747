"""Folding: text without the differences between spellings of one name, for comparison and lookup.

Two spellings of one name have the same folded text, on every engine: nothing here depends on the database.
"""

import re
import unicodedata

MAX_FOLDED_LENGTH = 300  # the width of the columns that hold folded names
_SEPARATORS = re.compile(r"[\W_]+")


def without_accents(text: str) -> str:
    """The text without combining marks, in Unicode normal form NFC; ASCII text is returned unchanged."""
    if text.isascii():
        return text
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain)


def fold_text(text: str) -> str:
    """The text in lower case without accents, full stops and apostrophes, its words separated by one space."""
    folded = without_accents(text).casefold().replace(".", "").replace("'", "").replace("’", "")
    return _SEPARATORS.sub(" ", folded).strip()


def fold(name: str) -> str:
    """The folded name as the database stores it: cut to the width of its column."""
    return fold_text(name)[:MAX_FOLDED_LENGTH]
