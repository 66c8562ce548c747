"""The one query: which pledges are asked for, in which order. Every rendering takes it and gives the same pledges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlmodel import Session

from app import models
from app.errors import BadQuery, Fault
from app.models import columns
from app.naming import did_you_mean, known, resolve
from app.paging import decode_cursor, encode_cursor
from app.types import Day
from app.vocabulary import (
    CONTINUATIONS,
    PLEDGE_ACTS,
    POSITION_ACTS,
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
from app.wire import canonical_json

Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=50)]
SortKey = Literal["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id"]

pledge = columns(models.Pledge)
meeting = columns(models.Meeting)
party = columns(models.PledgeParty)
topic = columns(models.PledgeTopic)
link = columns(models.Link)
revision = columns(models.Revision)
assessment = columns(models.Assessment)

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
    fulfilment: Annotated[list[Fulfilment | Literal["none"]], Field(max_length=50)] = Field(
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
    updated_since: str | None = Field(
        None,
        pattern=r"^([0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z)$",
        description="Written after this `seq` of the ledger, or this instant (RFC 3339 in UTC).",
    )


class PledgeQuery(PledgeFilters):
    """The filters, and which page of the answer in which order."""

    sort: SortKey = Field("-held_on", description="Ties in order of entry; what has no such day comes last.")
    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")

    def fingerprint(self) -> str:
        """What a cursor is good for: the filters and the order, not the size of the page."""
        return canonical_json(["pledges", *self.model_dump(mode="json", exclude={"limit", "cursor"}).values()])


class Row(NamedTuple):
    """A pledge of the answer: its key, its document as stored, and its place in the order."""

    key: int
    document: str
    place: tuple[Any, ...]


@dataclass(frozen=True)
class Order:
    """A sort: the columns a page is walked by, each with its direction. The last one settles all ties."""

    by: tuple[tuple[ColumnElement[Any], bool], ...]  # (column, is descending)

    def apply(self, statement: Select[Any]) -> Select[Any]:
        return statement.order_by(*(column.desc() if down else column.asc() for column, down in self.by))

    def after(self, place: list[Any]) -> ColumnElement[bool]:
        """The rows behind `place`. The first column is bounded by itself too, so that an index can begin there."""
        first, down = self.by[0]
        bound = first <= place[0] if down else first >= place[0]
        alternatives = []
        for index, (column, is_down) in enumerate(self.by):
            ties = [before == value for (before, _), value in zip(self.by[:index], place, strict=False)]
            beyond = column < place[index] if is_down else column > place[index]
            alternatives.append(and_(*ties, beyond))
        return and_(bound, or_(*alternatives))


_FAR = date(9999, 12, 31)
_NEVER = date(1, 1, 1)


def order_of(sort: str, held_on: Any = pledge.c.held_on, key: Any = pledge.c.key) -> Order:
    """The order a sort key names. Days come from the table that is walked, so that its index serves."""
    down = sort.startswith("-")
    name = sort.lstrip("-")
    if name == "held_on":
        return Order(((held_on, down), (key, False)))
    if name == "due":
        return Order(((func.coalesce(pledge.c.due_to, _NEVER if down else _FAR), down), (key, False)))
    if name == "updated":
        return Order(((pledge.c.revision, down),))
    return Order(((pledge.c.meeting, down), (pledge.c.number, down)))


def read_page(session: Session, query: PledgeQuery, today: date | None = None) -> tuple[list[Row], str | None]:
    """One page of pledges, and the cursor of the next or None. Two statements, and one for each kind of name given."""
    walked, conditions = _conditions(session, query, today or datetime.now(UTC).date())
    order = order_of(query.sort) if walked is None else order_of(query.sort, walked.c.held_on, walked.c.pledge)
    statement = select(pledge.c.key, revision.c.document, *(column for column, _ in order.by))
    source = pledge.join(revision, revision.c.seq == pledge.c.revision)
    if walked is not None:
        source = walked.join(source, pledge.c.key == walked.c.pledge)
    statement = order.apply(statement.select_from(source).where(*conditions)).limit(query.limit + 1)
    if query.cursor is not None:
        statement = statement.where(order.after(_place(query, order)))
    rows = [Row(row[0], row[1], tuple(row[2:])) for row in session.execute(statement)]
    if len(rows) <= query.limit:
        return rows, None
    rows.pop()
    return rows, encode_cursor(query.fingerprint(), [_portable(value) for value in rows[-1].place])


def _place(query: PledgeQuery, order: Order) -> list[Any]:
    position = decode_cursor(query.fingerprint(), query.cursor or "")
    is_day = query.sort.lstrip("-") in ("held_on", "due")
    return [date.fromisoformat(position[0]), *position[1:]] if is_day else position


def _portable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# The filters as SQL ---------------------------------------------------------------------------------------------------


class _Resolver:
    """Turns the names in a query into ids of the book, and collects a fault for each that leads nowhere."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.faults: list[Fault] = []

    def named(self, parameter: str, entity: Entity, names: list[str]) -> list[str]:
        """The ids of what may go by several names."""
        found = resolve(self.session, entity, names) if names else {}
        self._miss(parameter, entity, [name for name in names if name not in found])
        return sorted({id for name in names for id in found.get(name, ())})

    def exact(self, parameter: str, entity: Entity, ids: list[str]) -> list[str]:
        there = known(self.session, entity, ids)
        self._miss(parameter, entity, [id for id in ids if id not in there])
        return ids

    def series(self, names: list[str]) -> list[str]:
        if not names:
            return []
        there = set(
            self.session.execute(select(meeting.c.series).where(meeting.c.series.is_not(None)).distinct()).scalars()
        )
        if any(name not in there for name in names):
            self.faults.append(Fault(("series",), f"must be a series of the book: {', '.join(sorted(there)[:10])}"))
        return names

    def _miss(self, parameter: str, entity: Entity, names: list[str]) -> None:
        for name in names[:5]:
            self.faults.append(
                Fault((parameter,), f"must name a {entity} of the book{did_you_mean(self.session, entity, name)}")
            )

    def refuse(self) -> None:
        if self.faults:
            raise BadQuery("The query names what the book does not have.", self.faults)


def _conditions(session: Session, query: PledgeFilters, today: date) -> tuple[Any, list[ColumnElement[bool]]]:
    """The table whose index is walked in order (None: the pledges themselves), and every condition."""
    names = _Resolver(session)
    topics = names.exact("topic", Entity.topic, query.topic)
    parties = names.named("party", Entity.party, query.party)
    walked: Any = None
    conditions: list[ColumnElement[bool]] = [pledge.c.retracted.is_(None)]
    if len(topics) == 1:
        walked = topic
        conditions.append(topic.c.topic == topics[0])
    elif topics:
        conditions.append(_has(models.PledgeTopic, "topic", topics))
    if len(parties) == 1 and walked is None:
        walked = party
        conditions += [party.c.party == parties[0], party.c.role == PartyRole.pledgor]
    elif parties:
        conditions.append(_plays(PartyRole.pledgor, parties))
    conditions += _who_and_what(names, query)
    conditions += _where_from(names, query)
    names.refuse()
    conditions += _own_columns(query)
    conditions += _standing(session, query, parties, today)
    return walked, conditions


def _has(part: Any, column: str, values: list[str], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """A part of the pledge has one of the values."""
    table = columns(part)
    return exists().where(table.c.pledge == pledge.c.key, table.c[column].in_(values), *more)


def _plays(role: PartyRole, parties: list[str]) -> ColumnElement[bool]:
    return _has(models.PledgeParty, "party", parties, party.c.role == role)


def _who_and_what(names: _Resolver, query: PledgeFilters) -> Iterator[ColumnElement[bool]]:
    for slug in names.exact("topic__all", Entity.topic, query.topic__all):
        yield _has(models.PledgeTopic, "topic", [slug])
    if primary := names.exact("topic__primary", Entity.topic, query.topic__primary):
        children = select(columns(models.Topic).c.slug).where(columns(models.Topic).c.parent.in_(primary))
        under = or_(topic.c.topic.in_(primary), topic.c.topic.in_(children))
        yield exists().where(topic.c.pledge == pledge.c.key, topic.c.rank == 0, under)
    for name in query.pledgor__all:
        yield _plays(PartyRole.pledgor, names.named("pledgor__all", Entity.party, [name]))
    if query.towards:
        yield _towards(names, query.towards)
    if query.about:
        yield _plays(PartyRole.about, names.named("about", Entity.party, query.about))
    if query.party__any:
        yield _has(models.PledgeParty, "party", names.named("party__any", Entity.party, query.party__any))
    if query.instrument:
        instruments = names.named("instrument", Entity.instrument, query.instrument)
        yield _has(models.PledgeInstrument, "instrument", instruments)
    if query.speaker:
        speakers = names.named("speaker", Entity.participant, query.speaker)
        yield _has(models.PledgeSpeaker, "participant", speakers)


def _towards(names: _Resolver, wanted: list[str]) -> ColumnElement[bool]:
    words = [name for name in wanted if name in ("each-other", "international-community", "unspecified")]
    parties = names.named("towards", Entity.party, [name for name in wanted if name not in words])
    return or_(
        pledge.c.towards.in_(words) if words else false(), _plays(PartyRole.towards, parties) if parties else false()
    )


def _where_from(names: _Resolver, query: PledgeFilters) -> Iterator[ColumnElement[bool]]:
    if query.participant:
        people = names.named("participant", Entity.participant, query.participant)
        attendance = columns(models.Attendance)
        yield exists().where(attendance.c.meeting == pledge.c.meeting, attendance.c.participant.in_(people))
    if query.meeting:
        yield pledge.c.meeting.in_(names.exact("meeting", Entity.meeting, query.meeting))
    if query.source:
        yield _has(models.Citation, "source", names.exact("source", Entity.source, query.source))
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
        (query.borderline, lambda yes: pledge.c.borderline.is_not(None) if yes else pledge.c.borderline.is_(None)),
    )
    for value, condition in bounds:
        if value is not None:
            yield condition(value)


def is_new() -> ColumnElement[bool]:
    """Continuing nothing, inside the book or outside, and no mere reaffirmation."""
    continues = exists().where(link.c.pledge == pledge.c.key, link.c.type.in_(CONTINUATIONS))
    return and_(pledge.c.act != Act.reaffirm, ~continues)


def _standing(session: Session, query: PledgeFilters, parties: list[str], today: date) -> Iterator[ColumnElement[bool]]:
    if query.is_new is not None:
        yield is_new() if query.is_new else ~is_new()
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
        yield pledge.c.revision > _seq(session, query.updated_since)


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


def _seq(session: Session, since: str) -> int:
    """The last seq at or before `since`, which is a seq itself or an instant."""
    if since.isdigit():
        return int(since)
    return session.execute(select(func.max(revision.c.seq)).where(revision.c.at <= since)).scalar() or 0
