"""Lexicon files: load the word lists and phrase tables of `app/drafting/lexicons`, each file once.

Each function takes the name of a file without its suffix and the name of a list in that file. It raises `LexiconError`
if the file or the list is missing or does not have the expected shape. Entries are returned as they are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FOLDER = Path(__file__).resolve().parent.parent / "lexicons"


class LexiconError(ValueError):
    """A lexicon file is missing or malformed; the message names the file and the list."""


@dataclass(frozen=True, slots=True)
class PartyDesignations:
    """What the lexicon knows of a state or organisation."""

    names: tuple[str, ...]
    adjectives: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@cache
def lexicon(file: str) -> Mapping[str, object]:
    """One lexicon file as a mapping of list names to plain data."""
    try:
        text = (FOLDER / f"{file}.yaml").read_text(encoding="utf-8")
        # The pure loader reads YAML 1.2, in which `no` and `on` are text. The C loader reads YAML 1.1.
        data = YAML(typ="safe", pure=True).load(text)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise LexiconError(f"{file}.yaml cannot be read: {error}") from error
    return _mapping(data, f"{file}.yaml")


@cache
def single_word(file: str, name: str) -> str:
    """An entry that is one word."""
    return _word(_entry(file, name), f"{file}.yaml: {name}")


@cache
def word_list(file: str, name: str) -> tuple[str, ...]:
    """The words and phrases of a list, in the order of the file."""
    return _words(_entry(file, name), f"{file}.yaml: {name}")


@cache
def word_set(file: str, name: str) -> frozenset[str]:
    """The words and phrases of a list as a set."""
    return frozenset(word_list(file, name))


@cache
def word_map(file: str, name: str) -> dict[str, str]:
    """A table from word to word."""
    place = f"{file}.yaml: {name}"
    return {key: _word(value, place) for key, value in _mapping(_entry(file, name), place).items()}


@cache
def optional_words(file: str, name: str) -> dict[str, str | None]:
    """A table from word to word or null."""
    place = f"{file}.yaml: {name}"
    table = _mapping(_entry(file, name), place)
    return {key: None if value is None else _word(value, place) for key, value in table.items()}


@cache
def word_lists(file: str, name: str) -> dict[str, tuple[str, ...]]:
    """A table from word to list of words."""
    place = f"{file}.yaml: {name}"
    return {key: _words(value, place) for key, value in _mapping(_entry(file, name), place).items()}


@cache
def numbers(file: str, name: str) -> dict[str, int]:
    """A table from word to whole number."""
    place = f"{file}.yaml: {name}"
    return {key: _number(value, place) for key, value in _mapping(_entry(file, name), place).items()}


@cache
def month_ranges(file: str, name: str) -> dict[str, tuple[int, int]]:
    """A table from word to first and last month, 1 to 12."""
    place = f"{file}.yaml: {name}"
    ranges = {}
    for key, value in _mapping(_entry(file, name), place).items():
        if not isinstance(value, list) or len(value) != 2:
            raise LexiconError(f"{place}: {key} must be a pair of months")
        ranges[key] = (_number(value[0], place), _number(value[1], place))
    return ranges


@cache
def shares(file: str, name: str) -> dict[str, float]:
    """A table from word to share, 0 to 1."""
    place = f"{file}.yaml: {name}"
    found = {}
    for key, value in _mapping(_entry(file, name), place).items():
        if not isinstance(value, int | float):
            raise LexiconError(f"{place}: {key} must be a number")
        found[key] = float(value)
    return found


@cache
def party_designations(file: str) -> dict[str, PartyDesignations]:
    """The parties of a file by code."""
    found = {}
    for code, value in lexicon(file).items():
        place = f"{file}.yaml: {code}"
        entry = _mapping(value, place)
        lists = {name: _words(entry.get(name, []), place) for name in ("names", "adjectives", "capitals", "members")}
        if not lists["names"]:
            raise LexiconError(f"{place} has no names")
        found[code] = PartyDesignations(**lists)
    return found


def _entry(file: str, name: str) -> object:
    if name not in lexicon(file):
        raise LexiconError(f"{file}.yaml has no list {name}")
    return lexicon(file)[name]


def _mapping(data: object, place: str) -> dict[str, object]:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise LexiconError(f"{place} must be a mapping whose keys are text")
    return data


def _words(data: object, place: str) -> tuple[str, ...]:
    if not isinstance(data, list):
        raise LexiconError(f"{place} must be a list")
    return tuple(_word(item, place) for item in data)


def _word(data: object, place: str) -> str:
    if not isinstance(data, str) or not data:
        raise LexiconError(f"{place} must hold text only, not {data!r}")
    return data


def _number(data: object, place: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise LexiconError(f"{place} must hold whole numbers only, not {data!r}")
    return data
