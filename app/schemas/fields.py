"""The constrained text, id, date and slug types that every shape uses.

Each refuses what would be silent damage further in (NUL, lone surrogates, blank text, years no archive reaches) and
says what would be right. The limits stand in the JSON Schema too, so that editors and generated clients see them.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_HIDDEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_HIDDEN_BUT_LINES = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_CONTROL = re.compile(f"[{_HIDDEN}]")
_CONTROL_BUT_LINES = re.compile(f"[{_HIDDEN_BUT_LINES}]")
_DAY = re.compile(r"(1[5-9]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_DAY_PATTERN = "^(1[5-9]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
# How the book writes an instant, in UTC: the order of such texts is that of time.
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_SINCE = re.compile("[0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z", re.ASCII)

LONGEST_CONDITION = 500  # characters of If-Match and If-None-Match

SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
CODE_PATTERN = "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"


class Misplaced(ValueError):
    """What a shape refuses as a whole, with the path from it to the field that is at fault."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Shape(BaseModel):
    """Base of every document shape: unknown fields are refused, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _visible(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must be one line without control characters")
    return _visible(text)


def _some_lines(text: str) -> str:
    if _CONTROL_BUT_LINES.search(text):
        raise ValueError("must not hold control characters other than line breaks and tabs")
    return _visible(text)


def _day(value: Any) -> date:
    """A date from `YYYY-MM-DD`; a YAML loader may have made the date already."""
    if type(value) is date and 1500 <= value.year <= 2999:
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a date as YYYY-MM-DD, from 1500 to 2999")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date that exists, as YYYY-MM-DD") from None


def _since(text: str) -> str:
    """A seq of the ledger, or an instant as the ledger writes it: in UTC, with six decimals."""
    if not _SINCE.fullmatch(text):
        raise ValueError("must be a seq, or an instant in UTC such as 2024-10-31T09:00:00Z")
    if text.isdigit():
        return text
    try:
        # Not by strftime, which writes a year before 1000 with as few digits as it has.
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except ValueError:
        raise ValueError("must be an instant that exists, such as 2024-10-31T09:00:00Z") from None


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", text):
        raise ValueError("must be a language tag such as en, ko or zh-Hant")
    return text


def _unique(items: list[Any]) -> list[Any]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        key = item.model_dump_json() if isinstance(item, BaseModel) else str(item)
        if key in seen:
            raise Misplaced("must not name the same thing twice", index)
        seen.add(key)
    return items


def _pattern(hidden: str) -> dict[str, Any]:
    """For JSON Schema: something visible and nothing `hidden`. The validators above are exact."""
    return {"pattern": rf"^[^{hidden}]*[^\s{hidden}][^{hidden}]*$"}


Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=120, examples=["opcon-transition"])]
PartyCode = Annotated[str, Field(pattern=CODE_PATTERN, max_length=40, examples=["KOR"])]
PledgeId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{2,6}$", max_length=130)]
Name = Annotated[
    str, Field(min_length=1, max_length=300, json_schema_extra=_pattern(_HIDDEN)), AfterValidator(_one_line)
]
Prose = Annotated[
    str,
    Field(min_length=1, max_length=4000, json_schema_extra=_pattern(_HIDDEN_BUT_LINES)),
    AfterValidator(_some_lines),
]
Term = Annotated[
    str, Field(min_length=1, max_length=200, json_schema_extra=_pattern(_HIDDEN)), AfterValidator(_one_line)
]
Since = Annotated[
    str, Field(max_length=40, json_schema_extra={"pattern": f"^({_SINCE.pattern})$"}), AfterValidator(_since)
]
Language = Annotated[
    str,
    Field(max_length=12, json_schema_extra={"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"}),
    AfterValidator(_language),
]
Names = Annotated[
    dict[Language, Name], Field(max_length=20, description="The name in other languages, by language tag.")
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the text's UTF-8, in hex.")]
Url = Annotated[
    str,
    Field(pattern=r"^https?://[!-~]+$", max_length=2000, description="Stored, never fetched."),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY_PATTERN, "examples": ["2024-10-31"]}),
]
LAST_NUMBER = 999_999
Number = Annotated[int, Field(strict=True, ge=1, le=LAST_NUMBER)]
Offset = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Unique = AfterValidator(_unique)
