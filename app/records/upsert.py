"""Upsert: write one document line into the book, as `load` does, whether or not the book has the record.

A new record is created, a changed one is changed, and an equal one is left. This module alone writes the consequences
of a change in other kinds of record: if a topic gets another parent, or the issuer of a source is corrected, it writes
the pledges that depend on it again.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.records import meetings
from app.records.assessments import create_assessments
from app.records.duplicates import similar_meetings, similar_pledges
from app.records.inline_records import with_ids
from app.records.kinds import REGISTERS
from app.records.meetings import MEETINGS, change_meeting, circle_of, generated_id, numbered, refresh_pledges
from app.records.pledges import PLEDGES, pledge_id
from app.records.register import Register
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingCreate, MeetingLine
from app.schemas.records import SourceCreate, TopicCreate
from app.schemas.vocabulary import Entity, Operation
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns

LOADER = "load"  # the actor of `load`


@dataclass(frozen=True)
class Outcome:
    """What the upsert of a line did: how many records were created, changed and left.

    `skipped` has a message for each record that was left because another actor wrote it, `remarks` one for each
    possible duplicate.
    """

    created: int = 0
    changed: int = 0
    left: int = 0
    skipped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def put(writer: Writer, line: Schema, *, overwrite: bool) -> Outcome:
    """Upsert one line. Records that another actor wrote last are changed only with `overwrite`.

    Raises `Invalid` or `Conflict` if the line cannot be written.
    """
    if isinstance(line, MeetingLine):
        return _put_meeting(writer, line, overwrite=overwrite)
    entity = Entity(line.kind)  # type: ignore[attr-defined]
    register = REGISTERS[entity]
    id = register.id_of(line)
    current = read_revision(writer.connection, entity, id)
    if current is None:
        register.create(writer, line)
        return Outcome(created=1)
    if register.record(line).text(current.version) == current.document:
        return Outcome(left=1)
    if not overwrite and (actor := _other_editor(writer, entity, id)):
        return Outcome(skipped=(f"{id} was last written by {actor}",))
    change_register_record(writer, register, line, current.document)
    return Outcome(changed=1)


def change_register_record(writer: Writer, register: Register[Any], line: Schema, current: str) -> str | None:
    """Change a record of a register whose document is `current`, and write the pledges that depend on it again.

    Return the new document, or None if it is the same. Raises the errors of `Register.change` and `refresh_pledges`.
    """
    document = register.change(writer, line, current)
    if document is not None and _affects_pledges(register.kind.entity, current, document):
        for meeting in _meetings_that_name(writer, line):
            refresh_pledges(writer, meeting)
    return document


# The fields that pledges depend on. The name of a topic is not one of them.
_FIELDS_OF_PLEDGES = {Entity.topic: ("parent",), Entity.source: ("type", "issued_by", "length")}


def _affects_pledges(entity: Entity, before: str, after: str) -> bool:
    old, new = json.loads(before), json.loads(after)
    return any(old[name] != new[name] for name in _FIELDS_OF_PLEDGES.get(entity, ()))


def _meetings_that_name(writer: Writer, line: Schema) -> list[str]:
    pledge, topic, source = columns(models.Pledge), columns(models.PledgeTopic), columns(models.MeetingSource)
    if isinstance(line, TopicCreate):
        query = select(pledge.c.meeting).join(topic, topic.c.pledge == pledge.c.key).where(topic.c.topic == line.slug)
    else:
        assert isinstance(line, SourceCreate)
        query = select(source.c.meeting).where(source.c.source == line.id)
    return sorted(set(writer.connection.execute(query).scalars()))


def create_meeting_with_assessments(
    writer: Writer, meeting: MeetingCreate, *, allow_similar: bool = False, overwrite: bool = False
) -> tuple[str, int]:
    """Write a new meeting with its pledges and their assessments. Return its id and how many assessments were written.

    Raises the errors of `meetings.create_meeting` and `create_assessments`.
    """
    meeting = meeting.model_copy(update={"pledges": numbered(meeting.pledges)})
    id = meetings.create_meeting(writer, meeting, allow_similar=allow_similar, overwrite=overwrite)
    return id, _create_assessments(writer, id, meeting)


def _put_meeting(writer: Writer, line: MeetingLine, *, overwrite: bool) -> Outcome:
    id = line.id or generated_id(line)
    line = line.model_copy(update={"pledges": numbered(line.pledges)})
    current = read_revision(writer.connection, Entity.meeting, id)
    if current is None:
        similar = similar_meetings(writer.connection, line, circle_of(line.parties))
        id, assessed = create_meeting_with_assessments(writer, line, allow_similar=True, overwrite=overwrite)
        remarks = [f"{id} resembles {other}: same parties, day and type" for other in similar]
        duplicates = similar_pledges(enumerate(line.pledges))
        remarks += [f"the pledge at index {found.index} of {id} {found}" for found in duplicates]
        return Outcome(created=1 + len(line.pledges) + assessed, remarks=tuple(remarks))
    others = {} if overwrite else _edited_by_others(writer, id, with_ids(line))
    meeting = _without_skipped(line, id, current.document, set(others))
    changed = change_meeting(writer, id, meeting, current.document, overwrite=overwrite)
    changed += _create_assessments(writer, id, line)
    skipped = tuple(f"{record} was last written by {actor}" for record, actor in others.items())
    return Outcome(changed=changed, left=max(0, 1 + len(line.pledges) - changed), skipped=skipped)


def _edited_by_others(writer: Writer, id: str, line: MeetingCreate) -> dict[str, str]:
    """Return the last actor of each of the meeting's records that differs from the line, unless that is `load`."""
    documents = {(Entity.meeting, id): MEETINGS.record(id, line).document}
    for pledge in line.pledges:
        documents[Entity.pledge, pledge_id(id, pledge.number or 0)] = PLEDGES.own_document(pledge)
    found = {}
    for (entity, record), document in documents.items():
        actor = _other_editor(writer, entity, record)
        current = read_revision(writer.connection, entity, record) if actor else None
        if actor and current:
            before = json.loads(current.document)
            if any(before[name] != value for name, value in document.items()):
                found[record] = actor
    return found


def _without_skipped(line: MeetingLine, id: str, current: str, skipped: set[str]) -> MeetingCreate:
    """Return the line without the pledges that are skipped. If the meeting is skipped, return its current line."""
    pledges = [item for item in line.pledges if pledge_id(id, item.number or 0) not in skipped]
    meeting = MeetingCreate.model_validate(MEETINGS.line_of(json.loads(current))) if id in skipped else line
    return meeting.model_copy(update={"pledges": pledges})


def _other_editor(writer: Writer, entity: Entity, id: str) -> str | None:
    """Return the actor of a record's last create, change, retract or restore, or None if it is `load`."""
    revision = columns(models.Revision)
    operations = (Operation.create, Operation.change, Operation.retract, Operation.restore)
    query = (
        select(revision.c.actor)
        .where(revision.c.entity == entity, revision.c.id == id, revision.c.operation.in_(operations))
        .order_by(revision.c.version.desc())
        .limit(1)
    )
    actor: str | None = writer.connection.execute(query).scalar()
    return None if actor == LOADER else actor


def _create_assessments(writer: Writer, id: str, line: MeetingCreate) -> int:
    added = 0
    for index, pledge in enumerate(line.pledges):
        record = pledge_id(id, pledge.number or 0)
        added += create_assessments(writer, record, pledge.assessments, at=("pledges", index))
    return added
