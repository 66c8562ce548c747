"""Sentences: split a block of text into sentences (codebook 3: the closing mark belongs to no clause)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.rules.layout import Block
from app.drafting.rules.lexicon_files import word_list, word_set
from app.drafting.rules.tokenizer import QUOTES, STOPS, Token

# No rule looks beyond one sentence, so this limit bounds the work on hostile texts.
LONGEST = 450
STARTERS = word_set("layout", "sentence_starters")
ABBREVIATIONS = frozenset(
    abbreviation.lower()
    for name in ("title_abbreviations", "other_abbreviations", "month_abbreviations")
    for abbreviation in word_list("layout", name)
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a block: its tokens and their folded forms. `index` is its place in the block, from 0."""

    words: tuple[Token, ...]
    folds: tuple[str, ...]
    block: Block
    index: int

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def sentences_of(words: Sequence[Token], block: Block) -> list[Sentence]:
    """The sentences of one block in order. The end of the block always ends a sentence."""
    found: list[Sentence] = []
    start = 0
    for i in range(len(words)):
        if i + 1 == len(words) or _ends(words, i) or (i + 1 - start >= LONGEST):
            piece = tuple(words[start : i + 1])
            if any(w.text[0].isalnum() for w in piece):
                found.append(Sentence(piece, tuple(w.fold for w in piece), block, len(found)))
            start = i + 1
    return found


def _ends(words: Sequence[Token], i: int) -> bool:
    """True if a sentence ends after token `i`: at a stop, or a closing quote after it, that a new sentence follows."""
    word = words[i]
    following = words[i + 1]
    if word.text in STOPS:
        if following.text in QUOTES and not _opens(words, i + 1):
            return False
        if (
            word.text == "."
            and i
            and words[i - 1].text[0].isupper()
            and (words[i - 1].fold in ABBREVIATIONS or _is_initial(words, i - 1))
        ):
            return False
        return following.text[0].isupper() or following.text[0].isdigit() or not following.text[0].isalnum()
    if word.text in QUOTES and i and words[i - 1].text in STOPS:
        return following.text[0].isupper() or following.text in QUOTES
    if word.text.endswith(".") and len(word.text) > 2:  # "in the U.S. They agreed"
        return following.fold in STARTERS and following.text[0].isupper()
    return False


def _is_initial(words: Sequence[Token], i: int) -> bool:
    """True for an initial in a name: "Lloyd J. Austin"."""
    return len(words[i].text) == 1 and i > 0 and words[i - 1].text[0].isupper() and words[i].text not in "I"


def _opens(words: Sequence[Token], i: int) -> bool:
    """True if a quotation mark opens a quotation: nothing touches it on the left."""
    return words[i - 1].end != words[i].start
