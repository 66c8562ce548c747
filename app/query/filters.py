"""The filters of pledges and meetings, and a query written out again as a query string."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from app.schemas.fields import Day, Since, Term
from app.schemas.vocabulary import (
    Act,
    Attested,
    ConditionKind,
    Coverage,
    Fulfilment,
    Level,
    MeetingType,
    Specificity,
)
from app.search.conditions import HOW_SEARCHED

T = TypeVar("T")


def split_at_commas(values: Any) -> Any:
    """`facets=topic,party` is `facets=topic&facets=party`."""
    given = values if isinstance(values, (list, tuple)) else [values]
    return [part for value in given for part in (value.split(",") if isinstance(value, str) else [value])]


# Lists of words from a vocabulary, of ids, and of names in any spelling. A name may hold a comma, so names are split
# only where the whole is no name of the book.
Words = Annotated[tuple[T, ...], BeforeValidator(split_at_commas), Field(max_length=50)]
Ids = Annotated[tuple[Term, ...], BeforeValidator(split_at_commas), Field(max_length=50)]
Names = Annotated[tuple[Term, ...], Field(max_length=50)]


def _fulfilment_or_none(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    try:
        return check(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Fulfilment)} or none") from None


# WrapValidator: a wrong word gives one error, not one for each alternative.
FulfilmentOrNone = Annotated[Fulfilment | Literal["none"], WrapValidator(_fulfilment_or_none)]


class PledgeFilters(BaseModel):
    """Which pledges. A repeated parameter is OR (a repeated `__all` AND), different ones are AND."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Ids = Field((), description="On this topic, or for a parent on any of its children: `opcon-transition`.")
    topic__all: Ids = Field((), description="On every one of these topics.")
    topic__primary: Ids = Field((), description="With this as its first topic.")
    party: Names = Field((), description="Made by this party. Any name works: `KOR`, `ROK`, `South Korea`.")
    pledgor__all: Names = Field((), description="Made by every one of these parties.")
    towards: Names = Field((), description="Owed to this party, `each-other` included; or one of the three words.")
    about: Names = Field((), description="Concerning this party without owing it anything.")
    party__any: Names = Field((), description="Naming this party in any role.")
    participant: Names = Field((), description="Made at a meeting that this person attended, under any spelling.")
    speaker: Names = Field((), description="Voiced by this person for himself or herself.")
    meeting: Ids = Field((), description="Of this meeting, by id.")
    series: Ids = Field((), description="Of a meeting in this series: `kor-usa-2plus2`.")
    meeting_type: Words[MeetingType] = Field((), description="Of a meeting of this type.")
    level: Words[Level] = Field((), description="Of a meeting at this level.")
    source: Ids = Field((), description="Cited from this source, by id.")
    instrument: Names = Field((), description="Naming this treaty, plan, body or exercise, under any name.")
    kind: Literal["pledge", "position", "any"] | None = Field(
        None,
        description="`pledge` (commit, agree, reaffirm) unless `act` is named; `position` (support, condemn, urge).",
    )
    act: Words[Act] = Field((), description="With this speech act.")
    specificity: Words[Specificity] = Field((), description="As specific as this.")
    fulfilment: Words[FulfilmentOrNone] = Field(
        (),
        description="With this status on the side of `party` if given, else of any pledgor; `none`: not assessed.",
    )
    disputed: bool | None = Field(None, description="Whether one assessment contradicts another.")
    attested: Words[Attested] = Field((), description="On whose account it stands.")
    condition: Words[ConditionKind] = Field((), description="Under this kind of condition.")
    borderline: bool | None = Field(None, description="Whether its coding is arguable.")
    held_on__gte: Day | None = Field(None, description="Made on this day or later.")
    held_on__lt: Day | None = Field(None, description="Made before this day.")
    due: Words[Literal["passed", "overdue", "coming", "open", "none"]] = Field(
        (),
        description="`passed`: its last day has gone by; `overdue`: passed, and assessed as still owing; `coming`; "
        "`open`: due without a last day; `none`: no time named.",
    )
    due__gte: Day | None = Field(None, description="With its last day on this day or later.")
    due__lt: Day | None = Field(None, description="With its last day before this day.")
    is_new: bool | None = Field(None, description="Continuing nothing, and no mere reaffirmation.")
    is_renewed: bool | None = Field(None, description="Continued by a later pledge.")
    undertaking: Ids = Field((), description="Of the same undertaking as this pledge, by id.")
    updated_since: Since | None = Field(
        None, description="Written after this `seq` of the ledger, or this instant (RFC 3339 in UTC)."
    )
    q: str | None = Field(
        None,
        description='Words, "phrases", -not and prefix*: all must be met, by the summary and formula, or by the names '
        "of topics, parties, persons, instruments and the type of meeting." + HOW_SEARCHED,
        json_schema_extra={"example": "wartime operational control"},
    )


class MeetingFilters(BaseModel):
    """Which meetings. A repeated parameter is OR, different ones are AND."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: Names = Field((), description="Of this party. Any name works: `KOR`, `ROK`, `South Korea`.")
    type: Words[MeetingType] = Field((), description="Of this type.")
    level: Words[Level] = Field((), description="At this level.")
    series: Ids = Field((), description="In this series: `kor-usa-2plus2`.")
    participant: Names = Field((), description="Attended by this person, under any spelling.")
    topic: Ids = Field((), description="With a pledge or position on this topic, or for a parent on its children.")
    coverage: Words[Coverage] = Field((), description="Known in this way.")
    held_on__gte: Day | None = Field(None, description="Held on this day or later.")
    held_on__lt: Day | None = Field(None, description="Held before this day.")
    q: str | None = Field(
        None,
        description='Words, "phrases", -not and prefix*: each must be met by the title, place, parties, persons or '
        "type of the meeting, or by one of its pledges or positions." + HOW_SEARCHED,
        json_schema_extra={"example": "Washington OPCON"},
    )


# Query strings --------------------------------------------------------------------------------------------------------


def query_string(query: PledgeFilters, replaced: Mapping[str, Any]) -> str:
    """The filters of a query as a query string, some of them replaced, in the order in which they are documented.

    A filter that is replaced by None is left out.
    """
    return replaced_in(query_parts(query), replaced)


def query_parts(query: PledgeFilters) -> dict[str, str]:
    """The filters that are set, each as its part of a query string, by name."""
    values = {name: getattr(query, name, None) for name in _FILTERS}
    return {name: _part_of(name, value) for name, value in values.items() if value not in (None, ())}


def replaced_in(parts: Mapping[str, str], replaced: Mapping[str, Any]) -> str:
    """The query string of these parts, some of them replaced."""
    new = {name: _part_of(name, value) for name, value in replaced.items() if value is not None}
    kept = {name: part for name, part in parts.items() if name not in replaced}
    return "&".join([part for _, part in sorted((kept | new).items(), key=lambda item: _ORDER[item[0]])])


def _part_of(name: str, value: Any) -> str:
    items = value if isinstance(value, (list, tuple)) else [value]
    return "&".join([_pair(name, str(item).lower() if isinstance(item, bool) else str(item)) for item in items])


@lru_cache(maxsize=10_000)
def _pair(name: str, text: str) -> str:
    return urlencode([(name, text)])


_FILTERS = list(PledgeFilters.model_fields)
_ORDER = {name: place for place, name in enumerate(_FILTERS)}
