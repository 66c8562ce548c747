"""Assessments: how far a pledge was fulfilled on one party's side.

An assessment is never changed; a correction is a new assessment.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from app.errors import Conflict, Fault, Invalid, Path
from app.records.mapping import PartRows, RecordMapping, part_fields, part_rows
from app.records.pledge_context import read_assessment_summaries
from app.records.record import Kind, Record, create_records
from app.schemas.assessments import AssessmentCreate, AssessmentPost
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import LAST_NUMBER, utc_today
from app.schemas.vocabulary import PLEDGE_ACTS, Entity, EvidenceType, Fulfilment, Operation, PartyRole
from app.search.names import missing, no_such_record
from app.store import models
from app.store.ledger import Entry, Writer, read_documents
from app.store.models import columns

SCORES = {
    Fulfilment.not_started: 0,
    Fulfilment.in_progress: 0,
    Fulfilment.stalled: 0,
    Fulfilment.partly_fulfilled: 0,
    Fulfilment.fulfilled: 1,
    Fulfilment.upheld: 1,
    Fulfilment.not_fulfilled: -1,
    Fulfilment.renounced: -1,
}
PROGRESS = (Fulfilment.in_progress, Fulfilment.partly_fulfilled, Fulfilment.fulfilled, Fulfilment.upheld)


def assessment_id(pledge: str, number: int) -> str:
    return f"{pledge}-a{number}"


# The mapping ----------------------------------------------------------------------------------------------------------


class Assessments(RecordMapping[AssessmentCreate]):
    kind = Kind(Entity.assessment, models.Assessment, "id", {models.AssessmentEvidence: "assessment"})
    shape = AssessmentCreate

    def record(self, line: AssessmentCreate, pledge: str, key: int, *, is_current: bool) -> Record:
        """Return the record of an assessment of the pledge with this id and key.

        `is_current` is true for the latest assessment of a party.
        """
        id = assessment_id(pledge, line.number)
        fields = line.model_dump(mode="json")
        document = {"id": id, "pledge": pledge, "number": fields.pop("number"), **fields, "retracted": None}
        row = {**self.shared_values(line), "id": id, "pledge": key, "is_current": is_current, "retracted": None}
        evidence = part_rows({"assessment": id}, (item.model_dump() for item in line.evidence))
        return Record(self.kind, id, document, row, {models.AssessmentEvidence: evidence})

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        """Return the fields of the line that `row` and `parts` were made from."""
        evidence = [part_fields(item, "assessment") for item in parts[models.AssessmentEvidence]]
        return {**self.shared_values(row), "evidence": evidence}

    def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        rows = self.read_rows(connection, ids)
        keys = [row.pledge for row, _ in rows]
        pledge = columns(models.Pledge)
        query = select(pledge.c.key, pledge.c.id).where(pledge.c.key.in_(keys))
        pledge_ids: dict[int, str] = {key: id for key, id in connection.execute(query)}
        current = _current_ids(connection, keys)
        return [
            self.record(
                self.shape.model_validate(self.line(row, parts)),
                pledge_ids[row.pledge],
                row.pledge,
                is_current=row.id in current,
            )
            for row, parts in rows
        ]


ASSESSMENTS = Assessments()


def _current_ids(connection: Connection, keys: Sequence[int]) -> set[str]:
    """Return the id of each party's latest assessment of each pledge: by effective day, then by number."""
    table = columns(models.Assessment)
    query = select(table.c.pledge, table.c.party, table.c.id).where(table.c.pledge.in_(keys))
    rows = connection.execute(query.order_by(table.c.effective_on, table.c.number))
    return set({(pledge, party): id for pledge, party, id in rows}.values())


# Validation -----------------------------------------------------------------------------------------------------------


def assessment_faults(
    connection: Connection, line: AssessmentCreate, pledge: Row[Any], numbers: Sequence[int]
) -> Iterator[Fault]:
    """Yield the faults of a new assessment. `numbers` are those of the assessments that the pledge has."""
    yield from missing(connection, {Entity.party: [(("party",), line.party)]}, standing=pledge.retracted is None)
    table = columns(models.PledgeParty)
    pledgors = select(table.c.party).where(table.c.pledge == pledge.key, table.c.role == PartyRole.pledgor)
    codes = sorted(connection.execute(pledgors).scalars())
    if line.party not in codes:
        yield Fault(("party",), f"must be a pledgor of the pledge: {', '.join(codes)}")
    if line.effective_on < pledge.held_on:
        yield Fault(("effective_on",), f"must not be before the day of the pledge, {pledge.held_on}")
    if line.effective_on > utc_today():
        yield Fault(("effective_on",), "must not be in the future")
    if line.fulfilment in PROGRESS and all(item.type is EvidenceType.announcement for item in line.evidence):
        yield Fault(("evidence",), "must contain an action or a report: announcements alone cannot show progress")
    if line.number in numbers:
        yield Fault(("number",), "must be an unused number: an assessment cannot be changed")
    if line.disputes is not None and (line.disputes not in numbers or line.disputes > line.number):
        yield Fault(("disputes",), "must be the number of an earlier assessment of this pledge")
    if pledge.act not in PLEDGE_ACTS:
        yield Fault((), "must assess a pledge: a position cannot be assessed")


# Writes ---------------------------------------------------------------------------------------------------------------


def assess(writer: Writer, id: str, sent: AssessmentPost) -> str:
    """Add one assessment to the pledge `id`, with the next number, and return the assessment's id.

    Raises `NotFound` for an unknown pledge, `Conflict` for a retracted one, and `Invalid`.
    """
    pledge = _read_pledge(writer.connection, id)
    if pledge.retracted is not None:
        raise Conflict("The pledge is retracted. A retracted pledge cannot be assessed.", candidates=[id])
    number = max((row.number for row in _read_assessments(writer.connection, pledge.key)), default=0) + 1
    if number > LAST_NUMBER:
        raise Conflict(f"The pledge already has an assessment with the last number, {LAST_NUMBER}.", candidates=[id])
    return _create(writer, pledge, AssessmentCreate(number=number, **sent.model_dump()), ())


def create_assessments(writer: Writer, id: str, lines: Sequence[AssessmentCreate], at: Path = ()) -> int:
    """Add the assessments that the pledge `id` does not have yet, and return how many were added.

    `at` is the path of the pledge in the request. Raises `Invalid` if a line differs from the assessment that has its
    number.
    """
    if not lines:
        return 0
    connection = writer.connection
    pledge = _read_pledge(connection, id)
    documents = read_documents(connection, Entity.assessment, [assessment_id(id, line.number) for line in lines])
    added = 0
    for index, line in enumerate(lines):
        path = (*at, "assessments", index)
        current = documents.get(assessment_id(id, line.number))
        if current is None:
            _create(writer, pledge, line, path)
            added += 1
        elif ASSESSMENTS.record(line, id, pledge.key, is_current=True).text(1) != current:
            fault = Fault((*path, "number"), "must be an unused number")
            raise Invalid("An assessment cannot be changed.", [fault])
    return added


def _read_pledge(connection: Connection, id: str) -> Row[Any]:
    table = columns(models.Pledge)
    pledge = connection.execute(select(table).where(table.c.id == id)).first()
    if pledge is None:
        raise no_such_record(connection, Entity.pledge, id)
    return pledge


def _read_assessments(connection: Connection, key: int) -> Sequence[Row[Any]]:
    table = columns(models.Assessment)
    return connection.execute(select(table).where(table.c.pledge == key).order_by(table.c.number)).all()


def _create(writer: Writer, pledge: Row[Any], line: AssessmentCreate, at: Path) -> str:
    connection, table = writer.connection, columns(models.Assessment)
    rows = _read_assessments(connection, pledge.key)
    if faults := list(assessment_faults(connection, line, pledge, [row.number for row in rows])):
        raise Invalid("The assessment is not valid.", [fault.under(*at) for fault in faults])
    order = (line.effective_on, line.number)
    is_current = all((row.effective_on, row.number) < order for row in rows if row.party == line.party)
    if is_current:
        same_party = (table.c.pledge == pledge.key) & (table.c.party == line.party)
        connection.execute(update(table).where(same_party).values(is_current=False))
    record = ASSESSMENTS.record(line, pledge.id, pledge.key, is_current=is_current)
    create_records(writer, [record])
    _update_pledge(writer, pledge)
    return record.id


def _update_pledge(writer: Writer, pledge: Row[Any]) -> None:
    """Write a revision of the pledge with the summary of its assessments."""
    document = json.loads(read_documents(writer.connection, Entity.pledge, [pledge.id])[pledge.id])
    summary = read_assessment_summaries(writer.connection, [pledge.key])[pledge.key]
    document |= {"fulfilment": dict(summary.fulfilment), "disputed": summary.disputed}
    document["version"] += 1
    entry = Entry(Entity.pledge, pledge.id, document["version"], Operation.assess, canonical_json(document))
    (seq,) = writer.append([entry])
    values = {"version": document["version"], "revision": seq, "disputed": summary.disputed}
    table = columns(models.Pledge)
    writer.connection.execute(update(table).where(table.c.key == pledge.key).values(values))


# Reads ----------------------------------------------------------------------------------------------------------------


def read_assessments(connection: Connection, id: str) -> tuple[list[str], str]:
    """Return the documents of a pledge's assessments in order, and the current fulfilment of each party as JSON.

    Raises `NotFound` for an unknown pledge.
    """
    pledge = _read_pledge(connection, id)
    rows = _read_assessments(connection, pledge.key)
    documents = read_documents(connection, Entity.assessment, [row.id for row in rows])
    current = sorted((row for row in rows if row.is_current), key=lambda row: row.party)
    fulfilment = canonical_json([_current_fulfilment(row, pledge.due_to) for row in current])
    return [documents[row.id] for row in rows], fulfilment


def _current_fulfilment(row: Row[Any], due: date | None) -> dict[str, Any]:
    days = days_late(row.fulfilment, row.effective_on, due, utc_today())
    return {
        "party": row.party,
        "fulfilment": row.fulfilment,
        "score": SCORES.get(row.fulfilment),
        "is_late": None if days is None else days > 0,
        "days_late": days,
    }


def days_late(fulfilment: Fulfilment, effective_on: date, due: date | None, today: date) -> int | None:
    """Return by how many days a pledge was fulfilled late, or is late today.

    Return None without a deadline, and for a fulfilment that cannot be late.
    """
    if due is None or fulfilment not in SCORES or fulfilment in (Fulfilment.upheld, Fulfilment.renounced):
        return None
    until = effective_on if fulfilment is Fulfilment.fulfilled else today
    return max(0, (until - due).days)
