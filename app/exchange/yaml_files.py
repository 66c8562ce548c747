"""YAML files: read the items of a YAML 1.2 file as plain Python values with line numbers.

Duplicate keys, aliases and deep nesting are rejected.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from app.schemas.canonical_json import DEEPEST, BadText, ReadItem


class _InvalidDate:
    """A date that does not exist, such as 30 February. Every field of a schema rejects it."""


class _Constructor(RoundTripConstructor):
    """Replaces a date that does not exist, so that the schema reports it together with the name of its field."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return _InvalidDate()


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def read_yaml(path: Path) -> list[ReadItem]:
    """The items of the list in a YAML 1.2 file, or its only mapping. Raises BadText and OSError."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    yaml.version = (1, 2)
    yaml.allow_duplicate_keys = False
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_aliases_and_depth(text)
        tree = yaml.load(text)
    except DuplicateKeyError as error:
        raise BadText("a key is duplicated", _line_of(error)) from None
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
    """Raise BadText for an alias or deep nesting, from the stream of events, before any object is built."""
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            raise BadText("YAML aliases are not supported; repeat the value")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise BadText("nested too deeply", event.start_mark.line + 1)


def _line_of(error: MarkedYAMLError) -> int | None:
    return error.problem_mark.line + 1 if error.problem_mark else None


def _plain(node: Any) -> Any:
    """The loader's containers and scalars as plain Python values, like those from JSON."""
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
