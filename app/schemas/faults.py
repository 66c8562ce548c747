"""What a shape refuses, as faults: where it is, and in plain words what would be right. Never the input itself."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from app.errors import Fault, Path
from app.schemas.fields import Misplaced

# What pydantic calls its errors, and how we say what would be right. `{}` takes from the error's context.
_SENTENCES = {
    "missing": "is needed",
    "extra_forbidden": "is not a field here",
    "string_type": "must be text",
    "string_unicode": "must be text without half surrogate pairs",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of at most 64 bits",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "list_type": "must be a list",
    "too_long": "must have at most {max_length} items",
    "too_short": "must have at least {min_length} item",
    "dict_type": "must be an object",
    "dict_attributes_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "needs `kind`, which says what the line is",
    "date_from_datetime_inexact": "must be a date as YYYY-MM-DD",
}
_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "must be a slug: lower-case letters and digits, words apart by single hyphens",
    "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$": "must be a code such as KOR or ASEAN: capitals and digits, hyphens between",
    "^[0-9a-f]{64}$": "must be a SHA-256 in 64 lower-case hex digits",
    r"^https?://[!-~]+$": "must be an http or https address",
    r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{2,6}$": "must be a pledge's id: its meeting's id, a hyphen and its number",
    "^[a-z_]+$": "must be the name of a field",
}


def faults_of(error: ValidationError, skip: int = 0) -> list[Fault]:
    """The faults that a shape found, with paths from the document's root; `skip` drops leading steps."""
    faults = [
        Fault(_path(item["loc"][skip:]) + _further(item), sentence(item))
        for item in error.errors(include_url=False, include_input=False)
    ]
    return _one_for_each_place(faults)


def sentence(error: Any) -> str:
    """What would be right, for one of pydantic's errors."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(
            context["pattern"], "must be a party's code, each-other, international-community or unspecified"
        )
    template = _SENTENCES.get(kind)
    return template.format(**context) if template else "is not valid here"


def _further(error: Any) -> Path:
    """The rest of the way to the field, where a shape as a whole was refused."""
    reason = error.get("ctx", {}).get("error")
    return reason.path if isinstance(reason, Misplaced) else ()


def _path(location: tuple[str | int, ...]) -> Path:
    """A location without the words that tell alternatives apart, such as an id from a record given whole."""
    return tuple(step for index, step in enumerate(location) if not _is_tag(location, index))


def _is_tag(location: tuple[str | int, ...], index: int) -> bool:
    """Whether a step is such a word: it follows a field, or a place in a list, that takes alternatives."""
    step = location[index]
    if index == 0 or step not in ("id", "new", "pledge", "repeat"):
        return False
    before = location[index - 1]
    if step in ("pledge", "repeat"):
        return index == 1 and isinstance(before, int)
    if isinstance(before, int):
        return index > 1 and location[index - 2] in ("sources", "speakers", "instruments")
    return before in ("source", "participant")


def _one_for_each_place(faults: list[Fault]) -> list[Fault]:
    """Of several alternatives that all failed at one place, the first tells enough."""
    first: dict[Path, Fault] = {}
    for fault in faults:
        first.setdefault(fault.path, fault)
    return list(first.values())


def faults_of_request(errors: Iterable[Any], parameters: Iterable[str] = ()) -> tuple[str, list[Fault]]:
    """Where FastAPI found a request wrong (`$` body, `query`, `header`, `path`), and its faults there."""
    found: dict[str, list[Fault]] = {}
    for item in errors:
        part, *rest = item["loc"]
        if item["type"] == "json_invalid":
            found.setdefault("$", []).append(Fault((), f"must be JSON: {item['ctx']['error']}"))
        elif part == "body":
            found.setdefault("$", []).append(Fault(_path(tuple(rest)) + _further(item), sentence(item)))
        else:
            message = sentence(item)
            if item["type"] == "extra_forbidden":
                message = f"is not a parameter here{_nearest(str(rest[-1]), parameters)}"
            found.setdefault(part, []).append(Fault(tuple(rest), message))
    where = "$" if "$" in found else next(iter(found), "$")
    return where, _one_for_each_place(found.get(where, []))


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:100], list(known), n=3, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else "; see /docs for those there are"
