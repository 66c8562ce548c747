"""Filter table: the filters of a query as a Markdown table for the API reference, generated from the query's model."""

from collections.abc import Iterable
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

# Example values of each filter that has no fixed list of values. A test checks that each finds a record of the seeds.
VALUES: dict[str, list[str]] = {
    "topic": ["opcon-transition", "deterrence"],
    "topic__all": ["extended-deterrence"],
    "topic__primary": ["trilateral-japan"],
    "party": ["KOR", "ROK", "South Korea"],
    "pledgor__all": ["KOR"],
    "towards": ["KOR", "international-community"],
    "about": ["PRK", "North Korea"],
    "party__any": ["JPN"],
    "participant": ["lloyd-austin", "Cho Tae-yul"],
    "speaker": ["cho-tae-yul"],
    "meeting": ["2024-10-31-kor-usa-2plus2"],
    "series": ["kor-usa-2plus2"],
    "source": ["korea-defense-daily-2024-11-14"],
    "instrument": ["cotp", "COT-P"],
    "undertaking": ["2021-03-18-kor-usa-2plus2-06"],
    "updated_since": ["1", "2024-10-31T00:00:00Z"],
    "held_on__gte": ["2021-01-01"],
    "held_on__lt": ["2030-01-01"],
    "due__gte": ["2023-01-01"],
    "due__lt": ["2030-01-01"],
    "q": ["OPCON", '"extended deterrence"', "deter*"],
    "in_meeting": ["2021-03-18-kor-usa-2plus2"],
    "not_in_meeting": ["2024-10-31-kor-usa-2plus2"],
    "renewed__gte": ["2024-01-01"],
    "silent_since__lt": ["2030-01-01"],
}

RULE = (
    "A record must match all filters (**AND**). If a filter is repeated, one of its values must match (**OR**: "
    "`topic=cyber&topic=space`), or all of them (**AND**) if its name ends in `__all` or begins with `not_`. An "
    "unknown filter or value is never ignored: the response is 422 with the nearest known ones."
)


def filter_table(model: type[BaseModel]) -> str:
    """Markdown: a heading, the rule for repeated filters, and a table with a row for each filter of `model`."""
    rows = [_row(name, field) for name, field in model.model_fields.items()]
    return "\n".join(
        [
            "### Filters",
            "",
            RULE,
            "",
            "| Filter | Finds records | Values | Repeated |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
    )


def _row(name: str, field: FieldInfo) -> str:
    values = [f"`{value}`" for value in VALUES.get(name) or words_of(field.annotation)]
    rest = " …" if name in VALUES else ""
    description = (field.description or "").rstrip(".")
    described = description if description.startswith("`") else description[:1].lower() + description[1:]
    return f"| `{name}` | {described} | {' '.join(values)}{rest} | {repeated(name, field)} |"


def repeated(name: str, field: FieldInfo) -> str:
    """How the values of a repeated filter are combined: `OR` or `AND`; `once` if it must not be repeated."""
    if not any(get_origin(part) is tuple for part in _parts(field.annotation)):
        return "once"
    return "AND" if name.endswith("__all") or name.startswith("not_") else "OR"


def words_of(annotation: Any) -> list[str]:
    """The values that a filter accepts; empty if it accepts any text or date."""
    words: list[str] = []
    for part in _parts(annotation):
        if get_origin(part) is tuple:
            words += words_of(get_args(part)[0])
        elif get_origin(part) is Literal:
            words += get_args(part)
        elif part is bool:
            words += ["true", "false"]
        elif isinstance(part, type) and issubclass(part, Enum):
            words += [member.value for member in part]
    return words


def _parts(annotation: Any) -> Iterable[Any]:
    """The members of a union type, without their annotations; the type itself if it is not a union."""
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [part for alternative in get_args(annotation) for part in _parts(alternative)]
    return [annotation]
