"""References: find the records that refer to a record, and refuse its retraction or a change that would break them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Row, func, select
from sqlmodel import SQLModel

from app.errors import Conflict, Fault, Path
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import PLEDGE_ACTS, Entity
from app.store import models
from app.store.models import columns

_MOST = 20  # candidates that an error names

_PLEDGE = columns(models.Pledge)
_MEETING = columns(models.Meeting)
_LINK = columns(models.PledgeLink)


def refuse_retraction(connection: Connection, entity: Entity, id: str) -> None:
    """Raise `Conflict` if records that are not retracted refer to this one. Their ids are the candidates.

    The pledges of a meeting do not count, because they are retracted with it.
    """
    if ids := list(_referring_ids(connection, entity, id)):
        candidates = list(dict.fromkeys(ids))[:_MOST]
        raise Conflict("Other records refer to this record. Change or retract them first.", candidates=candidates)


def _referring_ids(connection: Connection, entity: Entity, id: str) -> Iterator[str]:
    match entity:
        case Entity.party:
            yield from _issued_sources(connection, id)
            yield from _meetings_with(connection, models.MeetingParty, "party", id)
            yield from _meetings_with(connection, models.MeetingParticipant, "party", id)
            yield from _pledges_with(connection, models.PledgeParty, "party", id)
        case Entity.topic:
            yield from _child_topics(connection, id)
            yield from _pledges_with(connection, models.PledgeTopic, "topic", id)
        case Entity.instrument:
            yield from _pledges_with(connection, models.PledgeInstrument, "instrument", id)
        case Entity.participant:
            yield from _meetings_with(connection, models.MeetingParticipant, "participant", id)
            yield from _pledges_with(connection, models.PledgeSpeaker, "participant", id)
        case Entity.source:
            yield from _meetings_with(connection, models.MeetingSource, "source", id)
            yield from _pledges_with(connection, models.PledgeCitation, "source", id)
        case _:
            yield from _linking_pledges(connection, entity, id)


def _issued_sources(connection: Connection, party: str) -> Iterator[str]:
    source, issuer = columns(models.Source), columns(models.SourceIssuer)
    query = select(source.c.id).join(issuer, issuer.c.source == source.c.id).where(issuer.c.party == party)
    yield from connection.execute(query.where(source.c.retracted.is_(None)).order_by(source.c.id)).scalars()


def _child_topics(connection: Connection, parent: str) -> Iterator[str]:
    topic = columns(models.Topic)
    query = select(topic.c.slug).where(topic.c.parent == parent, topic.c.retracted.is_(None))
    yield from connection.execute(query.order_by(topic.c.slug)).scalars()


def _pledges_with(connection: Connection, part: type[SQLModel], column: str, id: str) -> Iterator[str]:
    table = columns(part)
    query = select(_PLEDGE.c.id).join(table, table.c.pledge == _PLEDGE.c.key).where(table.c[column] == id)
    query = query.where(_PLEDGE.c.retracted.is_(None)).order_by(_PLEDGE.c.key)
    yield from connection.execute(query.limit(_MOST)).scalars()


def _meetings_with(connection: Connection, part: type[SQLModel], column: str, id: str) -> Iterator[str]:
    table = columns(part)
    query = select(_MEETING.c.id).join(table, table.c.meeting == _MEETING.c.id).where(table.c[column] == id)
    query = query.where(_MEETING.c.retracted.is_(None)).order_by(_MEETING.c.held_on, _MEETING.c.id)
    yield from connection.execute(query.limit(_MOST)).scalars()


def _linking_pledges(connection: Connection, entity: Entity, id: str) -> Iterator[str]:
    target = _PLEDGE.alias("target")
    query = (
        select(_PLEDGE.c.id)
        .join(_LINK, _LINK.c.pledge == _PLEDGE.c.key)
        .join(target, target.c.key == _LINK.c.target)
        .where(_PLEDGE.c.retracted.is_(None), (target.c.id if entity is Entity.pledge else target.c.meeting) == id)
        .order_by(_PLEDGE.c.key)
    )
    yield from connection.execute(query.limit(_MOST)).scalars()


# Changes of pledges that others depend on -----------------------------------------------------------------------------


def dependency_faults(
    connection: Connection, id: str, held_on: date, lines: Mapping[int, PledgeCreate], paths: Mapping[int, Path]
) -> Iterator[Fault]:
    """Yield a fault for each change of a meeting that a link or an assessment does not allow.

    `lines` are the meeting's pledges after the change, by number, and `held_on` is its day after it. `paths` are the
    paths of pledges in the request, by number.
    """
    for number, other, day, reason in _links_to(connection, id):
        line, path = lines[number], paths.get(number, ())
        if day <= held_on:
            yield Fault(("held_on",), f"must be before the day of {other}, which links to a pledge of this meeting")
        if line.act not in PLEDGE_ACTS:
            yield Fault((*path, "act"), f"must be the act of a pledge, because {other} links to it")
        if line.retracted is not None and reason is None:
            yield Fault((*path, "retracted"), f"must be null, because {other} links to it")
    for number, party, first in _assessed_parties(connection, id):
        line, path = lines[number], paths.get(number, ())
        if first < held_on:
            yield Fault(("held_on",), f"must not be after {first}, the day of an assessment of this meeting's pledges")
        if line.act not in PLEDGE_ACTS:
            yield Fault((*path, "act"), "must be the act of a pledge, because it is assessed")
        if party not in line.pledgors:
            yield Fault((*path, "pledgors"), f"must contain {party}, because an assessment of the pledge names it")


def _links_to(connection: Connection, id: str) -> Sequence[Row[int, str, date, str | None]]:
    """Return, for each link to a pledge of the meeting, the pledge's number, and the linking pledge's id, day and
    reason of retraction."""
    target = _PLEDGE.alias("target")
    query = (
        select(target.c.number, _PLEDGE.c.id, _PLEDGE.c.held_on, _PLEDGE.c.retracted)
        .join(_LINK, _LINK.c.target == target.c.key)
        .join(_PLEDGE, _PLEDGE.c.key == _LINK.c.pledge)
        .where(target.c.meeting == id)
        .order_by(target.c.number, _PLEDGE.c.key)
    )
    return connection.execute(query).all()


def _assessed_parties(connection: Connection, id: str) -> Sequence[Row[int, str, date]]:
    """Return, for each assessed party of a pledge of the meeting, the pledge's number, the party, and the first
    effective day."""
    assessment = columns(models.Assessment)
    query = (
        select(_PLEDGE.c.number, assessment.c.party, func.min(assessment.c.effective_on))
        .join(assessment, assessment.c.pledge == _PLEDGE.c.key)
        .where(_PLEDGE.c.meeting == id)
        .group_by(_PLEDGE.c.number, assessment.c.party)
        .order_by(_PLEDGE.c.number, assessment.c.party)
    )
    return connection.execute(query).all()
