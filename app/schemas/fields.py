"""Field types: the constrained text, id, date and slug types that all schemas use.

Each type rejects values that would do damage later (NUL, unpaired surrogates, blank text, years before 1500) with a
message that says what is accepted. The JSON Schema states the same limits, for editors and generated clients.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_HIDDEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_HIDDEN_BUT_LINES = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_CONTROL = re.compile(f"[{_HIDDEN}]")
_CONTROL_BUT_LINES = re.compile(f"[{_HIDDEN_BUT_LINES}]")
_DAY = re.compile(r"(1[5-9]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_DAY_PATTERN = "^(1[5-9]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
# The format of an instant, in UTC. These strings sort in order of time.
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def utc_today() -> date:
    """The day in UTC, which deadlines and the expiry of keys are compared with."""
    return datetime.now(UTC).date()


_SINCE = re.compile("[0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z", re.ASCII)

LONGEST_CONDITION = 500  # characters; the limit for If-Match and If-None-Match

SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
CODE_PATTERN = "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"


class FieldError(ValueError):
    """Raised by a validator of a whole model or list; `path` leads from there to the invalid field."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Schema(BaseModel):
    """Base class of all schemas. Instances are immutable, and an unknown field is an error."""

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
        raise ValueError("must not contain control characters other than line breaks and tabs")
    return _visible(text)


def _day(value: Any) -> date:
    """The date of a `YYYY-MM-DD` string. A `date` is accepted too, because YAML loaders produce one."""
    if type(value) is date and 1500 <= value.year <= 2999:
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a date as YYYY-MM-DD, from 1500 to 2999")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date that exists, as YYYY-MM-DD") from None


def _since(text: str) -> str:
    """The sequence number unchanged, or the instant in UTC with six decimals."""
    if not _SINCE.fullmatch(text):
        raise ValueError("must be a sequence number, or an instant in UTC such as 2024-10-31T09:00:00Z")
    if text.isdigit():
        return text
    try:
        # strftime does not pad years before 1000 with zeros.
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
            raise FieldError("must not name the same thing twice", index)
        seen.add(key)
    return items


def _pattern(hidden: str) -> dict[str, Any]:
    """The JSON Schema pattern for text with a visible character and no `hidden` one; the validators are stricter."""
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
    dict[Language, Name], Field(max_length=20, description="Names in other languages, keyed by language tag.")
]
Sha256 = Annotated[
    str,
    Field(pattern="^[0-9a-f]{64}$", description="The SHA-256 hash of the text in UTF-8, as 64 hexadecimal digits."),
]
Url = Annotated[
    str,
    Field(pattern=r"^https?://[!-~]+$", max_length=2000, description="An http or https address, never requested."),
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
