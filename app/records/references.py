"""What refers to a record: nothing is withdrawn, or changed, from under what stands on it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from app.errors import Conflict, Fault, Path
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import PLEDGE_ACTS, Entity
from app.store import models
from app.store.models import columns

_MOST = 20

pledge = columns(models.Pledge)
meeting = columns(models.Meeting)
link = columns(models.Link)


def refuse_retraction(connection: Connection, entity: Entity, id: str) -> None:
    """Conflict, with candidates, if standing records refer to this one (a meeting's own pledges aside)."""
    if users := list(_standing_users(connection, entity, id)):
        shown = list(dict.fromkeys(users))[:_MOST]
        raise Conflict("Standing records refer to it; change or retract those first.", candidates=shown)


def _standing_users(connection: Connection, entity: Entity, id: str) -> Iterator[str]:
    if entity is Entity.party:
        source, issuer = columns(models.Source), columns(models.SourceIssuer)
        issued = select(source.c.id).join(issuer, issuer.c.source == source.c.id).where(issuer.c.party == id)
        yield from connection.execute(issued.where(source.c.retracted.is_(None)).order_by(source.c.id)).scalars()
        yield from _meetings_with(connection, models.MeetingParty, "party", id)
        yield from _meetings_with(connection, models.Attendance, "party", id)
        yield from _pledges_with(connection, models.PledgeParty, "party", id)
    elif entity is Entity.topic:
        topic = columns(models.Topic)
        children = select(topic.c.slug).where(topic.c.parent == id, topic.c.retracted.is_(None))
        yield from connection.execute(children.order_by(topic.c.slug)).scalars()
        yield from _pledges_with(connection, models.PledgeTopic, "topic", id)
    elif entity is Entity.instrument:
        yield from _pledges_with(connection, models.PledgeInstrument, "instrument", id)
    elif entity is Entity.participant:
        yield from _meetings_with(connection, models.Attendance, "participant", id)
        yield from _pledges_with(connection, models.PledgeSpeaker, "participant", id)
    elif entity is Entity.source:
        yield from _meetings_with(connection, models.MeetingSource, "source", id)
        yield from _pledges_with(connection, models.Citation, "source", id)
    else:
        yield from _linking_pledges(connection, entity, id)


def _pledges_with(connection: Connection, part: Any, column: str, id: str) -> Iterator[str]:
    table = columns(part)
    query = select(pledge.c.id).join(table, table.c.pledge == pledge.c.key).where(table.c[column] == id)
    yield from connection.execute(
        query.where(pledge.c.retracted.is_(None)).order_by(pledge.c.key).limit(_MOST)
    ).scalars()


def _meetings_with(connection: Connection, part: Any, column: str, id: str) -> Iterator[str]:
    table = columns(part)
    query = select(meeting.c.id).join(table, table.c.meeting == meeting.c.id).where(table.c[column] == id)
    standing = query.where(meeting.c.retracted.is_(None)).order_by(meeting.c.held_on, meeting.c.id)
    yield from connection.execute(standing.limit(_MOST)).scalars()


def _linking_pledges(connection: Connection, entity: Entity, id: str) -> Iterator[str]:
    target = pledge.alias("target")
    query = (
        select(pledge.c.id)
        .join(link, link.c.pledge == pledge.c.key)
        .join(target, target.c.key == link.c.target)
        .where(pledge.c.retracted.is_(None), (target.c.id if entity is Entity.pledge else target.c.meeting) == id)
        .order_by(pledge.c.key)
    )
    yield from connection.execute(query.limit(_MOST)).scalars()


# What pledges may not become while others stand on them ---------------------------------------------------------------


def faults(
    connection: Connection, id: str, held_on: date, lines: Mapping[int, PledgeCreate], paths: Mapping[int, Path]
) -> Iterator[Fault]:
    """What keeps the pledges of meeting `id` from becoming `lines` (by number) on the day `held_on`.

    Later pledges link to them, and assessments judge them. `paths` tells where the lines that were sent stand.
    """
    for number, other, day, reason in _links_to(connection, id):
        line, path = lines[number], paths.get(number, ())
        if day <= held_on:
            yield Fault(("held_on",), f"must stay before the day of {other}, which links to a pledge of this meeting")
        if line.act not in PLEDGE_ACTS:
            yield Fault((*path, "act"), f"must stay that of a pledge, since {other} links to it")
        if line.retracted is not None and reason is None:
            yield Fault((*path, "retracted"), f"must be null, since {other} links to it")
    for number, party, first in _assessed(connection, id):
        line, path = lines[number], paths.get(number, ())
        if first < held_on:
            yield Fault(("held_on",), f"must not be after {first}, from when on a pledge of this meeting is assessed")
        if line.act not in PLEDGE_ACTS:
            yield Fault((*path, "act"), "must stay that of a pledge, since it is assessed")
        if party not in line.pledgors:
            yield Fault((*path, "pledgors"), f"must name {party}, whose side is assessed")


def _links_to(connection: Connection, id: str) -> Any:
    """For each link to a pledge of the meeting: its number; the linking pledge's id, day, and why it was retracted."""
    target = pledge.alias("target")
    query = (
        select(target.c.number, pledge.c.id, pledge.c.held_on, pledge.c.retracted)
        .join(link, link.c.target == target.c.key)
        .join(pledge, pledge.c.key == link.c.pledge)
        .where(target.c.meeting == id)
        .order_by(target.c.number, pledge.c.key)
    )
    return connection.execute(query).all()


def _assessed(connection: Connection, id: str) -> Any:
    """For each pledge of the meeting and party assessed: number, party, and the first day an assessment tells of."""
    assessment = columns(models.Assessment)
    query = (
        select(pledge.c.number, assessment.c.party, func.min(assessment.c.effective_on))
        .join(assessment, assessment.c.pledge == pledge.c.key)
        .where(pledge.c.meeting == id)
        .group_by(pledge.c.number, assessment.c.party)
        .order_by(pledge.c.number, assessment.c.party)
    )
    return connection.execute(query).all()
