"""Lexicons in folded form: word sets and phrase tables that match the tokens of a text."""

from functools import cache

from app.drafting.rules.lexicon_files import lexicon, word_list
from app.drafting.rules.phrase_table import PhraseTable
from app.drafting.rules.tokenizer import fold, folds

# The files whose words mend words that a line end has broken.
_MENDING = ("acts", "designations", "conditions", "times", "specifics", "states", "organisations")


@cache
def folded_words(file: str, name: str) -> frozenset[str]:
    """The single words of a list, folded. Phrases are left out."""
    return frozenset(fold(word) for word in word_list(file, name) if len(folds(word)) == 1)


@cache
def phrases(file: str, name: str) -> PhraseTable[str]:
    """The words and phrases of a list as a table in which each is its own value."""
    return PhraseTable((phrase, phrase) for phrase in word_list(file, name))


@cache
def mending_words() -> frozenset[str]:
    """The folded words of the lexicons that name parties, acts, times and conditions."""
    found: set[str] = set()
    for file in _MENDING:
        _gather(lexicon(file), found)
    return frozenset(found)


def _gather(data: object, found: set[str]) -> None:
    """Add every word of nested data, keys included, to `found`."""
    if isinstance(data, str):
        found.update(folds(data))
    elif isinstance(data, dict):
        for key, value in data.items():
            _gather(key, found)
            _gather(value, found)
    elif isinstance(data, list):
        for value in data:
            _gather(value, found)
