"""Plans: which pledges and meetings a query finds, as SQL that is built once for each shape of a query.

A shape is what decides the SQL: which filters are set, whether each has one value or several, and the words that change
the SQL itself, such as `due=passed`. The values are bound when a statement runs. Every list, format, facet and page
takes its conditions from here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
)
from sqlmodel import SQLModel

from app.errors import BadQuery, Fault
from app.query.filters import MeetingFilters, PledgeFilters
from app.schemas.vocabulary import (
    CONTINUATIONS,
    PLEDGE_ACTS,
    POSITION_ACTS,
    TOWARDS_WORDS,
    Entity,
    PartyRole,
)
from app.search.conditions import meeting_conditions_of, pledge_clauses
from app.search.index import first_place, found_pledges, on_sqlite, question_text
from app.search.name_index import NameIndex
from app.search.names import did_you_mean, known
from app.store import models
from app.store.ledger import seq_at
from app.store.models import columns

pledge = columns(models.Pledge)
meeting = columns(models.Meeting)
party = columns(models.PledgeParty)
topic = columns(models.PledgeTopic)
link = columns(models.PledgeLink)
revision = columns(models.Revision)
assessment = columns(models.Assessment)
attendance = columns(models.MeetingParticipant)

ONE, SEVERAL = "one", "several"
# A pledge whose deadline has passed is overdue if it is assessed as one of these.
_OWING = ("not-started", "in-progress", "stalled", "partly-fulfilled", "not-fulfilled", "renounced")


class Shape(NamedTuple):
    """What of a query decides its SQL: for each filter ONE, SEVERAL, or the words that change the SQL."""

    filters: tuple[tuple[str, Any], ...]
    is_sqlite: bool


@dataclass(frozen=True)
class BoundQuery:
    """A query with its names resolved: the shape of its SQL, and the values to bind."""

    shape: Shape
    values: Mapping[str, Any]


class _Binder:
    """Collects the shape and the values of a query, and a fault for each name that the book does not have."""

    def __init__(self, connection: Connection, names: NameIndex) -> None:
        self.connection = connection
        self.names = names
        self.filters: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.faults: list[Fault] = []

    def bind_list(self, name: str, values: Sequence[Any]) -> None:
        """Bind a filter that takes a list of values."""
        if values:
            self.filters[name] = ONE if len(values) == 1 else SEVERAL
            self.values[name] = values[0] if len(values) == 1 else list(values)

    def bind_value(self, name: str, value: Any) -> None:
        """Bind a filter that takes one value."""
        if value is not None:
            self.filters[name] = ONE
            self.values[name] = value

    def bind_words(self, name: str, words: Any) -> None:
        """Note words that change the SQL itself; nothing is bound."""
        if words not in (None, ()):
            self.filters[name] = words

    def named(self, name: str, entity: Entity, given: Sequence[str]) -> list[str]:
        """The ids that names of a register stand for. A name that is unknown as a whole is split at its commas."""
        ids: set[str] = set()
        for text in given:
            for part in [text] if self.names.resolve(entity, text) else text.split(","):
                found = self.names.resolve(entity, part.strip())
                ids.update(found)
                if not found:
                    self._miss(name, entity, part)
        return sorted(ids)

    def ids(self, name: str, entity: Entity, given: Sequence[str]) -> Sequence[str]:
        """Ids, each of which the book must have. Those that are not in the name index are looked up in the database."""
        if not given:
            return given
        if entity is Entity.topic:
            unknown = [id for id in given if not self.names.has(entity, id)]
        else:
            there = known(self.connection, {entity: given})
            unknown = [id for id in given if (entity, id) not in there]
        for id in unknown[:5]:
            self._miss(name, entity, id)
        return given

    def series(self, given: Sequence[str]) -> Sequence[str]:
        """Series, each of which a meeting of the book must have."""
        if given:
            query = select(meeting.c.series).where(meeting.c.series.is_not(None)).distinct()
            there = set(self.connection.execute(query).scalars())
            if any(series not in there for series in given):
                self._fault("series", f"must be a series of the book: {', '.join(sorted(there)[:10])}")
        return given

    def _miss(self, name: str, entity: Entity, text: str) -> None:
        self._fault(name, f"must name a {entity} of the book{did_you_mean(self.connection, entity, text)}")

    def _fault(self, name: str, message: str) -> None:
        if len(self.faults) < 20:
            self.faults.append(Fault((name,), message))

    def bound(self) -> BoundQuery:
        """The query as bound so far. Raises BadQuery if it names what the book does not have."""
        if self.faults:
            raise BadQuery("The query names what the book does not have.", self.faults)
        filters = tuple(sorted(self.filters.items(), key=itemgetter(0)))
        return BoundQuery(Shape(filters, on_sqlite(self.connection)), self.values)


def require_meetings(connection: Connection, named: Mapping[str, Sequence[str]]) -> None:
    """Raise BadQuery if the book lacks one of the meetings, naming the parameter; `named` is ids by parameter."""
    binder = _Binder(connection, NameIndex())
    for parameter, ids in named.items():
        if ids:
            binder.ids(parameter, Entity.meeting, ids)
    binder.bound()


# Binding a query ------------------------------------------------------------------------------------------------------

_NAMED = {
    "party": Entity.party, "about": Entity.party, "party__any": Entity.party, "participant": Entity.participant,
    "speaker": Entity.participant, "instrument": Entity.instrument,
}  # fmt: skip
_BY_ID = {
    "topic": Entity.topic, "topic__primary": Entity.topic, "meeting": Entity.meeting, "source": Entity.source,
    "undertaking": Entity.pledge,
}  # fmt: skip
_LISTS = {"act", "specificity", "attested", "condition", "meeting_type", "level"}
_SCALARS = {"held_on__gte", "held_on__lt", "due__gte", "due__lt", "disputed", "is_new"}
_FLAGS = {"borderline", "is_renewed"}


def bind_pledges(
    connection: Connection, query: PledgeFilters, names: NameIndex, today: date, *, own_words: bool = False
) -> BoundQuery:
    """Resolve the names of a query for pledges. Raises BadQuery with a fault for each unknown one.

    With `own_words`, the question must be met by a pledge's own words, not by its names.
    """
    binder, given = _Binder(connection, names), query.model_fields_set
    for name in given & _NAMED.keys():
        binder.bind_list(name, binder.named(name, _NAMED[name], getattr(query, name)))
    for name in given & _BY_ID.keys():
        binder.bind_list(name, binder.ids(name, _BY_ID[name], getattr(query, name)))
    for number, slug in enumerate(binder.ids("topic__all", Entity.topic, query.topic__all)):
        binder.bind_value(f"topic__all_{number}", slug)
    for number, name in enumerate(query.pledgor__all):
        binder.bind_list(f"pledgor__all_{number}", binder.named("pledgor__all", Entity.party, [name]))
    _bind_towards(binder, query.towards)
    binder.bind_list("series", binder.series(query.series))
    for name in given & _LISTS:
        binder.bind_list(name, getattr(query, name))
    for name in given & _SCALARS:
        binder.bind_value(name, getattr(query, name))
    for name in given & _FLAGS:
        binder.bind_words(name, getattr(query, name))
    binder.bind_words("kind", query.kind or ("any" if query.act else "pledge"))
    if query.due:
        binder.bind_words("due", tuple(query.due))
        binder.values["today"] = today
    if query.fulfilment:
        binder.bind_words("fulfilment", (tuple(query.fulfilment), binder.filters.get("party")))
    if query.updated_since is not None:
        binder.bind_value("updated_since", seq_at(connection, query.updated_since))
    if query.q is not None and query.q.strip():
        _bind_question(binder, query, query.q, own_words=own_words)
    return binder.bound()


def _bind_towards(binder: _Binder, given: Sequence[str]) -> None:
    words = [name for text in given for name in text.split(",") if name in TOWARDS_WORDS]
    parties = [text for text in given if not set(text.split(",")) <= TOWARDS_WORDS]
    binder.bind_list("towards_word", words)
    binder.bind_list("towards_party", binder.named("towards", Entity.party, parties))


def _bind_question(binder: _Binder, query: PledgeFilters, question: str, *, own_words: bool) -> None:
    clauses = pledge_clauses(binder.names.lexicon, question, query.topic, own_words=own_words)
    # The question with its topics has a name of its own: a facet of topics binds both in one statement.
    parameter = "question_on_topic" if query.topic else "question"
    binder.bind_words("q", parameter if clauses else "no words")
    if clauses:
        binder.values[parameter] = question_text(on_sqlite(binder.connection), clauses)
        for name in ("held_on__gte", "held_on__lt"):
            if day := getattr(query, name):
                binder.values[f"{name}_place"] = first_place(day)


def bind_meetings(connection: Connection, query: MeetingFilters, names: NameIndex) -> BoundQuery:
    """Resolve the names of a query for meetings. Raises BadQuery with a fault for each unknown one."""
    binder = _Binder(connection, names)
    binder.bind_list("party", binder.named("party", Entity.party, query.party))
    binder.bind_list("participant", binder.named("participant", Entity.participant, query.participant))
    binder.bind_list("topic", binder.ids("topic", Entity.topic, query.topic))
    binder.bind_list("series", binder.series(query.series))
    for name in ("type", "level", "coverage"):
        binder.bind_list(name, getattr(query, name))
    for name in ("held_on__gte", "held_on__lt"):
        binder.bind_value(name, getattr(query, name))
    if query.q is not None and query.q.strip():
        clauses = names.lexicon.clauses(query.q)
        binder.bind_words("q", tuple(clause.is_not for clause in clauses) or "no words")
        for number, clause in enumerate(clauses):
            wanted = replace(clause, is_not=False)
            binder.values[f"question_{number}"] = question_text(on_sqlite(connection), [wanted])
    return binder.bound()


# Conditions -----------------------------------------------------------------------------------------------------------


def is_bound(column: ColumnElement[Any], name: str, count: str) -> ColumnElement[bool]:
    """The column has the value bound to `name`, or one of the values."""
    return column == bindparam(name) if count == ONE else column.in_(bindparam(name, expanding=True))


def _has(
    part: type[SQLModel], column: str, name: str, count: str, *more: Callable[[Any], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """A row of a part of the pledge has one of the bound values in this column."""
    table = columns(part).alias()
    conditions = [condition(table) for condition in more]
    same: ColumnElement[bool] = table.c.pledge == pledge.c.key
    found: ColumnElement[bool] = exists().where(same, is_bound(table.c[column], name, count), *conditions)
    return found


def _plays(role: PartyRole, name: str, count: str) -> ColumnElement[bool]:
    return _has(models.PledgeParty, "party", name, count, lambda table: table.c.role == role)


def _at_meeting(column: str, name: str, count: str) -> ColumnElement[bool]:
    return exists().where(meeting.c.id == pledge.c.meeting, is_bound(meeting.c[column], name, count)).correlate(pledge)


def _primary_topic(count: str) -> ColumnElement[bool]:
    """The first topic is one of these, or a child of one."""
    topics, own = columns(models.Topic), topic.alias()
    children = select(topics.c.slug).where(is_bound(topics.c.parent, "topic__primary", count))
    under = or_(is_bound(own.c.topic, "topic__primary", count), own.c.topic.in_(children))
    return exists().where(own.c.pledge == pledge.c.key, own.c.rank == 0, under).correlate(pledge)


def _attended(count: str) -> ColumnElement[bool]:
    at = attendance.alias()
    return exists().where(at.c.meeting == pledge.c.meeting, is_bound(at.c.participant, "participant", count))


def _of_undertaking(count: str) -> ColumnElement[bool]:
    same = pledge.alias("of_undertaking")
    of_undertaking: ColumnElement[bool] = pledge.c.undertaking.in_(
        select(same.c.undertaking).where(is_bound(same.c.id, "undertaking", count))
    )
    return of_undertaking


def _kind(word: str) -> ColumnElement[bool] | None:
    if word == "any":
        return None
    acts = PLEDGE_ACTS if word == "pledge" else POSITION_ACTS
    return or_(*(pledge.c.act == literal_column(f"'{act}'") for act in acts))


def _is_renewed(yes: bool) -> ColumnElement[bool]:
    later = pledge.alias("later")
    renewed = exists().where(
        link.c.target == pledge.c.key,
        link.c.type.in_(CONTINUATIONS),
        later.c.key == link.c.pledge,
        later.c.retracted.is_(None),
    )
    return renewed if yes else ~renewed


def _due(words: Sequence[str]) -> ColumnElement[bool]:
    passed: ColumnElement[bool] = pledge.c.due_to < bindparam("today")
    owing = exists().where(
        assessment.c.pledge == pledge.c.key, assessment.c.is_current, assessment.c.fulfilment.in_(_OWING)
    )
    meanings: dict[str, ColumnElement[bool]] = {
        "passed": passed,
        "overdue": and_(passed, owing),
        "coming": pledge.c.due_to >= bindparam("today"),
        "open": and_(pledge.c.due_kind.is_not(None), pledge.c.due_to.is_(None)),
        "none": pledge.c.due_kind.is_(None),
    }
    return or_(*(meanings[word] for word in words))


def _fulfilment(words_and_party: tuple[Sequence[str], str | None]) -> ColumnElement[bool]:
    """The current assessment of the party asked for, or of any, is one of the words; `none`: there is none."""
    words, party_count = words_and_party
    current = [assessment.c.pledge == pledge.c.key, assessment.c.is_current]
    if party_count:
        current.append(is_bound(assessment.c.party, "party", party_count))
    return or_(*(
        ~exists().where(*current) if word == "none" else exists().where(*current, assessment.c.fulfilment == word)
        for word in words
    ))  # fmt: skip


# Which pledges: the condition of each filter, given its entry in the shape. Days are in `find_pledges`.
PLEDGE_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool] | None]] = {
    "topic": lambda count: _has(models.PledgeTopic, "topic", "topic", count),
    "topic__primary": _primary_topic,
    "party": lambda count: _plays(PartyRole.pledgor, "party", count),
    "towards_word": lambda count: is_bound(pledge.c.towards, "towards_word", count),
    "towards_party": lambda count: _plays(PartyRole.towards, "towards_party", count),
    "about": lambda count: _plays(PartyRole.about, "about", count),
    "party__any": lambda count: _has(models.PledgeParty, "party", "party__any", count),
    "participant": _attended,
    "speaker": lambda count: _has(models.PledgeSpeaker, "participant", "speaker", count),
    "instrument": lambda count: _has(models.PledgeInstrument, "instrument", "instrument", count),
    "meeting": lambda count: is_bound(pledge.c.meeting, "meeting", count),
    "series": lambda count: _at_meeting("series", "series", count),
    "meeting_type": lambda count: _at_meeting("type", "meeting_type", count),
    "level": lambda count: _at_meeting("level", "level", count),
    "source": lambda count: _has(models.PledgeCitation, "source", "source", count),
    "undertaking": _of_undertaking,
    "kind": _kind,
    "act": lambda count: is_bound(pledge.c.act, "act", count),
    "specificity": lambda count: is_bound(pledge.c.specificity, "specificity", count),
    "attested": lambda count: is_bound(pledge.c.attested, "attested", count),
    "condition": lambda count: is_bound(pledge.c.condition_kind, "condition", count),
    "due__gte": lambda _: pledge.c.due_to >= bindparam("due__gte"),
    "due__lt": lambda _: pledge.c.due_to < bindparam("due__lt"),
    "disputed": lambda _: pledge.c.disputed == bindparam("disputed"),
    "is_new": lambda _: pledge.c.is_new == bindparam("is_new"),
    "borderline": lambda yes: pledge.c.borderline.is_not(None) if yes else pledge.c.borderline.is_(None),
    "is_renewed": _is_renewed,
    "due": _due,
    "fulfilment": _fulfilment,
    "updated_since": lambda _: pledge.c.revision > bindparam("updated_since"),
}


@dataclass(frozen=True)
class Found:
    """The pledges of a shape: what to select from, all conditions, and the table whose index gives the order.

    `walked` is None where the pledges themselves are read in order; else it has the column `pledge`, the key.
    """

    source: FromClause
    conditions: Sequence[ColumnElement[bool]]
    walked: Any = None


def find_pledges(shape: Shape) -> Found:
    """Which pledges a shape finds, read by the index of the filter that narrows most: words, one topic, one party."""
    filters = dict(shape.filters)
    walked: Any = None
    conditions: list[ColumnElement[bool]] = [pledge.c.retracted.is_(None)]
    if filters.get("q") == "no words":
        conditions.append(false())
    elif "q" in filters:
        walked = found_pledges(shape.is_sqlite, filters["q"], filters.keys())
        filters.pop("topic", None)  # the search index holds the topics too
    elif filters.get("topic") == ONE:
        walked = topic
        conditions.append(is_bound(topic.c.topic, "topic", filters.pop("topic")))
    elif filters.get("party") == ONE:
        walked = party
        conditions += [is_bound(party.c.party, "party", filters.pop("party")), party.c.role == PartyRole.pledgor]
    held_on = walked.c.held_on if walked is not None and "held_on" in walked.c else pledge.c.held_on
    if filters.pop("held_on__gte", None):
        conditions.append(held_on >= bindparam("held_on__gte"))
    if filters.pop("held_on__lt", None):
        conditions.append(held_on < bindparam("held_on__lt"))
    conditions += _conditions(filters)
    source = pledge if walked is None else walked.join(pledge, pledge.c.key == walked.c.pledge)
    return Found(source, conditions, walked)


def _conditions(filters: dict[str, Any]) -> Iterator[ColumnElement[bool]]:
    """A condition for each filter; the two halves of `towards` are alternatives, a numbered filter is a further one."""
    towards = [PLEDGE_CONDITIONS[name](filters[name]) for name in ("towards_word", "towards_party") if name in filters]
    if towards:
        yield or_(*(condition for condition in towards if condition is not None))
    for name, entry in filters.items():
        if name.startswith("topic__all_"):
            yield _has(models.PledgeTopic, "topic", name, entry)
        elif name.startswith("pledgor__all_"):
            yield _plays(PartyRole.pledgor, name, entry)
        elif name not in ("q", "towards_word", "towards_party"):
            condition = PLEDGE_CONDITIONS[name](entry)
            if condition is not None:
                yield condition


def find_meetings(shape: Shape) -> list[ColumnElement[bool]]:
    """The conditions of the meetings that a shape finds."""
    conditions: list[ColumnElement[bool]] = [meeting.c.retracted.is_(None)]
    for name, entry in shape.filters:
        if name == "party":
            members = columns(models.MeetingParty)
            conditions.append(exists().where(members.c.meeting == meeting.c.id, is_bound(members.c.party, name, entry)))
        elif name == "participant":
            present = is_bound(attendance.c.participant, name, entry)
            conditions.append(exists().where(attendance.c.meeting == meeting.c.id, present))
        elif name == "topic":
            on_topic = exists().where(topic.c.pledge == pledge.c.key, is_bound(topic.c.topic, name, entry))
            conditions.append(exists().where(pledge.c.meeting == meeting.c.id, pledge.c.retracted.is_(None), on_topic))
        elif name == "held_on__gte":
            conditions.append(meeting.c.held_on >= bindparam(name))
        elif name == "held_on__lt":
            conditions.append(meeting.c.held_on < bindparam(name))
        elif name == "q":
            conditions += [false()] if entry == "no words" else meeting_conditions_of(shape.is_sqlite, entry)
        else:
            conditions.append(is_bound(meeting.c[name], name, entry))
    return conditions
