"""Searching: the one analyser, which turns text into tokens, and the language of questions.

Both engines store these tokens as they are and only match them, so they must agree. What holds for any text:

- Case, accents and the kind of dash do not matter; `U.S.` is `us`, `Korea's` is `korea`.
- A word is its English stem (`deploy`, `deployment`), with British and American spelling made one.
- Korean, and other scripts without spaces, are overlapping pairs of syllables, so that a part of a word finds it.
- A word's token is letters and digits. Every other token (the whole word for prefixes, a topic, a party) has a `·`
  in it, which no word can have.

A question is words, "phrases", -not and prefix*. Any text is one: what is no word is passed over.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from Stemmer import Stemmer

from app.schemas.folding import without_accents

MARK = "·"
GAP = f"gap{MARK}"  # stands between two fields, so that no phrase reaches across
EVERY = f"every{MARK}"  # stands in every record, for questions that only exclude

_LONGEST_WORD = 50
_LONGEST_QUESTION = 2000
_LONGEST_KEPT = 100  # of what has one token; where each letter is a part of one, so few are kept
_LONGEST_KEPT_UNSPACED = 8
_MOST_UNITS = 24
_LONGEST_PHRASE = 32
# PostgreSQL keeps at most 255 places of a token.
_MOST_PLACES = 250

# Hangul, Han and Kana are written without spaces between words.
_UNSPACED = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_SEGMENT = re.compile(rf"[^\W\d_](?:\.[^\W\d_])+(?!\w)\.?|[^\W_]{_LETTER}*(?:['’]{_LETTER}+)*")
_RUN = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+")
_POSSESSIVE = re.compile(r"['’]s$")
# As Americans spell it. Not -vise and -cise, which belong with revision and precision.
_AMERICAN = ((re.compile(r"(?<=[fd]en)ce(?=$|s$|less|d$)"), "se"),
             (re.compile(r"(?<=[a-z]{2}[bdf-np-tw-z])is(?=(?:e|es|ed|ing|er|ers|ations?)$)"), "iz"))  # fmt: skip
_stemmer = Stemmer("english")
_stemmer_is_free = Lock()


class Word(NamedTuple):
    """A token with its place in the text; `forms` are what a prefix (or one syllable) is held against."""

    token: str
    forms: tuple[str, ...]
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, with where they stand in its normal form (NFC)."""
    for segment in _SEGMENT.finditer(unicodedata.normalize("NFC", text)):
        first, last = segment.span()
        for token, forms, start, end in _analyse(segment.group()):
            yield Word(token, forms, first + start, last if end is None else first + end)


_Tokens = tuple[tuple[str, tuple[str, ...], int, int | None], ...]


def _analyse(segment: str) -> _Tokens:
    """The tokens of what stands between two spaces or signs; where a part is not told apart, they mark all of it."""
    longest = _LONGEST_KEPT if segment.isascii() else _LONGEST_KEPT_UNSPACED
    return _kept_analysis(segment) if len(segment) <= longest else _analysis(segment)


@lru_cache(maxsize=50_000)
def _kept_analysis(segment: str) -> _Tokens:
    return _analysis(segment)


def _analysis(segment: str) -> _Tokens:
    plain = re.sub(r"['’.]", "", _POSSESSIVE.sub("", _fold(segment)))
    is_same_length = len(plain) == len(segment)
    found: list[tuple[str, tuple[str, ...], int, int | None]] = []
    for run in _RUN.finditer(plain):
        text = run.group()
        if text[0] >= "\u3041" and re.match(rf"[{_UNSPACED}]", text):
            for index in range(max(1, len(text) - 1)):
                pair = text[index : index + 2]
                at = (run.start() + index, run.start() + index + len(pair)) if is_same_length else (0, None)
                found.append((pair, tuple(pair), *at))
        else:
            surface = text[:_LONGEST_WORD]
            at = (run.start(), run.end()) if is_same_length else (0, None)
            found.append((_stem(surface), (surface,), *at))
    return tuple(found)


def _fold(text: str) -> str:
    return without_accents(text).casefold()


def _stem(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return word
    for british, american in _AMERICAN:
        word = british.sub(american, word)
    with _stemmer_is_free:  # it keeps the word it is at
        return str(_stemmer.stemWord(word))


def tokens_of(text: str) -> tuple[str, ...]:
    """The tokens of a text alone."""
    return tuple(word.token for word in words(text))


def thing(kind: str, id: str) -> str:
    """The token of something that records name: a topic, a party, a person, an instrument, a type of meeting."""
    return f"{kind}{MARK}{id.casefold().replace('-', MARK)}"


def indexed(texts: Iterable[str], things: Iterable[str]) -> str:
    """What the index holds of a record: its words in order, field by field, then what it names and its whole words."""
    row: list[str] = []
    forms: set[str] = set()
    counts: dict[str, int] = {}
    for text in texts:
        for segment in _SEGMENT.findall(unicodedata.normalize("NFC", text)):
            for token, of_word, _, _ in _analyse(segment):
                counts[token] = counts.get(token, 0) + 1
                row.append(token if counts[token] <= _MOST_PLACES else GAP)
                forms.update(of_word)
        row.append(GAP)
    return " ".join([*row, EVERY, *sorted(set(things)), *sorted(MARK + form for form in forms)])


# Expressions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """These tokens, one after the other; most often just one."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Prefix:
    """A token that begins so."""

    start: str


@dataclass(frozen=True)
class AnyOf:
    of: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Outside:
    """A name, in records without any of the longer names that it stands in: Korea, but not North Korea."""

    name: Phrase
    longer: tuple[Phrase, ...]


Expression = Phrase | Prefix | AnyOf | AllOf | Outside


@dataclass(frozen=True)
class Clause:
    """One demand of a question: `words` in the record's own text, or one of the `things` it names; or neither."""

    words: Expression
    things: tuple[str, ...] = ()
    is_not: bool = False

    @property
    def expression(self) -> Expression:
        if not self.things:
            return self.words
        return AnyOf((self.words, *(Phrase((token,)) for token in self.things)))


# Questions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """What a question asks for at one place: a word, a phrase in quotes, or the beginning of a word."""

    tokens: tuple[str, ...]
    is_not: bool = False
    is_quoted: bool = False
    is_prefix: bool = False


_ASKED = re.compile(r'(?P<not>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')


def parse(question: str) -> list[Unit]:
    """What a question asks for, in order. Empty if there is no word in it."""
    units: list[Unit] = []
    for part in _ASKED.finditer(question[:_LONGEST_QUESTION].translate(_QUOTES)):
        is_not, phrase = part["not"] is not None, part["phrase"]
        units += _quoted(phrase, is_not) if phrase is not None else _unquoted(part["chunk"], is_not)
    return units[:_MOST_UNITS]


def _quoted(text: str, is_not: bool) -> Iterator[Unit]:
    if tokens := _asked_tokens(list(words(text))):
        yield Unit(tokens, is_not, is_quoted=True)


def _unquoted(chunk: str, is_not: bool) -> Iterator[Unit]:
    found = list(words(chunk))
    if found and chunk.endswith("*") and len(found[-1].forms) == 1:
        yield from (Unit((word.token,), is_not) for word in found[:-1])
        yield Unit((MARK + found[-1].forms[0],), is_not, is_prefix=True)
    elif is_not and found:
        yield Unit(_asked_tokens(found), is_not, is_quoted=len(found) > 1)
    else:
        for run in _runs(found):
            yield Unit(_asked_tokens(run))


def _runs(found: Sequence[Word]) -> Iterator[list[Word]]:
    """Words one by one, but the pairs of one run of syllables together."""
    run: list[Word] = []
    for word in found:
        if run and not (len(word.token) == len(run[-1].token) == 2 == len(word.forms) and word.start < run[-1].end):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _asked_tokens(found: Sequence[Word]) -> tuple[str, ...]:
    """A syllable that stands alone may be any part of a word."""
    if len(found) == 1 and re.fullmatch(rf"[{_UNSPACED}]", found[0].token):
        return (MARK + found[0].token,)
    return tuple(word.token for word in found[:_LONGEST_PHRASE])


# Left out of a question unless quoted or all it has: they say how its words hang together.
FUNCTION_WORDS = frozenset(
    tokens_of(
        "a an and are as at be been but by can did do does for from had has have how in into is it its no nor not of "
        "on or per so such than that the their them there these they this those to was were what when where which why "
        "will with would"
    )
)


# Where an expression stands in a text ---------------------------------------------------------------------------------


def places(expression: Expression, text: Sequence[Word]) -> Iterator[range]:
    """The stretches of words that an expression is met by; all parts of it, each for itself."""
    match expression:
        case Phrase(tokens):
            yield from _phrase_places(tokens, text)
        case Prefix(start):
            for index, word in enumerate(text):
                if any((MARK + form).startswith(start) for form in word.forms):
                    yield range(index, index + 1)
        case Outside(name, longer):
            if not any(is_met(other, text) for other in longer):
                yield from places(name, text)
        case AnyOf(of) | AllOf(of):
            for part in of:
                yield from places(part, text)


def is_met(expression: Expression, text: Sequence[Word]) -> bool:
    """Whether any part of an expression stands in a text."""
    return next(places(expression, text), None) is not None


def _phrase_places(tokens: tuple[str, ...], text: Sequence[Word]) -> Iterator[range]:
    length = len(tokens)
    if length == 1 and tokens[0].startswith(MARK):
        yield from (range(i, i + 1) for i, word in enumerate(text) if tokens[0][len(MARK) :] in word.forms)
        return
    for index in range(len(text) - length + 1):
        if all(text[index + offset].token == token for offset, token in enumerate(tokens)):
            yield range(index, index + length)
