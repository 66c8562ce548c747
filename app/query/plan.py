"""Plans: translate the filters of a query into SQL conditions, once for each shape of a query.

The shape of a query determines its SQL. It says which filters are set, whether each has one value or several, and which
values change the SQL itself, such as `due=passed`. All other values are bound when a statement runs. All lists,
formats, facets and pages use the conditions of this module.
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
from app.search.index import first_rowid, found_pledges, match_expression, on_sqlite
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
# A pledge is overdue if its deadline has passed and a current assessment is one of these.
_NOT_FULFILLED = ("not-started", "in-progress", "stalled", "partly-fulfilled", "not-fulfilled", "renounced")
# Similar names are searched for at most this many unknown names of a filter, because the search is slow.
_MAX_UNKNOWN = 5


class Shape(NamedTuple):
    """The parts of a query that determine its SQL: for each filter ONE, SEVERAL, or values that change the SQL."""

    filters: tuple[tuple[str, Any], ...]
    is_sqlite: bool


@dataclass(frozen=True)
class BoundQuery:
    """A query with its names resolved to ids: its shape, and the values to bind by parameter."""

    shape: Shape
    values: Mapping[str, Any]


class _Binder:
    """Collects the shape and the values of a query, and a fault for each unknown name."""

    def __init__(self, connection: Connection, names: NameIndex) -> None:
        self.connection = connection
        self.names = names
        self.filters: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.faults: list[Fault] = []

    def bind_list(self, name: str, values: Sequence[Any]) -> None:
        if values:
            self.filters[name] = ONE if len(values) == 1 else SEVERAL
            self.values[name] = values[0] if len(values) == 1 else list(values)

    def bind_value(self, name: str, value: Any) -> None:
        if value is not None:
            self.filters[name] = ONE
            self.values[name] = value

    def put_in_shape(self, name: str, value: Any) -> None:
        """Store a value that changes the SQL itself, and bind nothing."""
        if value not in (None, ()):
            self.filters[name] = value

    def resolve_names(self, name: str, entity: Entity, given: Sequence[str]) -> list[str]:
        """Return the ids of the records with these names. Add a fault for each of the first unknown names."""
        ids, unknown = self.names.resolve_all(entity, given)
        self._add_unknown(name, entity, unknown)
        return ids

    def check_ids(self, name: str, entity: Entity, ids: Sequence[str]) -> Sequence[str]:
        """The same ids, with a fault for each unknown one: topics are in the name index, others in the database."""
        if not ids:
            return ids
        if entity is Entity.topic:
            unknown = [id for id in ids if not self.names.has(entity, id)]
        else:
            existing = known(self.connection, {entity: ids})
            unknown = [id for id in ids if (entity, id) not in existing]
        self._add_unknown(name, entity, unknown)
        return ids

    def check_series(self, given: Sequence[str]) -> Sequence[str]:
        """Return the series unchanged. Add a fault if one of them has no meeting in the book."""
        if given:
            query = select(meeting.c.series).where(meeting.c.series.is_not(None)).distinct()
            existing = set(self.connection.execute(query).scalars())
            if any(series not in existing for series in given):
                self._add_fault("series", f"must be a series of the book: {', '.join(sorted(existing)[:10])}")
        return given

    def _add_unknown(self, name: str, entity: Entity, unknown: Sequence[str]) -> None:
        for text in unknown[:_MAX_UNKNOWN]:
            self._add_fault(name, f"must name a {entity} of the book{did_you_mean(self.connection, entity, text)}")

    def _add_fault(self, name: str, message: str) -> None:
        self.faults.append(Fault((name,), message))

    def bound(self) -> BoundQuery:
        """The bound query. Raises BadQuery if there is a fault."""
        if self.faults:
            raise BadQuery("The query names records that are not in the book.", self.faults)
        filters = tuple(sorted(self.filters.items(), key=itemgetter(0)))
        return BoundQuery(Shape(filters, on_sqlite(self.connection)), self.values)


def require_meetings(connection: Connection, named: Mapping[str, Sequence[str]]) -> None:
    """Raise BadQuery if a meeting is not in the book. `named` gives the ids by query parameter."""
    binder = _Binder(connection, NameIndex())
    for parameter, ids in named.items():
        binder.check_ids(parameter, Entity.meeting, ids)
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
    """Resolve the names of a query for pledges. Raises BadQuery with a fault for each unknown name or id.

    With `own_words`, the search query must match the pledge's own words; names of the records that it refers to do not
    count.
    """
    binder, given = _Binder(connection, names), query.model_fields_set
    for name in given & _NAMED.keys():
        binder.bind_list(name, binder.resolve_names(name, _NAMED[name], getattr(query, name)))
    for name in given & _BY_ID.keys():
        binder.bind_list(name, binder.check_ids(name, _BY_ID[name], getattr(query, name)))
    for number, slug in enumerate(binder.check_ids("topic__all", Entity.topic, query.topic__all)):
        binder.bind_value(f"topic__all_{number}", slug)
    for number, name in enumerate(query.pledgor__all):
        binder.bind_list(f"pledgor__all_{number}", binder.resolve_names("pledgor__all", Entity.party, [name]))
    _bind_towards(binder, query.towards)
    binder.bind_list("series", binder.check_series(query.series))
    for name in given & _LISTS:
        binder.bind_list(name, getattr(query, name))
    for name in given & _SCALARS:
        binder.bind_value(name, getattr(query, name))
    for name in given & _FLAGS:
        binder.put_in_shape(name, getattr(query, name))
    binder.put_in_shape("kind", query.kind or ("any" if query.act else "pledge"))
    if query.due:
        binder.put_in_shape("due", tuple(query.due))
        binder.values["today"] = today
    if query.fulfilment:
        binder.put_in_shape("fulfilment", (tuple(query.fulfilment), binder.filters.get("party")))
    if query.updated_since is not None:
        binder.bind_value("updated_since", seq_at(connection, query.updated_since))
    if query.q is not None and query.q.strip():
        _bind_search(binder, query, query.q, own_words=own_words)
    return binder.bound()


def _bind_towards(binder: _Binder, given: Sequence[str]) -> None:
    parts = list(binder.names.split(Entity.party, given))
    parties = [part for part in parts if part not in TOWARDS_WORDS]
    binder.bind_list("towards_word", [part for part in parts if part in TOWARDS_WORDS])
    binder.bind_list("towards_party", binder.resolve_names("towards", Entity.party, parties))


def _bind_search(binder: _Binder, query: PledgeFilters, search: str, *, own_words: bool) -> None:
    clauses = pledge_clauses(binder.names.lexicon, search, query.topic, own_words=own_words)
    # With the facet `topic`, one statement contains the search query twice, with the topics and without. So the two
    # parameters need different names.
    parameter = "search_on_topic" if query.topic else "search"
    binder.put_in_shape("q", parameter if clauses else "no words")
    if clauses:
        binder.values[parameter] = match_expression(on_sqlite(binder.connection), clauses)
        for name in ("held_on__gte", "held_on__lt"):
            if day := getattr(query, name):
                binder.values[f"{name}_rowid"] = first_rowid(day)


def bind_meetings(connection: Connection, query: MeetingFilters, names: NameIndex) -> BoundQuery:
    """Resolve the names of a query for meetings. Raises BadQuery with a fault for each unknown name or id."""
    binder = _Binder(connection, names)
    binder.bind_list("party", binder.resolve_names("party", Entity.party, query.party))
    binder.bind_list("participant", binder.resolve_names("participant", Entity.participant, query.participant))
    binder.bind_list("topic", binder.check_ids("topic", Entity.topic, query.topic))
    binder.bind_list("series", binder.check_series(query.series))
    for name in ("type", "level", "coverage"):
        binder.bind_list(name, getattr(query, name))
    for name in ("held_on__gte", "held_on__lt"):
        binder.bind_value(name, getattr(query, name))
    if query.q is not None and query.q.strip():
        clauses = names.lexicon.clauses(query.q)
        binder.put_in_shape("q", tuple(clause.is_not for clause in clauses) or "no words")
        for number, clause in enumerate(clauses):
            # An excluded clause is bound without its NOT. The SQL adds the NOT, because neither the meeting nor any of
            # its pledges may match.
            positive = replace(clause, is_not=False)
            binder.values[f"search_{number}"] = match_expression(on_sqlite(connection), [positive])
    return binder.bound()


# Conditions -----------------------------------------------------------------------------------------------------------


def is_bound(column: ColumnElement[Any], name: str, count: str) -> ColumnElement[bool]:
    """The condition that `column` equals the value bound to `name`, or one of the values if `count` is SEVERAL."""
    return column == bindparam(name) if count == ONE else column.in_(bindparam(name, expanding=True))


def _has_child_row(
    model: type[SQLModel], column: str, name: str, count: str, role: PartyRole | None = None
) -> ColumnElement[bool]:
    """The pledge has a child row with a bound value in this column (and, for a party, with this role)."""
    table = columns(model).alias()
    conditions = [table.c.pledge == pledge.c.key, is_bound(table.c[column], name, count)]
    if role is not None:
        conditions.append(table.c.role == role)
    return exists().where(*conditions)


def _has_party(role: PartyRole, name: str, count: str) -> ColumnElement[bool]:
    return _has_child_row(models.PledgeParty, "party", name, count, role)


def _meeting_has(column: str, name: str, count: str) -> ColumnElement[bool]:
    return exists().where(meeting.c.id == pledge.c.meeting, is_bound(meeting.c[column], name, count)).correlate(pledge)


def _primary_topic(count: str) -> ColumnElement[bool]:
    """The first topic is one of the bound topics, or a child of one."""
    topics, first = columns(models.Topic), topic.alias()
    children = select(topics.c.slug).where(is_bound(topics.c.parent, "topic__primary", count))
    matches = or_(is_bound(first.c.topic, "topic__primary", count), first.c.topic.in_(children))
    return exists().where(first.c.pledge == pledge.c.key, first.c.rank == 0, matches).correlate(pledge)


def _has_participant(count: str) -> ColumnElement[bool]:
    attended = attendance.alias()
    person = is_bound(attended.c.participant, "participant", count)
    return exists().where(attended.c.meeting == pledge.c.meeting, person)


def _of_undertaking(count: str) -> ColumnElement[bool]:
    given = pledge.alias("of_undertaking")
    undertakings = select(given.c.undertaking).where(is_bound(given.c.id, "undertaking", count))
    condition: ColumnElement[bool] = pledge.c.undertaking.in_(undertakings)
    return condition


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


def _due(states: Sequence[str]) -> ColumnElement[bool]:
    passed: ColumnElement[bool] = pledge.c.due_to < bindparam("today")
    not_fulfilled = exists().where(
        assessment.c.pledge == pledge.c.key, assessment.c.is_current, assessment.c.fulfilment.in_(_NOT_FULFILLED)
    )
    conditions: dict[str, ColumnElement[bool]] = {
        "passed": passed,
        "overdue": and_(passed, not_fulfilled),
        "coming": pledge.c.due_to >= bindparam("today"),
        "open": and_(pledge.c.due_kind.is_not(None), pledge.c.due_to.is_(None)),
        "none": pledge.c.due_kind.is_(None),
    }
    return or_(*(conditions[state] for state in states))


def _fulfilment(entry: tuple[Sequence[str], str | None]) -> ColumnElement[bool]:
    """A current assessment of the bound party, or of any party, has one of the values; `none` means no assessment."""
    values, party_count = entry
    current = [assessment.c.pledge == pledge.c.key, assessment.c.is_current]
    if party_count:
        current.append(is_bound(assessment.c.party, "party", party_count))
    return or_(*(
        ~exists().where(*current) if value == "none" else exists().where(*current, assessment.c.fulfilment == value)
        for value in values
    ))  # fmt: skip


# The condition of each filter, made from its entry in the shape. `find_pledges` adds the conditions on `held_on`.
PLEDGE_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool] | None]] = {
    "topic": lambda count: _has_child_row(models.PledgeTopic, "topic", "topic", count),
    "topic__primary": _primary_topic,
    "party": lambda count: _has_party(PartyRole.pledgor, "party", count),
    "towards_word": lambda count: is_bound(pledge.c.towards, "towards_word", count),
    "towards_party": lambda count: _has_party(PartyRole.towards, "towards_party", count),
    "about": lambda count: _has_party(PartyRole.about, "about", count),
    "party__any": lambda count: _has_child_row(models.PledgeParty, "party", "party__any", count),
    "participant": _has_participant,
    "speaker": lambda count: _has_child_row(models.PledgeSpeaker, "participant", "speaker", count),
    "instrument": lambda count: _has_child_row(models.PledgeInstrument, "instrument", "instrument", count),
    "meeting": lambda count: is_bound(pledge.c.meeting, "meeting", count),
    "series": lambda count: _meeting_has("series", "series", count),
    "meeting_type": lambda count: _meeting_has("type", "meeting_type", count),
    "level": lambda count: _meeting_has("level", "level", count),
    "source": lambda count: _has_child_row(models.PledgeCitation, "source", "source", count),
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
class PledgeSelection:
    """The FROM clause and the conditions that select the pledges of a shape.

    `driving_table` is the table whose index gives the order. It has the column `pledge`, a key of the table of pledges.
    It is None if the table of pledges itself is read in order.
    """

    source: FromClause
    conditions: Sequence[ColumnElement[bool]]
    driving_table: Any = None


def find_pledges(shape: Shape) -> PledgeSelection:
    """The pledges of a shape. The most selective filter gives the driving table: search, one topic, or one party."""
    filters = dict(shape.filters)
    driving: Any = None
    conditions: list[ColumnElement[bool]] = [pledge.c.retracted.is_(None)]
    if filters.get("q") == "no words":
        conditions.append(false())
    elif "q" in filters:
        driving = found_pledges(shape.is_sqlite, filters["q"], filters.keys())
        filters.pop("topic", None)  # the search query contains the topics
    elif filters.get("topic") == ONE:
        driving = topic
        conditions.append(is_bound(topic.c.topic, "topic", filters.pop("topic")))
    elif filters.get("party") == ONE:
        driving = party
        conditions += [is_bound(party.c.party, "party", filters.pop("party")), party.c.role == PartyRole.pledgor]
    held_on = driving.c.held_on if driving is not None and "held_on" in driving.c else pledge.c.held_on
    if filters.pop("held_on__gte", None):
        conditions.append(held_on >= bindparam("held_on__gte"))
    if filters.pop("held_on__lt", None):
        conditions.append(held_on < bindparam("held_on__lt"))
    conditions += _conditions(filters)
    source = pledge if driving is None else driving.join(pledge, pledge.c.key == driving.c.pledge)
    return PledgeSelection(source, conditions, driving)


def _conditions(filters: dict[str, Any]) -> Iterator[ColumnElement[bool]]:
    """The conditions of the filters. Those of `towards_word` and `towards_party` are alternatives."""
    towards = [PLEDGE_CONDITIONS[name](filters[name]) for name in ("towards_word", "towards_party") if name in filters]
    if towards:
        yield or_(*(condition for condition in towards if condition is not None))
    for name, entry in filters.items():
        if name.startswith("topic__all_"):
            yield _has_child_row(models.PledgeTopic, "topic", name, entry)
        elif name.startswith("pledgor__all_"):
            yield _has_party(PartyRole.pledgor, name, entry)
        elif name not in ("q", "towards_word", "towards_party"):
            condition = PLEDGE_CONDITIONS[name](entry)
            if condition is not None:
                yield condition


def find_meetings(shape: Shape) -> list[ColumnElement[bool]]:
    """The conditions that select the meetings of a shape."""
    conditions: list[ColumnElement[bool]] = [meeting.c.retracted.is_(None)]
    for name, entry in shape.filters:
        if name == "party":
            members = columns(models.MeetingParty)
            conditions.append(exists().where(members.c.meeting == meeting.c.id, is_bound(members.c.party, name, entry)))
        elif name == "participant":
            person = is_bound(attendance.c.participant, name, entry)
            conditions.append(exists().where(attendance.c.meeting == meeting.c.id, person))
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
