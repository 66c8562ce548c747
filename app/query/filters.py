"""Filters: the query parameters that select pledges and meetings, and their form as a query string.

`app.query.plan` turns them into SQL.
"""

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
from app.search.conditions import SEARCH_HELP

T = TypeVar("T")


def split_at_commas(values: Any) -> list[Any]:
    """The values as a list, with each string split at its commas: `topic,party` becomes `topic` and `party`."""
    items = values if isinstance(values, (list, tuple)) else [values]
    return [part for value in items for part in (value.split(",") if isinstance(value, str) else [value])]


# Lists of words from a vocabulary, of ids, and of names. A name can contain a comma, so names are not split here:
# `plan` splits a value that is not a known name.
Words = Annotated[tuple[T, ...], BeforeValidator(split_at_commas), Field(max_length=50)]
Ids = Annotated[tuple[Term, ...], BeforeValidator(split_at_commas), Field(max_length=50)]
Names = Annotated[tuple[Term, ...], Field(max_length=50)]


def _fulfilment_or_none(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    try:
        return check(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Fulfilment)} or none") from None


# WrapValidator, because a union reports one error for each of its alternatives.
FulfilmentOrNone = Annotated[Fulfilment | Literal["none"], WrapValidator(_fulfilment_or_none)]


class PledgeFilters(BaseModel):
    """The filters of pledges. Different filters are joined by AND, repeated ones by OR (by AND if named `__all`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Ids = Field(
        (), description="Pledges on this topic. A parent topic includes its child topics. Example: `opcon-transition`."
    )
    topic__all: Ids = Field((), description="Pledges on all of these topics.")
    topic__primary: Ids = Field(
        (), description="Pledges with this primary (first) topic. A parent topic includes its child topics."
    )
    party: Names = Field(
        (), description="Pledges by this party. Takes any name of the party: `KOR`, `ROK`, `South Korea`."
    )
    pledgor__all: Names = Field((), description="Pledges by all of these parties.")
    towards: Names = Field(
        (),
        description="Pledges to this party, including pledges to `each-other`. Also takes `each-other`, "
        "`international-community` or `unspecified`.",
    )
    about: Names = Field((), description="Pledges about this party that are not made to it.")
    party__any: Names = Field((), description="Pledges that name this party in any role.")
    participant: Names = Field(
        (), description="Pledges made at a meeting that this person attended. Takes any spelling of the name."
    )
    speaker: Names = Field((), description="Pledges that this person made on his or her own behalf.")
    meeting: Ids = Field((), description="Pledges of the meeting with this id.")
    series: Ids = Field((), description="Pledges of meetings in this series. Example: `kor-usa-2plus2`.")
    meeting_type: Words[MeetingType] = Field((), description="Pledges of meetings of this type.")
    level: Words[Level] = Field((), description="Pledges of meetings at this level.")
    source: Ids = Field((), description="Pledges that cite the source with this id.")
    instrument: Names = Field(
        (), description="Pledges that name this treaty, plan, body or exercise. Takes any of its names."
    )
    kind: Literal["pledge", "position", "any"] | None = Field(
        None,
        description="`pledge` (commit, agree, reaffirm), `position` (support, condemn, urge) or `any`. "
        "The default is `pledge`, or `any` if `act` is set.",
    )
    act: Words[Act] = Field((), description="Pledges with this speech act.")
    specificity: Words[Specificity] = Field((), description="Pledges with this degree of specificity.")
    fulfilment: Words[FulfilmentOrNone] = Field(
        (),
        description="Pledges with this current assessment for `party` if it is set, otherwise for any pledgor. "
        "`none`: not assessed.",
    )
    disputed: bool | None = Field(
        None, description="`true`: only pledges with an assessment that disputes another one; `false`: only the others."
    )
    attested: Words[Attested] = Field(
        (), description="Pledges whose sources are of this kind, for example `one-side`: sources of one party only."
    )
    condition: Words[ConditionKind] = Field((), description="Pledges with this kind of condition.")
    borderline: bool | None = Field(
        None, description="`true`: only pledges with an uncertain coding; `false`: only the others."
    )
    held_on__gte: Day | None = Field(None, description="Pledges made on or after this day.")
    held_on__lt: Day | None = Field(None, description="Pledges made before this day.")
    due: Words[Literal["passed", "overdue", "coming", "open", "none"]] = Field(
        (),
        description="`passed`: the deadline is in the past; `overdue`: it is in the past, and an assessment says that "
        "the pledge is not fully fulfilled; `coming`: it is today or later; `open`: a time is named, but no last day; "
        "`none`: no time is named.",
    )
    due__gte: Day | None = Field(None, description="Pledges with a deadline on or after this day.")
    due__lt: Day | None = Field(None, description="Pledges with a deadline before this day.")
    is_new: bool | None = Field(
        None,
        description="`true`: only pledges that continue no other pledge and are not reaffirmations; "
        "`false`: only the others.",
    )
    is_renewed: bool | None = Field(
        None, description="`true`: only pledges that a later pledge continues; `false`: only the others."
    )
    undertaking: Ids = Field((), description="Pledges of the same undertaking as the pledge with this id.")
    updated_since: Since | None = Field(
        None, description="Pledges that changed after this ledger `seq`, or after this time (RFC 3339, in UTC)."
    )
    q: str | None = Field(
        None,
        description='Full-text search with words, "phrases", -excluded words and prefix*. Each must match the summary, '
        "the key wording (`formula`), or a name of the topics, parties, persons, instruments or meeting type."
        + SEARCH_HELP,
        json_schema_extra={"example": "wartime operational control"},
    )


class MeetingFilters(BaseModel):
    """The filters of meetings. Different filters are joined by AND, repeated ones by OR."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: Names = Field(
        (), description="Meetings of this party. Takes any name of the party: `KOR`, `ROK`, `South Korea`."
    )
    type: Words[MeetingType] = Field((), description="Meetings of this type.")
    level: Words[Level] = Field((), description="Meetings at this level.")
    series: Ids = Field((), description="Meetings in this series. Example: `kor-usa-2plus2`.")
    participant: Names = Field((), description="Meetings that this person attended. Takes any spelling of the name.")
    topic: Ids = Field(
        (), description="Meetings with a pledge or position on this topic. A parent topic includes its child topics."
    )
    coverage: Words[Coverage] = Field(
        (), description="Meetings with this coverage: how much of their text the book has."
    )
    held_on__gte: Day | None = Field(None, description="Meetings held on or after this day.")
    held_on__lt: Day | None = Field(None, description="Meetings held before this day.")
    q: str | None = Field(
        None,
        description='Full-text search with words, "phrases", -excluded words and prefix*. Each must match the title, '
        "place, parties, persons or type of the meeting, or one of its pledges or positions." + SEARCH_HELP,
        json_schema_extra={"example": "Washington OPCON"},
    )


# Query strings --------------------------------------------------------------------------------------------------------


def query_string(query: PledgeFilters, replaced: Mapping[str, Any]) -> str:
    """The query string of a query, with the values in `replaced` instead of its own, in the order of the fields.

    The value None removes a filter.
    """
    return replaced_in(query_parts(query), replaced)


def query_parts(query: PledgeFilters) -> dict[str, str]:
    """The part of the query string for each filter that is set, by name of the filter."""
    values = {name: getattr(query, name, None) for name in _FILTER_NAMES}
    return {name: _part_of(name, value) for name, value in values.items() if value not in (None, ())}


def replaced_in(parts: Mapping[str, str], replaced: Mapping[str, Any]) -> str:
    """The query string of `parts`, with the values in `replaced` instead of theirs. None removes a filter."""
    merged = {name: part for name, part in parts.items() if name not in replaced}
    merged |= {name: _part_of(name, value) for name, value in replaced.items() if value is not None}
    return "&".join(merged[name] for name in sorted(merged, key=_FILTER_NAMES.index))


def _part_of(name: str, value: Any) -> str:
    items = value if isinstance(value, (list, tuple)) else [value]
    return "&".join([_pair(name, str(item).lower() if isinstance(item, bool) else str(item)) for item in items])


@lru_cache(maxsize=10_000)
def _pair(name: str, text: str) -> str:
    return urlencode([(name, text)])


_FILTER_NAMES = list(PledgeFilters.model_fields)
