"""The filters of the one query: which pledges, and what that is as SQL."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator
from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select

from app.schemas.fields import Day, Since, Term
from app.schemas.vocabulary import (
    CONTINUATIONS,
    PLEDGE_ACTS,
    POSITION_ACTS,
    TOWARDS_WORDS,
    Act,
    Attested,
    ConditionKind,
    Entity,
    Fulfilment,
    Level,
    MeetingType,
    PartyRole,
    Specificity,
)
from app.search.conditions import HOW_SEARCHED, found_by_words
from app.search.names import Resolver
from app.store import models
from app.store.ledger import seq_at
from app.store.models import columns

Names = Annotated[list[Term], Field(max_length=50)]


def _one_list(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    try:
        return check(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Fulfilment)} or none") from None


# WrapValidator: a word of neither alternative is told once, not once for each.
Standing = Annotated[Fulfilment | Literal["none"], WrapValidator(_one_list)]

pledge = columns(models.Pledge)
meeting = columns(models.Meeting)
party = columns(models.PledgeParty)
topic = columns(models.PledgeTopic)
link = columns(models.Link)
revision = columns(models.Revision)
assessment = columns(models.Assessment)
attendance = columns(models.Attendance)

# Assessed and still owing, once the day has gone by.
_OWING = ("not-started", "in-progress", "stalled", "partly-fulfilled", "not-fulfilled", "renounced")


class PledgeFilters(BaseModel):
    """Which pledges. A repeated parameter is OR (a repeated `__all` AND), different ones are AND."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Names = Field([], description="On this topic, or for a parent on any of its children: `opcon-transition`.")
    topic__all: Names = Field([], description="On every one of these topics.")
    topic__primary: Names = Field([], description="With this as its first topic.")
    party: Names = Field([], description="Made by this party. Any name works: `KOR`, `ROK`, `South Korea`.")
    pledgor__all: Names = Field([], description="Made by every one of these parties.")
    towards: Names = Field([], description="Owed to this party, `each-other` included; or one of the three words.")
    about: Names = Field([], description="Concerning this party without owing it anything.")
    party__any: Names = Field([], description="Naming this party in any role.")
    participant: Names = Field([], description="Made at a meeting that this person attended, under any spelling.")
    speaker: Names = Field([], description="Voiced by this person for himself or herself.")
    meeting: Names = Field([], description="Of this meeting, by id.")
    series: Names = Field([], description="Of a meeting in this series: `kor-usa-2plus2`.")
    meeting_type: Annotated[list[MeetingType], Field(max_length=50)] = Field(
        [], description="Of a meeting of this type."
    )
    level: Annotated[list[Level], Field(max_length=50)] = Field([], description="Of a meeting at this level.")
    source: Names = Field([], description="Cited from this source, by id.")
    instrument: Names = Field([], description="Naming this treaty, plan, body or exercise, under any name.")
    kind: Literal["pledge", "position", "any"] | None = Field(
        None,
        description="`pledge` (commit, agree, reaffirm) unless `act` is named; `position` (support, condemn, urge).",
    )
    act: Annotated[list[Act], Field(max_length=50)] = Field([], description="With this speech act.")
    specificity: Annotated[list[Specificity], Field(max_length=50)] = Field([], description="As specific as this.")
    fulfilment: Annotated[list[Standing], Field(max_length=50)] = Field(
        [], description="Standing so on the side of `party` if given, else of any pledgor; `none`: not assessed."
    )
    disputed: bool | None = Field(None, description="Whether one assessment contradicts another.")
    attested: Annotated[list[Attested], Field(max_length=50)] = Field([], description="On whose account it stands.")
    condition: Annotated[list[ConditionKind], Field(max_length=50)] = Field(
        [], description="Under this kind of condition."
    )
    borderline: bool | None = Field(None, description="Whether its coding is arguable.")
    held_on__gte: Day | None = Field(None, description="Made on this day or later.")
    held_on__lt: Day | None = Field(None, description="Made before this day.")
    due: Annotated[list[Literal["passed", "overdue", "coming", "open", "none"]], Field(max_length=50)] = Field(
        [],
        description="`passed`: its last day has gone by; `overdue`: passed, and assessed as still owing; `coming`; "
        "`open`: due without a last day; `none`: no time named.",
    )
    due__gte: Day | None = Field(None, description="With its last day on this day or later.")
    due__lt: Day | None = Field(None, description="With its last day before this day.")
    is_new: bool | None = Field(None, description="Continuing nothing, and no mere reaffirmation.")
    is_renewed: bool | None = Field(None, description="Continued by a later pledge.")
    undertaking: Names = Field([], description="Of the same undertaking as this pledge, by id.")
    updated_since: Since | None = Field(
        None, description="Written after this `seq` of the ledger, or this instant (RFC 3339 in UTC)."
    )
    q: str | None = Field(
        None,
        description='Words, "phrases", -not and prefix*: all must be met, by the summary and formula, or by the names '
        "of topics, parties, persons, instruments and the type of meeting." + HOW_SEARCHED,
        json_schema_extra={"example": "wartime operational control"},
    )


def pledge_conditions(
    connection: Connection, query: PledgeFilters, today: date, *, said: bool = False
) -> tuple[Any, list[ColumnElement[bool]]]:
    """The table whose index is walked in order (None: the pledges themselves), and every condition.

    The table has a column `pledge`, the key; what is found by words has `place` on SQLite, which sorts by day. With
    `said`, the question must be met by a pledge's own words alone.
    """
    names = Resolver(connection)
    topics = names.exact("topic", Entity.topic, query.topic)
    parties = names.named("party", Entity.party, query.party)
    walked: Any = None
    conditions: list[ColumnElement[bool]] = [pledge.c.retracted.is_(None)]
    if query.q is not None and query.q.strip():
        # The topics stand in the index beside the words, and one walk answers for both.
        walked = found_by_words(connection, query.q, topics, (query.held_on__gte, query.held_on__lt), said=said)
    elif len(topics) == 1:
        walked = topic
        conditions.append(topic.c.topic == topics[0])
    elif topics:
        conditions.append(has(models.PledgeTopic, "topic", topics))
    if len(parties) == 1 and walked is None:
        walked = party
        conditions += [party.c.party == parties[0], party.c.role == PartyRole.pledgor]
    elif parties:
        conditions.append(_plays(PartyRole.pledgor, parties))
    conditions += _who_and_what(names, query)
    conditions += _where_from(names, query)
    names.refuse()
    conditions += _own_columns(query)
    conditions += _standing(connection, query, parties, today)
    return walked, conditions


def has(part: Any, column: str, values: list[str], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """A part of the pledge has one of the values. It stands for itself even where the same table is walked outside."""
    table = columns(part)
    return exists().where(table.c.pledge == pledge.c.key, table.c[column].in_(values), *more).correlate(pledge)


def _plays(role: PartyRole, parties: list[str]) -> ColumnElement[bool]:
    return has(models.PledgeParty, "party", parties, party.c.role == role)


def _who_and_what(names: Resolver, query: PledgeFilters) -> Iterator[ColumnElement[bool]]:
    for slug in names.exact("topic__all", Entity.topic, query.topic__all):
        yield has(models.PledgeTopic, "topic", [slug])
    if primary := names.exact("topic__primary", Entity.topic, query.topic__primary):
        children = select(columns(models.Topic).c.slug).where(columns(models.Topic).c.parent.in_(primary))
        under = or_(topic.c.topic.in_(primary), topic.c.topic.in_(children))
        yield exists().where(topic.c.pledge == pledge.c.key, topic.c.rank == 0, under).correlate(pledge)
    for name in query.pledgor__all:
        yield _plays(PartyRole.pledgor, names.named("pledgor__all", Entity.party, [name]))
    if query.towards:
        yield _towards(names, query.towards)
    if query.about:
        yield _plays(PartyRole.about, names.named("about", Entity.party, query.about))
    if query.party__any:
        yield has(models.PledgeParty, "party", names.named("party__any", Entity.party, query.party__any))
    if query.instrument:
        instruments = names.named("instrument", Entity.instrument, query.instrument)
        yield has(models.PledgeInstrument, "instrument", instruments)
    if query.speaker:
        speakers = names.named("speaker", Entity.participant, query.speaker)
        yield has(models.PledgeSpeaker, "participant", speakers)


def _towards(names: Resolver, wanted: list[str]) -> ColumnElement[bool]:
    words = [name for name in wanted if name in TOWARDS_WORDS]
    parties = names.named("towards", Entity.party, [name for name in wanted if name not in words])
    return or_(
        pledge.c.towards.in_(words) if words else false(), _plays(PartyRole.towards, parties) if parties else false()
    )


def _where_from(names: Resolver, query: PledgeFilters) -> Iterator[ColumnElement[bool]]:
    if query.participant:
        people = names.named("participant", Entity.participant, query.participant)
        yield exists().where(attendance.c.meeting == pledge.c.meeting, attendance.c.participant.in_(people))
    if query.meeting:
        yield pledge.c.meeting.in_(names.exact("meeting", Entity.meeting, query.meeting))
    if query.source:
        yield has(models.Citation, "source", names.exact("source", Entity.source, query.source))
    if query.undertaking:
        ids = names.exact("undertaking", Entity.pledge, query.undertaking)
        same = pledge.alias("of_undertaking")
        yield pledge.c.undertaking.in_(select(same.c.undertaking).where(same.c.id.in_(ids)))
    of_meeting = [
        column.in_(values)
        for column, values in (
            (meeting.c.series, names.series(query.series)),
            (meeting.c.type, query.meeting_type),
            (meeting.c.level, query.level),
        )
        if values
    ]
    if of_meeting:
        yield exists().where(meeting.c.id == pledge.c.meeting, *of_meeting)


def _own_columns(query: PledgeFilters) -> Iterator[ColumnElement[bool]]:
    kind = query.kind or ("any" if query.act else "pledge")
    if kind != "any":
        yield pledge.c.act.in_(PLEDGE_ACTS if kind == "pledge" else POSITION_ACTS)
    for column, values in (
        (pledge.c.act, query.act),
        (pledge.c.specificity, query.specificity),
        (pledge.c.attested, query.attested),
        (pledge.c.condition_kind, query.condition),
    ):
        if values:
            yield column.in_(values)
    bounds: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
        (query.held_on__gte, lambda day: pledge.c.held_on >= day),
        (query.held_on__lt, lambda day: pledge.c.held_on < day),
        (query.due__gte, lambda day: pledge.c.due_to >= day),
        (query.due__lt, lambda day: pledge.c.due_to < day),
        (query.disputed, lambda yes: pledge.c.disputed == yes),
        (query.is_new, lambda yes: pledge.c.is_new == yes),
        (query.borderline, lambda yes: pledge.c.borderline.is_not(None) if yes else pledge.c.borderline.is_(None)),
    )
    for value, condition in bounds:
        if value is not None:
            yield condition(value)


def _standing(
    connection: Connection, query: PledgeFilters, parties: list[str], today: date
) -> Iterator[ColumnElement[bool]]:
    if query.is_renewed is not None:
        later = pledge.alias("later")
        renewed = exists().where(
            link.c.target == pledge.c.key,
            link.c.type.in_(CONTINUATIONS),
            later.c.key == link.c.pledge,
            later.c.retracted.is_(None),
        )
        yield renewed if query.is_renewed else ~renewed
    if query.due:
        yield or_(*(_due(word, today) for word in query.due))
    if query.fulfilment:
        yield or_(*(_stands(word, parties) for word in query.fulfilment))
    if query.updated_since is not None:
        yield pledge.c.revision > seq_at(connection, query.updated_since)


def _due(word: str, today: date) -> ColumnElement[bool]:
    passed: ColumnElement[bool] = pledge.c.due_to < today
    owing = exists().where(
        assessment.c.pledge == pledge.c.key, assessment.c.is_current, assessment.c.fulfilment.in_(_OWING)
    )
    meanings: dict[str, ColumnElement[bool]] = {
        "passed": passed,
        "overdue": and_(passed, owing),
        "coming": pledge.c.due_to >= today,
        "open": and_(pledge.c.due_kind.is_not(None), pledge.c.due_to.is_(None)),
        "none": pledge.c.due_kind.is_(None),
    }
    return meanings[word]


def _stands(word: str, parties: list[str]) -> ColumnElement[bool]:
    current = [assessment.c.pledge == pledge.c.key, assessment.c.is_current]
    if parties:
        current.append(assessment.c.party.in_(parties))
    return ~exists().where(*current) if word == "none" else exists().where(*current, assessment.c.fulfilment == word)


def require_meetings(connection: Connection, named: dict[str, list[str]]) -> None:
    """Refuse ids of meetings that the book does not have, by the parameter that names them."""
    names = Resolver(connection)
    for parameter, ids in named.items():
        names.exact(parameter, Entity.meeting, ids)
    names.refuse()
