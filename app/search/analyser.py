"""Analyser: split text into tokens, and parse search queries.

SQLite and PostgreSQL store and match these tokens without further analysis, so both give the same results:

- Case, accents and the kind of dash do not matter. `U.S.` becomes `us`, `Korea's` becomes `korea`.
- A word becomes its English stem (`deployment` becomes `deploy`), with British spelling changed to American spelling.
- Korean, Chinese and Japanese text becomes overlapping pairs of characters, so that a part of a word matches the word.
- The token of a word contains only letters and digits. Every other token (a whole word for prefix search, a topic, a
  party) contains a `·`, so that it never equals the token of a word.

A search query consists of words, "phrases", -excluded words and prefix*. Any text is valid: the parser ignores other
characters.
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
GAP = f"gap{MARK}"  # between two fields, so that no phrase matches across fields
EVERY = f"every{MARK}"  # in every row, for search queries with only excluded words

_MAX_WORD_LENGTH = 50
_MAX_QUERY_LENGTH = 2000
# Longer segments are not cached. The limit is lower for scripts in which each character adds a token.
_MAX_CACHED_LENGTH = 100
_MAX_CACHED_LENGTH_UNSPACED = 8
_MAX_TERMS = 24
_MAX_PHRASE_LENGTH = 32
# PostgreSQL stores at most 255 positions of a token.
_MAX_POSITIONS = 250

# Hangul, Han and Kana are written without spaces between words.
_UNSPACED = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_SEGMENT = re.compile(rf"[^\W\d_](?:\.[^\W\d_])+(?!\w)\.?|[^\W_]{_LETTER}*(?:['’]{_LETTER}+)*")
_RUN = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+")
_POSSESSIVE = re.compile(r"['’]s$")
# British endings and their American spelling. Without -vise and -cise (`revise`, `precise`), which are also American.
_AMERICAN = ((re.compile(r"(?<=[fd]en)ce(?=$|s$|less|d$)"), "se"),
             (re.compile(r"(?<=[a-z]{2}[bdf-np-tw-z])is(?=(?:e|es|ed|ing|er|ers|ations?)$)"), "iz"))  # fmt: skip
_stemmer = Stemmer("english")
_stemmer_lock = Lock()  # a stemmer keeps state during a call, so only one thread can use it


class Word(NamedTuple):
    """A token, the forms that a prefix or a single syllable is compared with, and the span in the text."""

    token: str
    forms: tuple[str, ...]
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text in order. Their spans are offsets in the text's normal form (NFC)."""
    for segment in _SEGMENT.finditer(unicodedata.normalize("NFC", text)):
        first, last = segment.span()
        for token, forms, start, end in _analyse(segment.group()):
            yield Word(token, forms, first + start, last if end is None else first + end)


_Tokens = tuple[tuple[str, tuple[str, ...], int, int | None], ...]


def _analyse(segment: str) -> _Tokens:
    """The tokens of a segment, as token, forms, start and end. The end is None if the token spans the whole segment."""
    max_length = _MAX_CACHED_LENGTH if segment.isascii() else _MAX_CACHED_LENGTH_UNSPACED
    return _cached_analysis(segment) if len(segment) <= max_length else _analysis(segment)


@lru_cache(maxsize=50_000)
def _cached_analysis(segment: str) -> _Tokens:
    return _analysis(segment)


def _analysis(segment: str) -> _Tokens:
    plain = re.sub(r"['’.]", "", _POSSESSIVE.sub("", _fold(segment)))
    is_same_length = len(plain) == len(segment)
    tokens: list[tuple[str, tuple[str, ...], int, int | None]] = []
    for run in _RUN.finditer(plain):
        text = run.group()
        if text[0] >= "\u3041" and re.match(rf"[{_UNSPACED}]", text):
            for index in range(max(1, len(text) - 1)):
                pair = text[index : index + 2]
                span = (run.start() + index, run.start() + index + len(pair)) if is_same_length else (0, None)
                tokens.append((pair, tuple(pair), *span))
        else:
            surface = text[:_MAX_WORD_LENGTH]
            span = (run.start(), run.end()) if is_same_length else (0, None)
            tokens.append((_stem(surface), (surface,), *span))
    return tuple(tokens)


def _fold(text: str) -> str:
    return without_accents(text).casefold()


def _stem(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return word
    for british, american in _AMERICAN:
        word = british.sub(american, word)
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))


def tokens_of(text: str) -> tuple[str, ...]:
    """The tokens of a text, without forms and spans."""
    return tuple(word.token for word in words(text))


def record_token(kind: str, id: str) -> str:
    """The token of a topic, party, person or instrument that a record names, or of a type of meeting."""
    return f"{kind}{MARK}{id.casefold().replace('-', MARK)}"


def indexed(texts: Iterable[str], record_tokens: Iterable[str]) -> str:
    """The tokens of an index row, joined by spaces: the words of each text in order, `record_tokens`, and the forms."""
    row: list[str] = []
    forms: set[str] = set()
    counts: dict[str, int] = {}
    for text in texts:
        for segment in _SEGMENT.findall(unicodedata.normalize("NFC", text)):
            for token, word_forms, _, _ in _analyse(segment):
                counts[token] = counts.get(token, 0) + 1
                row.append(token if counts[token] <= _MAX_POSITIONS else GAP)
                forms.update(word_forms)
        row.append(GAP)
    return " ".join([*row, EVERY, *sorted(set(record_tokens)), *sorted(MARK + form for form in forms)])


# Expressions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """One token, or several consecutive tokens."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Prefix:
    """A token that starts with `start`."""

    start: str


@dataclass(frozen=True)
class AnyOf:
    of: tuple["Expression", ...]


@dataclass(frozen=True)
class AllOf:
    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Outside:
    """A name in a record that contains none of the `longer` names: `Korea`, but not `North Korea`."""

    name: Phrase
    longer: tuple[Phrase, ...]


Expression = Phrase | Prefix | AnyOf | AllOf | Outside


@dataclass(frozen=True)
class Clause:
    """One condition of a search query: the record's own text matches `words`, or the record has a record token.

    With `is_not`, the condition is negated.
    """

    words: Expression
    record_tokens: tuple[str, ...] = ()
    is_not: bool = False

    @property
    def expression(self) -> Expression:
        if not self.record_tokens:
            return self.words
        return AnyOf((self.words, *(Phrase((token,)) for token in self.record_tokens)))


# Search queries -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueryTerm:
    """One term of a search query: a word, a quoted phrase, or a prefix."""

    tokens: tuple[str, ...]
    is_not: bool = False
    is_quoted: bool = False
    is_prefix: bool = False


_QUERY_PART = re.compile(r'(?P<not>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')


def parse(query: str) -> list[QueryTerm]:
    """The terms of a search query in order. Empty if it contains no word."""
    terms: list[QueryTerm] = []
    for part in _QUERY_PART.finditer(query[:_MAX_QUERY_LENGTH].translate(_QUOTES)):
        is_not, phrase = part["not"] is not None, part["phrase"]
        terms += _quoted(phrase, is_not) if phrase is not None else _unquoted(part["chunk"], is_not)
    return terms[:_MAX_TERMS]


def _quoted(text: str, is_not: bool) -> Iterator[QueryTerm]:
    if tokens := _query_tokens(list(words(text))):
        yield QueryTerm(tokens, is_not, is_quoted=True)


def _unquoted(chunk: str, is_not: bool) -> Iterator[QueryTerm]:
    found = list(words(chunk))
    if found and chunk.endswith("*") and len(found[-1].forms) == 1:
        yield from (QueryTerm((word.token,), is_not) for word in found[:-1])
        yield QueryTerm((MARK + found[-1].forms[0],), is_not, is_prefix=True)
    elif is_not and found:
        yield QueryTerm(_query_tokens(found), is_not, is_quoted=len(found) > 1)
    else:
        for run in _runs(found):
            yield QueryTerm(_query_tokens(run))


def _runs(found: Sequence[Word]) -> Iterator[list[Word]]:
    """The words one by one, but the overlapping pairs of one run of syllables as one group."""
    run: list[Word] = []
    for word in found:
        if run and not (len(word.token) == len(run[-1].token) == 2 == len(word.forms) and word.start < run[-1].end):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _query_tokens(found: Sequence[Word]) -> tuple[str, ...]:
    """The tokens of a term. A single syllable becomes the token of a form, which matches any part of a word."""
    if len(found) == 1 and re.fullmatch(rf"[{_UNSPACED}]", found[0].token):
        return (MARK + found[0].token,)
    return tuple(word.token for word in found[:_MAX_PHRASE_LENGTH])


# Ignored in a search query, unless they are quoted or the query contains nothing else.
FUNCTION_WORDS = frozenset(
    tokens_of(
        "a an and are as at be been but by can did do does for from had has have how in into is it its no nor not of "
        "on or per so such than that the their them there these they this those to was were what when where which why "
        "will with would"
    )
)


# Matches in a text ----------------------------------------------------------------------------------------------------


def find_matches(expression: Expression, text: Sequence[Word]) -> Iterator[range]:
    """The ranges of words that match an expression, or any part of it."""
    match expression:
        case Phrase(tokens):
            yield from _find_phrase(tokens, text)
        case Prefix(start):
            for index, word in enumerate(text):
                if any((MARK + form).startswith(start) for form in word.forms):
                    yield range(index, index + 1)
        case Outside(name, longer):
            if not any(is_match(other, text) for other in longer):
                yield from find_matches(name, text)
        case AnyOf(of) | AllOf(of):
            for part in of:
                yield from find_matches(part, text)


def is_match(expression: Expression, text: Sequence[Word]) -> bool:
    """True if an expression, or any part of it, matches in a text."""
    return next(find_matches(expression, text), None) is not None


def _find_phrase(tokens: tuple[str, ...], text: Sequence[Word]) -> Iterator[range]:
    length = len(tokens)
    if length == 1 and tokens[0].startswith(MARK):
        yield from (range(i, i + 1) for i, word in enumerate(text) if tokens[0][len(MARK) :] in word.forms)
        return
    for index in range(len(text) - length + 1):
        if all(text[index + offset].token == token for offset, token in enumerate(tokens)):
            yield range(index, index + length)
