"""Sentences of a block, as spans of words (codebook 3: a sentence's closing mark belongs to no clause)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.rules.layout import Block
from app.drafting.rules.tokenizer import QUOTES, STOPS, Word

# No rule looks further than one sentence, so a bound here bounds the work on hostile texts.
LONGEST = 450
STARTERS = frozenset(
    [
        "the",
        "they",
        "we",
        "both",
        "in",
        "this",
        "these",
        "those",
        "to",
        "on",
        "as",
        "at",
        "it",
        "he",
        "she",
        "our",
        "i",
        "also",
        "furthermore",
        "moreover",
        "additionally",
        "finally",
        "following",
        "during",
        "with",
        "while",
        "for",
        "building",
    ]
)
TITLES = frozenset(
    [
        "mr",
        "ms",
        "mrs",
        "dr",
        "gen",
        "adm",
        "st",
        "no",
        "lt",
        "col",
        "sen",
        "rep",
        "vs",
        "jan",
        "feb",
        "aug",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its words, their folded forms, and its block. `words[0].start` to `words[-1].end` is its span."""

    words: tuple[Word, ...]
    folds: tuple[str, ...]
    block: Block
    index: int

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def sentences_of(words: Sequence[Word], block: Block) -> list[Sentence]:
    """The sentences of one block, in order; a block's end always ends a sentence."""
    found: list[Sentence] = []
    start = 0
    for i in range(len(words)):
        if i + 1 == len(words) or _ends(words, i) or (i + 1 - start >= LONGEST):
            piece = tuple(words[start : i + 1])
            if any(w.text[0].isalnum() for w in piece):
                found.append(Sentence(piece, tuple(w.fold for w in piece), block, len(found)))
            start = i + 1
    return found


def _ends(words: Sequence[Word], i: int) -> bool:
    """Whether a sentence ends after word `i`: at a stop that a new beginning follows, closing quotes included."""
    word = words[i]
    following = words[i + 1]
    if word.text in STOPS:
        if following.text in QUOTES and not _opens(words, i + 1):
            return False
        if (
            word.text == "."
            and i
            and words[i - 1].text[0].isupper()
            and (words[i - 1].fold in TITLES or _is_initial(words, i - 1))
        ):
            return False
        return following.text[0].isupper() or following.text[0].isdigit() or not following.text[0].isalnum()
    if word.text in QUOTES and i and words[i - 1].text in STOPS:
        return following.text[0].isupper() or following.text in QUOTES
    if word.text.endswith(".") and len(word.text) > 2:  # "in the U.S. They agreed"
        return following.fold in STARTERS and following.text[0].isupper()
    return False


def _is_initial(words: Sequence[Word], i: int) -> bool:
    """ "Lloyd J. Austin": a single capital between capitalised words."""
    return len(words[i].text) == 1 and i > 0 and words[i - 1].text[0].isupper() and words[i].text not in "I"


def _opens(words: Sequence[Word], i: int) -> bool:
    """A quotation mark opens if a word follows it closely and none stands closely before it."""
    closely_before = words[i - 1].end == words[i].start
    return not closely_before
