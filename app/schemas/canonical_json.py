"""How documents are read from and written as text: strict JSON in, canonical JSON out.

The one parser refuses what Python's would let through: NaN and Infinity, a key that stands twice, lone surrogates,
integers beyond 64 bits, nesting without end. The one writer is what the ledger hashes: UTF-8, no spaces, minimal
escaping.
"""

import json
import re
from collections.abc import Iterator, Sequence
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
    raise TypeError(f"no JSON form for {type(value).__name__}")


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_iso).encode


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys in the order they stand, no spaces, only what must be escaped is."""
    return _encode(value)


def parse_json(text: bytes | str) -> Any:
    """A JSON value, or `json.JSONDecodeError` that says what is wrong and where.

    Raised by position rather than by path, since FastAPI turns just this class into its 422.
    """
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("the body must be UTF-8", "", error.start) from None
    return _StrictParser(source).parse()


class _StrictParser:
    """json.loads with every hook closed; kept as a class so that each hook knows the text for its error."""

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
        # UTF-8 itself has no half of a pair: only an escape can stand for one.
        if "\\u" in self.source or _SURROGATE.search(self.source):
            self._refuse_surrogates(value)
        return value

    def _refuse(self, why: str) -> NoReturn:
        raise json.JSONDecodeError(why, "", 0)

    def _refuse_constant(self, _: str) -> NoReturn:
        self._refuse("NaN and Infinity are not JSON")

    def _whole_number(self, digits: str) -> int:
        if len(digits) > 20 or not -_LARGEST <= int(digits) < _LARGEST:
            self._refuse("an integer is beyond 64 bits")
        return int(digits)

    def _number(self, digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            self._refuse("a number is beyond what JSON can carry exactly")
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            self._refuse("a key stands twice in one object")
        return result

    def _refuse_surrogates(self, value: Any) -> None:
        if isinstance(value, str):
            if _SURROGATE.search(value):
                self._refuse("a string holds half of a surrogate pair")
        elif isinstance(value, dict):
            for key, item in value.items():
                self._refuse_surrogates(key)
                self._refuse_surrogates(item)
        elif isinstance(value, list):
            for item in value:
                self._refuse_surrogates(item)


def _is_too_deep(source: str) -> bool:
    """Whether a JSON text is nested too deeply: whether brackets are left when the innermost were often taken away."""
    rest, taken = _STRINGS.sub("", source), 1
    for _ in range(DEEPEST):
        if not taken:
            break
        rest, taken = _INNERMOST.subn("", rest)
    return "[" in rest or "{" in rest


class BadText(ValueError):
    """A file that cannot be read as what its name says, with the line where that shows."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class ReadItem:
    """One value of a file, with the lines its parts stand on (so that a fault can be shown where it is).

    `tree` is the same value as the YAML loader has it: mappings and lists that know their lines.
    """

    value: Any
    line: int
    tree: Any = None

    def line_at(self, path: Sequence[str | int]) -> int:
        """The line of the deepest part of `path` that the file has."""
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
    """The values of a JSON Lines file, one at a time."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield ReadItem(parse_json(line), number)
                except json.JSONDecodeError as error:
                    raise BadText(f"not JSON: {error.msg}", number) from None
