"""Faults: turn the validation errors of Pydantic and FastAPI into `Fault`s.

A fault has the path of the invalid field and a sentence that says what is accepted. It never contains the input.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from app.errors import Fault, Path
from app.schemas.fields import CODE_PATTERN, SLUG_PATTERN, FieldError

# The message for each type of Pydantic error. Placeholders take their values from the error's context.
_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be text",
    "string_unicode": "must be text without unpaired surrogates",
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
    "union_tag_not_found": "must have a `kind` that names the kind of record",
    "date_from_datetime_inexact": "must be a date as YYYY-MM-DD",
}
_PATTERNS = {
    SLUG_PATTERN: "must be a slug: lower-case letters and digits, with single hyphens between words",
    CODE_PATTERN: "must be a code such as KOR or ASEAN: capital letters and digits, with single hyphens between parts",
    "^[0-9a-f]{64}$": "must be a SHA-256 hash: 64 lower-case hexadecimal digits",
    r"^https?://[!-~]+$": "must be an http or https address",
    r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{2,6}$": "must be a pledge id: the meeting's id, a hyphen and the pledge's number",
    "^[a-z_]+$": "must be the name of a field",
}


def faults_of(error: ValidationError, skip: int = 0) -> list[Fault]:
    """The faults of a validation error, at most one for each path.

    Paths start at the root of the document; `skip` drops that many leading steps.
    """
    faults = [
        Fault(_path(item["loc"][skip:]) + _inner_path(item), _message(item))
        for item in error.errors(include_url=False, include_input=False)
    ]
    return _first_of_each_path(faults)


def _message(error: Any) -> str:
    """What is accepted, for one of Pydantic's errors."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(
            context["pattern"], "must be a party's code, each-other, international-community or unspecified"
        )
    template = _SENTENCES.get(kind)
    return template.format(**context) if template else "is not valid"


def _inner_path(error: Any) -> Path:
    """The path inside the validated value, if a validator raised `FieldError`."""
    reason = error.get("ctx", {}).get("error")
    return reason.path if isinstance(reason, FieldError) else ()


def _path(location: tuple[str | int, ...]) -> Path:
    """A Pydantic location without the tags that name the branch of a union."""
    return tuple(step for index, step in enumerate(location) if not _is_tag(location, index))


def _is_tag(location: tuple[str | int, ...], index: int) -> bool:
    """True if the step is a union tag: it follows a field, or an item of a list, whose type is a union."""
    step = location[index]
    if index == 0 or step not in ("id", "new", "pledge", "repeat"):
        return False
    before = location[index - 1]
    if step in ("pledge", "repeat"):
        return index == 1 and isinstance(before, int)
    if isinstance(before, int):
        return index > 1 and location[index - 2] in ("sources", "speakers", "instruments")
    return before in ("source", "participant")


def _first_of_each_path(faults: list[Fault]) -> list[Fault]:
    """The first fault of each path. Later ones come from other branches of a union."""
    first: dict[Path, Fault] = {}
    for fault in faults:
        first.setdefault(fault.path, fault)
    return list(first.values())


def faults_of_request(errors: Iterable[Any], parameters: Iterable[str] = ()) -> tuple[str, list[Fault]]:
    """The part of a request that FastAPI rejected (`$` for the body, `query`, `header` or `path`), and its faults.

    If several parts have errors, the body comes first. `parameters` are the known names that an unknown parameter is
    compared with.
    """
    found: dict[str, list[Fault]] = {}
    for item in errors:
        part, *rest = item["loc"]
        if item["type"] == "json_invalid":
            found.setdefault("$", []).append(Fault((), f"must be JSON: {item['ctx']['error']}"))
        elif part == "body":
            found.setdefault("$", []).append(Fault(_path(tuple(rest)) + _inner_path(item), _message(item)))
        else:
            message = _message(item)
            if item["type"] == "extra_forbidden":
                message = f"is not a known parameter{_nearest(str(rest[-1]), parameters)}"
            found.setdefault(part, []).append(Fault(tuple(rest), message))
    where = "$" if "$" in found else next(iter(found), "$")
    return where, _first_of_each_path(found.get(where, []))


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:100], list(known), n=3, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else "; see /docs for the list"
