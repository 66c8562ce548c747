"""JSON: a strict parser for input, and the canonical form that the ledger hashes.

The parser rejects what Python's own accepts: NaN and Infinity, duplicate keys, unpaired surrogates, integers of more
than 64 bits, and deep nesting. Canonical JSON has no spaces, keeps the order of keys, and escapes only what JSON
requires.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

DEEPEST = 40
_LARGEST = 2**63
_STRINGS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_INNERMOST = re.compile(r"[\[{][^\[\]{}]*[\]}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_iso).encode


def canonical_json(value: Any) -> str:
    """The value as canonical JSON. Dates become `YYYY-MM-DD`.

    Raises `ValueError` for NaN and Infinity, and `TypeError` for a type that JSON does not have.
    """
    return _encode(value)


def with_members(document: str, /, **members: str) -> str:
    """The JSON object with further members at its end. `document` and the members are JSON; the object has members."""
    return document[:-1] + "".join(f',"{name}":{value}' for name, value in members.items()) + "}"


def list_json(items: Iterable[str], next: str | None, /, **members: str) -> str:
    """A list as JSON: `{"items": […], "next": …}`, and further members. Items and members are JSON."""
    return with_members(f'{{"items":[{",".join(items)}],"next":{canonical_json(next)}}}', **members)


def parse_json(text: bytes | str) -> Any:
    """The value of a JSON text; bytes are decoded as UTF-8.

    Raises `json.JSONDecodeError` for anything that is not strict JSON. FastAPI answers this exception with 422.
    """
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("the body must be UTF-8", "", error.start) from None
    return _StrictParser(source).parse()


class _StrictParser:
    """`json.loads` with a strict hook for each kind of value."""

    def __init__(self, source: str) -> None:
        self.source = source

    def parse(self) -> Any:
        try:
            value = json.loads(
                self.source,
                parse_constant=self._refuse_constant,
                parse_int=self._whole_number,
                parse_float=self._number,
                object_pairs_hook=self._object,
            )
        except RecursionError:
            self._refuse("nested too deeply")
        if _is_too_deep(self.source):
            self._refuse("nested too deeply")
        # Valid UTF-8 has no surrogates, so in decoded bytes only a \u escape can produce one.
        if "\\u" in self.source or _SURROGATE.search(self.source):
            self._refuse_surrogates(value)
        return value

    def _refuse(self, why: str) -> NoReturn:
        raise json.JSONDecodeError(why, "", 0)

    def _refuse_constant(self, _: str) -> NoReturn:
        self._refuse("NaN and Infinity are not JSON")

    def _whole_number(self, digits: str) -> int:
        if len(digits) > 20 or not -_LARGEST <= int(digits) < _LARGEST:
            self._refuse("an integer has more than 64 bits")
        return int(digits)

    def _number(self, digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            self._refuse("a number is too large")
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            self._refuse("a key occurs twice in one object")
        return result

    def _refuse_surrogates(self, value: Any) -> None:
        if isinstance(value, str):
            if _SURROGATE.search(value):
                self._refuse("a string contains an unpaired surrogate")
        elif isinstance(value, dict):
            for key, item in value.items():
                self._refuse_surrogates(key)
                self._refuse_surrogates(item)
        elif isinstance(value, list):
            for item in value:
                self._refuse_surrogates(item)


def _is_too_deep(source: str) -> bool:
    """True if the text has more than `DEEPEST` levels of brackets. Each pass removes the innermost level."""
    rest, removed = _STRINGS.sub("", source), 1
    for _ in range(DEEPEST):
        if not removed:
            break
        rest, removed = _INNERMOST.subn("", rest)
    return "[" in rest or "{" in rest


class BadText(ValueError):
    """Raised for a file whose content is not valid JSON Lines or YAML; `line` is the line of the error, if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class ReadItem:
    """One value of a file, with its line number.

    `tree` is the same value as the YAML loader returns it: mappings and lists that know their line numbers. It is
    None for JSON Lines.
    """

    value: Any
    line: int
    tree: Any = None

    def line_at(self, path: Sequence[str | int]) -> int:
        """The line number of the value at `path`, or of its nearest parent that exists in the file."""
        line: int = self.line
        node: Any = self.tree
        for step in path:
            if isinstance(node, dict) and step in node:
                line = node.lc.key(step)[0] + 1  # type: ignore[attr-defined]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1  # type: ignore[attr-defined]
            else:
                break
            node = node[step]
        return line


def read_json_lines(path: Path) -> Iterator[ReadItem]:
    """Yield the values of a JSON Lines file. Raises `BadText` for a line that is not strict JSON."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield ReadItem(parse_json(line), number)
                except json.JSONDecodeError as error:
                    raise BadText(f"not valid JSON: {error.msg}", number) from None
