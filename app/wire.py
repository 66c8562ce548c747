"""How documents are read from and written as text: strict JSON in, canonical JSON out, YAML 1.2 in.

The one parser refuses what Python's would let through: NaN and Infinity, a key that stands twice, lone surrogates,
integers beyond 64 bits, nesting without end. The one writer is what the ledger hashes: UTF-8, no spaces, minimal
escaping.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

_DEEPEST = 40
_LARGEST = 2**63


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
        self._check(value, 0)
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

    def _check(self, value: Any, depth: int) -> None:
        if depth > _DEEPEST:
            self._refuse("nested too deeply")
        if isinstance(value, str):
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                self._refuse("a string holds half of a surrogate pair")
        elif isinstance(value, dict):
            for key, item in value.items():
                self._check(key, depth + 1)
                self._check(item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                self._check(item, depth + 1)


class BadText(ValueError):
    """A file that cannot be read as what its name says, with the line where that shows."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class ReadItem:
    """One value of a file, with the lines its parts stand on (so that a fault can be shown where it is)."""

    value: Any
    line: int
    tree: Any = None

    def line_at(self, path: Sequence[str | int]) -> int:
        """The line of the deepest part of `path` that the file has."""
        line: int = self.line
        node: Any = self.tree
        for step in path:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
            else:
                break
            node = node[step]
        return line


def read_yaml(path: Path) -> list[ReadItem]:
    """The items of a YAML 1.2 file: those of its list, or its one mapping."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    yaml.allow_duplicate_keys = False
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_aliases_and_depth(text)
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        raise BadText("a key stands twice", _line_of(error)) from None
    except MarkedYAMLError as error:
        raise BadText(f"not YAML: {error.problem}", _line_of(error)) from None
    except RecursionError:
        raise BadText("nested too deeply") from None
    except (UnicodeDecodeError, YAMLError) as error:
        raise BadText(f"not YAML in UTF-8: {type(error).__name__}") from None
    if not isinstance(tree, CommentedSeq):
        return [ReadItem(_plain(tree), 1, tree)]
    return [ReadItem(_plain(item), tree.lc.item(index)[0] + 1, item) for index, item in enumerate(tree)]


def _refuse_aliases_and_depth(text: str) -> None:
    """Read the file as a stream of events first, and no further than it is sound."""
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            raise BadText("YAML aliases are not read; write the value out")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            raise BadText("nested too deeply", event.start_mark.line + 1)


def read_json_lines(path: Path) -> Iterator[ReadItem]:
    """The values of a JSON Lines file, one at a time."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield ReadItem(parse_json(line), number)
                except json.JSONDecodeError as error:
                    raise BadText(f"not JSON: {error.msg}", number) from None


def _line_of(error: MarkedYAMLError) -> int | None:
    return error.problem_mark.line + 1 if error.problem_mark else None


def _plain(node: Any) -> Any:
    """The loader's own containers and scalars as plain Python, so that shapes see what JSON would have given."""
    if isinstance(node, dict):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if isinstance(node, datetime):
        return node.isoformat()
    if isinstance(node, bool) or node is None or isinstance(node, date):
        return node
    for plain in (int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return node
