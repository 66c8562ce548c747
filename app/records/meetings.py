"""Meetings: who met when and where, on what grounds we know it, and the pledges that came of it.

A meeting comes whole, in one transaction: with its new persons, sources and instruments, and all its pledges.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlmodel import SQLModel

from app.errors import Conflict, Fault, Path
from app.records import duplicates, pledges, references
from app.records.inline_records import refuse, settle_references
from app.records.pledge_context import Context, read_context
from app.records.record import Kind, Record, Rows, change_record, create_records
from app.schemas.meetings import MOST_PLEDGES, MeetingCreate
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import Entity
from app.search.index import meeting_row, meeting_things
from app.search.names import missing
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns

KIND = Kind(
    Entity.meeting,
    models.Meeting,
    "id",
    {models.MeetingParty: "meeting", models.MeetingSource: "meeting", models.Attendance: "meeting"},
)


class MeetingKey(NamedTuple):
    """What a pledge needs to know of its meeting. `things` are the tokens it lends to the search for its pledges."""

    id: str
    held_on: date
    parties: list[str]
    things: Sequence[str]


def made_id(meeting: MeetingCreate) -> str:
    """The id of a meeting that was not given one: day, parties in alphabetical order, type."""
    parties = "-".join(sorted(party.lower() for party in meeting.parties))
    return f"{meeting.held_on}-{parties}-{meeting.type}"[:100].rstrip("-")


def circle_of(parties: Sequence[str]) -> str:
    """What meetings of exactly these parties have in common."""
    return " ".join(sorted(parties))


def record(id: str, meeting: MeetingCreate) -> Record:
    """The document and rows of a meeting whose references are ids; its pledges are records of their own."""
    fields = meeting.model_dump(mode="json", exclude={"id", "pledges", "kind"})
    document = {"id": id, **fields}
    row = {"id": id, **meeting.model_dump(exclude={"id", "pledges", "kind", "parties", "sources", "participants"})}
    row["circle"] = circle_of(meeting.parties)
    return Record(KIND, id, document, row, _parts(id, meeting), meeting_row(document))


def key_of(id: str, meeting: MeetingCreate) -> MeetingKey:
    """What pledges need to know of a meeting whose references are ids."""
    people = [str(attendance.participant) for attendance in meeting.participants]
    return MeetingKey(id, meeting.held_on, meeting.parties, meeting_things(meeting.type, people))


def _parts(id: str, meeting: MeetingCreate) -> dict[type[SQLModel], Rows]:
    return {
        models.MeetingParty: [
            {"meeting": id, "position": position, "party": party, "held_on": meeting.held_on}
            for position, party in enumerate(meeting.parties)
        ],
        models.MeetingSource: [
            {"meeting": id, "position": position, "source": source} for position, source in enumerate(meeting.sources)
        ],
        models.Attendance: [
            {"meeting": id, "position": position, **attendance.model_dump()}
            for position, attendance in enumerate(meeting.participants)
        ],
    }


# Writes ---------------------------------------------------------------------------------------------------------------


def faults(connection: Connection, meeting: MeetingCreate) -> list[Fault]:
    """What keeps the meeting's own record from being written. One that is retracted may name what is retracted."""
    standing = meeting.retracted is None
    attending = list(enumerate(meeting.participants))
    people: list[tuple[Path, str]] = [
        (("participants", index, "participant"), str(p.participant)) for index, p in attending
    ]
    named: dict[Entity, list[tuple[Path, str]]] = {
        Entity.party: [
            *((("participants", index, "party"), person.party) for index, person in attending),
            *((("parties", index), party) for index, party in enumerate(meeting.parties)),
        ],
        Entity.participant: people,
        Entity.source: [(("sources", index), str(source)) for index, source in enumerate(meeting.sources)],
    }
    return [
        *missing(connection, named, standing=standing),
        *_twice(people, "must be another person than those before; one person attends once"),
    ]


def _twice(named: Sequence[tuple[Path, str]], message: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, id in named:
        if id in seen:
            yield Fault(path, message)
        seen.add(id)


def create_meeting(
    writer: Writer, meeting: MeetingCreate, *, allow_similar: bool = False, overwrite: bool = False
) -> str:
    """Write a new meeting with all that comes with it; gives its id."""
    if not allow_similar:
        _refuse_doubles(writer.connection, meeting)
    meeting = settle_references(writer, meeting, overwrite=overwrite)
    id = meeting.id or _free_id(writer.connection, meeting)
    if read_revision(writer.connection, Entity.meeting, id):
        detail = "The book already has a meeting of this id."
        raise Conflict(detail, [Fault(("id",), "must be free; leave it out to have one made")], candidates=[id])
    lines = numbered(meeting.pledges)
    context = _context(writer.connection, key_of(id, meeting), meeting.sources, lines)
    paths: dict[int, Path] = {line.number or 0: ("pledges", index) for index, line in enumerate(lines)}
    found = faults(writer.connection, meeting) + pledges.faults(writer.connection, lines, context)
    found += _standing_pledges(meeting, lines, paths)
    refuse(sorted(found, key=lambda fault: [str(step) for step in fault.path]))
    create_records(writer, [record(id, meeting)])
    pledges.create_pledges(writer, lines, context)
    return id


def change_meeting(writer: Writer, id: str, meeting: MeetingCreate, standing: str, *, overwrite: bool = False) -> int:
    """Write a meeting over the one that stands, with the pledges it names; those it does not name stay.

    A pledge whose record depends on what changed (the day, the parties) is written anew. Gives how many differed.
    """
    connection = writer.connection
    meeting = settle_references(writer, meeting, overwrite=overwrite)
    before = standing_lines(connection, id)
    lines = numbered(meeting.pledges)
    after = before | {line.number: line for line in lines if line.number}
    merged = [after[number] for number in sorted(after)]
    paths: dict[int, Path] = {line.number or 0: ("pledges", index) for index, line in enumerate(lines)}
    keys = pledges.keys_of(connection, id)
    context = _context(connection, key_of(id, meeting), meeting.sources, merged, keys)
    found = [
        *faults(connection, meeting),
        *pledges.faults(connection, lines, context),
        *pledges.faults(connection, [line for number, line in before.items() if after[number] is line], context),
        *references.faults(connection, id, meeting.held_on, after, paths),
        *_standing_pledges(meeting, merged, paths),
    ]
    if len(merged) > MOST_PLEDGES:  # else its line could not be read any more
        found.append(Fault(("pledges",), f"must be no more than {MOST_PLEDGES} with those that stand: {len(merged)}"))
    refuse(found)
    differed = change_record(writer, record(id, meeting), standing) is not None
    named = {line.number for line in lines}
    affected = [line for line in merged if line.number in before and (differed or line.number in named)]
    changed = pledges.change_pledges(writer, affected, context)
    new = [line for line in lines if line.number not in before]
    pledges.create_pledges(writer, new, context)
    return differed + changed + len(new)


def _standing_pledges(
    meeting: MeetingCreate, lines: Sequence[PledgeCreate], paths: Mapping[int, Path]
) -> Iterator[Fault]:
    """A fault for each pledge that would stand in a meeting that does not."""
    for line in lines if meeting.retracted is not None else ():
        if line.retracted is None:
            path = paths.get(line.number or 0, ())
            yield Fault((*path, "retracted"), f"must be given for number {line.number}, as its meeting is retracted")


def rewrite_pledges(writer: Writer, id: str) -> int:
    """Write the pledges of a meeting anew where something they depend on has changed; how many differed."""
    lines = list(standing_lines(writer.connection, id).values())
    meeting = read_key(writer.connection, id)
    source = columns(models.MeetingSource)
    sources = writer.connection.execute(select(source.c.source).where(source.c.meeting == id)).scalars()
    context = _context(writer.connection, meeting, list(sources), lines, pledges.keys_of(writer.connection, id))
    refuse(pledges.faults(writer.connection, lines, context))
    return pledges.change_pledges(writer, lines, context)


def read_key(connection: Connection, id: str) -> MeetingKey:
    table, party, person = columns(models.Meeting), columns(models.MeetingParty), columns(models.Attendance)
    held_on, type = connection.execute(select(table.c.held_on, table.c.type).where(table.c.id == id)).one()
    parties = select(party.c.party).where(party.c.meeting == id).order_by(party.c.position)
    people = connection.execute(select(person.c.participant).where(person.c.meeting == id)).scalars()
    return MeetingKey(id, held_on, list(connection.execute(parties).scalars()), meeting_things(type, people))


_PLEDGE, _REVISION = columns(models.Pledge), columns(models.Revision)
_PLEDGE_DOCUMENTS = (
    select(_REVISION.c.document)
    .join(_PLEDGE, _REVISION.c.seq == _PLEDGE.c.revision)
    .where(_PLEDGE.c.meeting == bindparam("meeting"))
    .order_by(_PLEDGE.c.number)
)


def pledge_documents(connection: Connection, id: str) -> list[str]:
    """The documents of a meeting's pledges as they stand, by number."""
    return list(connection.execute(_PLEDGE_DOCUMENTS, {"meeting": id}).scalars())


def standing_lines(connection: Connection, id: str) -> dict[int, PledgeCreate]:
    """The lines of a meeting's pledges by number, as they stand."""
    documents = [json.loads(document) for document in pledge_documents(connection, id)]
    lines = [PledgeCreate.model_validate(pledges.line_of(document)) for document in documents]
    return {line.number: line for line in lines if line.number}


def _context(
    connection: Connection, meeting: MeetingKey, sources: Any, lines: Any, keys: Sequence[int] = ()
) -> Context:
    return read_context(connection, meeting, [str(source) for source in sources], lines, keys)


def numbered(lines: Sequence[PledgeCreate], first: int = 1) -> list[PledgeCreate]:
    """The lines of a meeting with a number each: their own, or the next from `first` that none of them has.

    It follows from the lines alone, so that a file without numbers can be loaded again and nothing is added.
    """
    taken = {line.number for line in lines}
    free = (number for number in count(first) if number not in taken)
    return [line if line.number else line.model_copy(update={"number": next(free)}) for line in lines]


def _free_id(connection: Connection, meeting: MeetingCreate) -> str:
    base = made_id(meeting)
    for suffix in count(1):
        id = base if suffix == 1 else f"{base}-{suffix}"
        if read_revision(connection, Entity.meeting, id) is None:
            return id
    raise AssertionError("unreachable")


def _refuse_doubles(connection: Connection, meeting: MeetingCreate) -> None:
    way_on = (
        "Cite the new source in the record that stands, or send it again with ?allow_similar=true if it is another."
    )
    if like := duplicates.similar_meetings(connection, meeting, circle_of(meeting.parties)):
        detail = f"The book has a meeting of the same parties, day and type. {way_on}"
        raise Conflict(detail, [Fault((), "resembles a meeting that stands")], candidates=like)
    if alike := list(duplicates.similar_pledges(enumerate(meeting.pledges))):
        found = [Fault(("pledges", double.new), f"resembles {double.like}: {double.why}") for double in alike[:20]]
        raise Conflict(f"Some pledges seem to be the same. {way_on}", found, candidates=[])
