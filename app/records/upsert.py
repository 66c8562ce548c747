"""The book as a whole: which register keeps which kind of line, and how a line is put into it.

`put` is what `load` does with a line: create what is new, change what differs, leave what is the same. Consequences
reach across registers here and nowhere else: a topic that moves, or a source whose issuer is corrected, has the
pledges that depend on it written anew.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from app.records import assessments, duplicates, meetings, pledges
from app.records.inline_records import by_ids
from app.records.instruments import INSTRUMENTS
from app.records.participants import PARTICIPANTS
from app.records.parties import PARTIES
from app.records.register import Register
from app.records.sources import SOURCES
from app.records.topics import TOPICS
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingCreate, MeetingLine
from app.schemas.pledges import PledgeCreate
from app.schemas.records import SourceCreate, TopicCreate
from app.schemas.vocabulary import PLEDGE_ACTS, Entity, Operation
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns

REGISTERS: dict[Entity, Register[Any]] = {
    register.kind.entity: register for register in (PARTIES, TOPICS, INSTRUMENTS, PARTICIPANTS, SOURCES)
}

LOADER = "load"


class Extent(NamedTuple):
    """How far the book reaches: what stands in it, and the first and last day of a meeting (None: it is empty)."""

    meetings: int
    pledges: int
    positions: int
    first: date | None
    last: date | None


def read_extent(connection: Connection) -> Extent:
    meeting, pledge = columns(models.Meeting), columns(models.Pledge)
    held = select(func.count(), func.min(meeting.c.held_on), func.max(meeting.c.held_on))
    meetings, first, last = connection.execute(held.where(meeting.c.retracted.is_(None))).one()
    binding = func.count().filter(pledge.c.act.in_(PLEDGE_ACTS))
    standing = select(func.count(), binding).where(pledge.c.retracted.is_(None))
    records, pledged = connection.execute(standing).one()
    return Extent(meetings, pledged, records - pledged, first, last)


@dataclass(frozen=True)
class Outcome:
    """What putting a line came to: records created, changed and left; `skipped` tells of those that others wrote."""

    created: int = 0
    changed: int = 0
    left: int = 0
    skipped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def put(writer: Writer, line: Schema, *, overwrite: bool) -> Outcome:
    """Put one line of a book into it, the way `load` does."""
    if isinstance(line, MeetingLine):
        return _put_meeting(writer, line, overwrite=overwrite)
    entity = Entity(line.kind)  # type: ignore[attr-defined]
    register = REGISTERS[entity]
    standing = read_revision(writer.connection, entity, register.id_of(line))
    if standing is None:
        register.create(writer, line)
        return Outcome(created=1)
    if register.record(line).text(standing.version) == standing.document:
        return Outcome(left=1)
    if not overwrite and (by := edited_by_another(writer, entity, register.id_of(line))):
        return Outcome(skipped=(f"{register.id_of(line)} was last written by {by}",))
    change_registered(writer, register, line, standing.document)
    return Outcome(changed=1)


def change_registered(writer: Writer, register: Register[Any], line: Any, standing: str) -> str | None:
    """Change a record of a register, and write anew the pledges that depend on it. Withdrawing one may be refused."""
    document = register.change(writer, line, standing)
    if document is not None and _reaches_pledges(register.kind.entity, standing, document):
        for meeting in _meetings_that_name(writer, line):
            meetings.rewrite_pledges(writer, meeting)
    return document


# What pledges depend on of the records they name; a topic that is called otherwise has not moved.
_REACHING = {Entity.topic: ("parent",), Entity.source: ("type", "issued_by", "length")}


def _reaches_pledges(entity: Entity, before: str, after: str) -> bool:
    old, new = json.loads(before), json.loads(after)
    return any(old[name] != new[name] for name in _REACHING.get(entity, ()))


def _meetings_that_name(writer: Writer, line: TopicCreate | SourceCreate) -> list[str]:
    pledge, topic, source = columns(models.Pledge), columns(models.PledgeTopic), columns(models.MeetingSource)
    if isinstance(line, TopicCreate):
        query = select(pledge.c.meeting).join(topic, topic.c.pledge == pledge.c.key).where(topic.c.topic == line.slug)
    else:
        query = select(source.c.meeting).where(source.c.source == line.id)
    return sorted(set(writer.connection.execute(query).scalars()))


def create_meeting(
    writer: Writer, meeting: MeetingCreate, *, allow_similar: bool = False, overwrite: bool = False
) -> tuple[str, int]:
    """Write a new meeting with all that its line holds; gives its id, and how many assessments came with it."""
    meeting = meeting.model_copy(update={"pledges": meetings.numbered(meeting.pledges)})
    id = meetings.create_meeting(writer, meeting, allow_similar=allow_similar, overwrite=overwrite)
    return id, _put_assessments(writer, id, meeting)


def _put_meeting(writer: Writer, line: MeetingLine, *, overwrite: bool) -> Outcome:
    id = line.id or meetings.made_id(line)
    line = line.model_copy(update={"pledges": meetings.numbered(line.pledges)})
    standing = read_revision(writer.connection, Entity.meeting, id)
    if standing is None:
        like = duplicates.similar_meetings(writer.connection, line, meetings.circle_of(line.parties))
        alike = duplicates.similar_pledges(enumerate(line.pledges))
        id, added = create_meeting(writer, line, allow_similar=True, overwrite=overwrite)
        told = [f"{id} resembles {other}: same parties, day and type" for other in like]
        told += [f"pledge at place {double.new} of {id} resembles {double.like}: {double.why}" for double in alike]
        return Outcome(created=1 + len(line.pledges) + added, remarks=tuple(told))
    skipped = [] if overwrite else _edited_by_others(writer, id, by_ids(line))
    differed = meetings.change_meeting(
        writer, id, _without(writer, line, id, skipped), standing.document, overwrite=overwrite
    )
    differed += _put_assessments(writer, id, line)
    remarks = tuple(f"{record} was last written by {by}" for _, record, by in skipped)
    return Outcome(changed=differed, left=max(0, 1 + len(line.pledges) - differed), skipped=remarks)


def _edited_by_others(writer: Writer, id: str, line: MeetingCreate) -> list[tuple[Entity, str, str]]:
    """The records of a meeting's line that differ from what somebody else than the loader last wrote, and who."""
    numbered = [(pledges.pledge_id(id, pledge.number), pledge) for pledge in line.pledges if pledge.number]
    documents = {
        (Entity.meeting, id): meetings.record(id, line).document,
        **{(Entity.pledge, pledge_id): pledge_document(pledge) for pledge_id, pledge in numbered},
    }
    found = []
    for (entity, record), new in documents.items():
        by = edited_by_another(writer, entity, record)
        standing = read_revision(writer.connection, entity, record) if by else None
        if by and standing:
            before = json.loads(standing.document)
            if any(before[name] != value for name, value in new.items() if name != "number"):
                found.append((entity, record, by))
    return found


def pledge_document(pledge: PledgeCreate) -> dict[str, Any]:
    """The part of a pledge's public document that its line says itself."""
    return pledge.model_dump(mode="json", by_alias=True, exclude={"number", "assessments"})


def _without(writer: Writer, line: MeetingLine, id: str, skipped: Iterable[tuple[Entity, str, str]]) -> MeetingCreate:
    """The line with what stands in the place of the records that are skipped."""
    names = {record for _, record, _ in skipped}
    kept = [p for p in line.pledges if not p.number or pledges.pledge_id(id, p.number) not in names]
    if id not in names:
        return line.model_copy(update={"pledges": kept})
    standing = read_revision(writer.connection, Entity.meeting, id)
    assert standing is not None
    own = {name: value for name, value in json.loads(standing.document).items() if name != "version"}
    return MeetingCreate.model_validate(own).model_copy(update={"pledges": kept})


def edited_by_another(writer: Writer, entity: Entity, id: str) -> str | None:
    """Who made the last create, change, retract or restore of a record, if that was not `load`."""
    revision = columns(models.Revision)
    operations = (Operation.create, Operation.change, Operation.retract, Operation.restore)
    query = (
        select(revision.c.actor)
        .where(revision.c.entity == entity, revision.c.id == id, revision.c.operation.in_(operations))
        .order_by(revision.c.version.desc())
        .limit(1)
    )
    actor = writer.connection.execute(query).scalar()
    return None if actor == LOADER else actor


def _put_assessments(writer: Writer, id: str, line: MeetingCreate) -> int:
    added = 0
    for index, pledge in enumerate(line.pledges):
        record = pledges.pledge_id(id, pledge.number or 0)
        added += assessments.create_assessments(writer, record, pledge.assessments, at=("pledges", index))
    return added
