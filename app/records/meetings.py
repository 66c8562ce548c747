"""Meetings: who met, when and where, from which sources it is known, and the pledges of the meeting.

A meeting is written in one transaction with its pledges and with new persons, sources and instruments.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlmodel import SQLModel

from app.errors import Conflict, Fault, Path
from app.records.duplicates import duplicate_faults, similar_meetings, similar_pledges
from app.records.inline_records import raise_invalid_meeting, write_inline_records
from app.records.mapping import PartRows, RecordMapping, part_fields, part_rows
from app.records.pledge_context import MeetingContext, PledgeContext, read_context, read_meeting_context
from app.records.pledges import PLEDGES, change_pledges, create_pledges, pledge_faults, pledge_keys
from app.records.record import Kind, Record, Rows, change_record, create_records
from app.records.references import dependency_faults
from app.schemas.meetings import MOST_PLEDGES, MeetingCreate
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import Entity
from app.search.index import meeting_row, meeting_things
from app.search.names import missing
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns


def generated_id(meeting: MeetingCreate) -> str:
    """Return the id of a meeting that has none: day, parties in alphabetical order, type."""
    parties = "-".join(sorted(party.lower() for party in meeting.parties))
    return f"{meeting.held_on}-{parties}-{meeting.type}"[:100].rstrip("-")


def circle_of(parties: Sequence[str]) -> str:
    """Return the value of the column `circle`, which meetings of exactly these parties share."""
    return " ".join(sorted(parties))


# The mapping ----------------------------------------------------------------------------------------------------------


class Meetings(RecordMapping[MeetingCreate]):
    kind = Kind(
        Entity.meeting,
        models.Meeting,
        "id",
        {models.MeetingParty: "meeting", models.MeetingSource: "meeting", models.MeetingParticipant: "meeting"},
    )
    shape = MeetingCreate

    def record(self, id: str, line: MeetingCreate) -> Record:
        """Return the record of a meeting whose references are ids. Its pledges are separate records."""
        document = {"id": id, **line.model_dump(mode="json", exclude={"id", "pledges", "kind"})}
        row = {**self.shared_values(line), "id": id, "circle": circle_of(line.parties)}
        return Record(self.kind, id, document, row, self.parts(id, line), meeting_row(document))

    def parts(self, id: str, line: MeetingCreate) -> dict[type[SQLModel], Rows]:
        """Return the rows of the part tables, by table."""
        owner = {"meeting": id}
        dated = {"meeting": id, "held_on": line.held_on}
        return {
            models.MeetingParty: part_rows(dated, ({"party": party} for party in line.parties)),
            models.MeetingSource: part_rows(owner, ({"source": source} for source in line.sources)),
            models.MeetingParticipant: part_rows(owner, (attendance.model_dump() for attendance in line.participants)),
        }

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        """Return the fields of the line that `row` and `parts` were made from, without its pledges."""
        return {
            **self.shared_values(row),
            "parties": [item.party for item in parts[models.MeetingParty]],
            "sources": [item.source for item in parts[models.MeetingSource]],
            "participants": [part_fields(item, "meeting") for item in parts[models.MeetingParticipant]],
        }

    def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        return [
            self.record(row.id, self.shape.model_validate(self.line(row, parts)))
            for row, parts in self.read_rows(connection, ids)
        ]


MEETINGS = Meetings()


def numbered(lines: Sequence[PledgeCreate], first: int = 1) -> list[PledgeCreate]:
    """Return the lines with a number each: their own, or the next unused number from `first`.

    Equal lines always get equal numbers, so loading a file without numbers twice adds nothing.
    """
    taken = {line.number for line in lines}
    unused = (number for number in count(first) if number not in taken)
    return [line if line.number else line.model_copy(update={"number": next(unused)}) for line in lines]


# Validation -----------------------------------------------------------------------------------------------------------


def meeting_faults(connection: Connection, meeting: MeetingCreate) -> list[Fault]:
    """Return the faults of the meeting's own record. A retracted meeting may refer to retracted records."""
    attending = list(enumerate(meeting.participants))
    people: list[tuple[Path, str]] = [
        (("participants", index, "participant"), str(person.participant)) for index, person in attending
    ]
    named: dict[Entity, list[tuple[Path, str]]] = {
        Entity.party: [
            *((("participants", index, "party"), person.party) for index, person in attending),
            *((("parties", index), party) for index, party in enumerate(meeting.parties)),
        ],
        Entity.participant: people,
        Entity.source: [(("sources", index), str(source)) for index, source in enumerate(meeting.sources)],
    }
    return [*missing(connection, named, standing=meeting.retracted is None), *_repetition_faults(people)]


def _repetition_faults(people: Sequence[tuple[Path, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, id in people:
        if id in seen:
            yield Fault(path, "must be another person: the meeting lists this one already")
        seen.add(id)


def _retraction_faults(
    meeting: MeetingCreate, lines: Sequence[PledgeCreate], paths: Mapping[int, Path]
) -> Iterator[Fault]:
    """Yield a fault for each pledge of a retracted meeting that is not retracted."""
    for line in lines if meeting.retracted is not None else ():
        if line.retracted is None:
            path = paths.get(line.number or 0, ())
            message = f"must be set for the pledge with number {line.number}, because its meeting is retracted"
            yield Fault((*path, "retracted"), message)


def _refuse_duplicates(connection: Connection, meeting: MeetingCreate) -> None:
    advice = "If it is the same, add the new source to the existing record. If not, send ?allow_similar=true."
    if ids := similar_meetings(connection, meeting, circle_of(meeting.parties)):
        detail = f"The book has a meeting of the same parties, day and type. {advice}"
        raise Conflict(detail, [Fault((), "resembles an existing meeting")], candidates=ids)
    if found := list(similar_pledges(enumerate(meeting.pledges))):
        detail = f"Some pledges of the meeting resemble each other. {advice}"
        raise Conflict(detail, duplicate_faults(found, ("pledges",)), candidates=[])


# Writes ---------------------------------------------------------------------------------------------------------------


def create_meeting(
    writer: Writer, meeting: MeetingCreate, *, allow_similar: bool = False, overwrite: bool = False
) -> str:
    """Write a new meeting with its inline records and its pledges, without assessments. Return its id.

    Raises `Conflict` if the id is in use, or if the meeting resembles another and `allow_similar` is false. Raises
    `Invalid` if a reference is not valid.
    """
    if not allow_similar:
        _refuse_duplicates(writer.connection, meeting)
    meeting = write_inline_records(writer, meeting, overwrite=overwrite)
    id = meeting.id or _unused_id(writer.connection, meeting)
    if read_revision(writer.connection, Entity.meeting, id):
        fault = Fault(("id",), "must be an unused id; leave it out to generate one")
        raise Conflict("The book already has a meeting with this id.", [fault], candidates=[id])
    lines = numbered(meeting.pledges)
    context = _read_context(writer.connection, id, meeting, lines)
    faults = meeting_faults(writer.connection, meeting) + pledge_faults(writer.connection, lines, context)
    faults += _retraction_faults(meeting, lines, _paths(lines))
    raise_invalid_meeting(sorted(faults, key=lambda fault: [str(step) for step in fault.path]))
    create_records(writer, [MEETINGS.record(id, meeting)])
    create_pledges(writer, lines, context)
    return id


def change_meeting(writer: Writer, id: str, meeting: MeetingCreate, current: str, *, overwrite: bool = False) -> int:
    """Replace a meeting; `current` is its document before. Return how many records changed or are new.

    Each of its `pledges` replaces the one with its number, or is new. Pledges that it does not contain
    stay, but are written again if the meeting changed, because they depend on its day and parties.

    Raises `Invalid` if a reference is not valid, or if other records depend on what changes.
    """
    connection = writer.connection
    meeting = write_inline_records(writer, meeting, overwrite=overwrite)
    before = read_pledge_lines(connection, id)
    lines = numbered(meeting.pledges)
    after = before | {line.number: line for line in lines if line.number}
    merged = [after[number] for number in sorted(after)]
    paths = _paths(lines)
    context = _read_context(connection, id, meeting, merged, pledge_keys(connection, id))
    unchanged = [line for number, line in before.items() if after[number] is line]
    faults = [
        *meeting_faults(connection, meeting),
        *pledge_faults(connection, lines, context),
        *pledge_faults(connection, unchanged, context),
        *dependency_faults(connection, id, meeting.held_on, after, paths),
        *_retraction_faults(meeting, merged, paths),
    ]
    if len(merged) > MOST_PLEDGES:  # a longer line could not be read again
        message = f"must be at most {MOST_PLEDGES} with the pledges that the meeting has; there are {len(merged)}"
        faults.append(Fault(("pledges",), message))
    raise_invalid_meeting(faults)
    is_changed = change_record(writer, MEETINGS.record(id, meeting), current) is not None
    numbers = {line.number for line in lines}
    affected = [line for line in merged if line.number in before and (is_changed or line.number in numbers)]
    changed = change_pledges(writer, affected, context)
    new = [line for line in lines if line.number not in before]
    create_pledges(writer, new, context)
    return is_changed + changed + len(new)


def refresh_pledges(writer: Writer, id: str) -> int:
    """Write the pledges of a meeting again after a change of their context. Return how many documents changed.

    Raises `Invalid` if a pledge is not valid in the new context.
    """
    connection = writer.connection
    lines = list(read_pledge_lines(connection, id).values())
    source = columns(models.MeetingSource)
    sources = connection.execute(select(source.c.source).where(source.c.meeting == id)).scalars()
    meeting = read_meeting_context(connection, id)
    context = read_context(connection, meeting, sources, lines, pledge_keys(connection, id))
    raise_invalid_meeting(pledge_faults(connection, lines, context))
    return change_pledges(writer, lines, context)


def _read_context(
    connection: Connection, id: str, meeting: MeetingCreate, lines: Sequence[PledgeCreate], keys: Sequence[int] = ()
) -> PledgeContext:
    """Read the context of pledges from the new line of their meeting, whose references are ids."""
    people = [str(attendance.participant) for attendance in meeting.participants]
    tokens = meeting_things(meeting.type, people)
    meeting_context = MeetingContext(id, meeting.held_on, frozenset(meeting.parties), tokens)
    return read_context(connection, meeting_context, map(str, meeting.sources), lines, keys)


def _paths(lines: Sequence[PledgeCreate]) -> dict[int, Path]:
    """Return the path of each line in the meeting, by number."""
    return {line.number or 0: ("pledges", index) for index, line in enumerate(lines)}


def _unused_id(connection: Connection, meeting: MeetingCreate) -> str:
    id = base = generated_id(meeting)
    suffix = 1
    while read_revision(connection, Entity.meeting, id):
        suffix += 1
        id = f"{base}-{suffix}"
    return id


# Reads ----------------------------------------------------------------------------------------------------------------

_PLEDGE, _REVISION = columns(models.Pledge), columns(models.Revision)
_PLEDGE_DOCUMENTS = (
    select(_REVISION.c.document)
    .join(_PLEDGE, _REVISION.c.seq == _PLEDGE.c.revision)
    .where(_PLEDGE.c.meeting == bindparam("meeting"))
    .order_by(_PLEDGE.c.number)
)


def pledge_documents(connection: Connection, id: str) -> list[str]:
    """Return the current documents of a meeting's pledges, in the order of their numbers."""
    return list(connection.execute(_PLEDGE_DOCUMENTS, {"meeting": id}).scalars())


def read_pledge_lines(connection: Connection, id: str) -> dict[int, PledgeCreate]:
    """Return the current lines of a meeting's pledges by number, without their assessments."""
    documents = [json.loads(document) for document in pledge_documents(connection, id)]
    lines = [PledgeCreate.model_validate(PLEDGES.line_of(document)) for document in documents]
    return {line.number: line for line in lines if line.number}
