"""Assessments: what came of a pledge on one party's side. Append-only; a later one never erases an earlier one."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from app.errors import Conflict, Fault, Invalid, NotFound, Path
from app.records.pledge_context import read_assessed
from app.records.record import Kind, Record, create_records
from app.schemas.assessments import AssessmentCreate, AssessmentPost
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import LAST_NUMBER
from app.schemas.vocabulary import PLEDGE_ACTS, Entity, EvidenceType, Fulfilment, Operation, PartyRole
from app.search.names import did_you_mean, missing
from app.store import models
from app.store.ledger import Entry, Writer, read_documents
from app.store.models import columns

KIND = Kind(Entity.assessment, models.Assessment, "id", {models.Evidence: "assessment"})
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


def record(line: AssessmentCreate, pledge: str, key: int, *, is_current: bool) -> Record:
    """The document and rows of an assessment of the pledge with this id and key."""
    id = assessment_id(pledge, line.number)
    fields = line.model_dump(mode="json")
    named = ("number", "party", "fulfilment", "effective_on", "evidence", "assessor", "note", "disputes")
    document = {"id": id, "pledge": pledge, **{name: fields[name] for name in named}, "retracted": None}
    own = line.model_dump(exclude={"evidence"})
    row = {"id": id, "pledge": key, **own, "is_current": is_current, "retracted": None}
    evidence = [
        {"assessment": id, "position": position, **item.model_dump()} for position, item in enumerate(line.evidence)
    ]
    return Record(KIND, id, document, row, {models.Evidence: evidence})


def faults(connection: Connection, line: AssessmentCreate, pledge: Row[Any], numbers: Sequence[int]) -> Iterator[Fault]:
    """What keeps an assessment of a pledge, whose assessments so far have `numbers`, from being written."""
    yield from missing(connection, {Entity.party: [(("party",), line.party)]}, standing=pledge.retracted is None)
    bound = columns(models.PledgeParty)
    pledgors = select(bound.c.party).where(bound.c.pledge == pledge.key, bound.c.role == PartyRole.pledgor)
    names = sorted(connection.execute(pledgors).scalars())
    if line.party not in names:
        yield Fault(("party",), f"must be bound by the pledge: {', '.join(names)}")
    if line.effective_on < pledge.held_on:
        yield Fault(("effective_on",), f"must not be before the pledge was made, on {pledge.held_on}")
    if line.effective_on > datetime.now(UTC).date():
        yield Fault(("effective_on",), "must not be in the future")
    if line.fulfilment in PROGRESS and all(item.type is EvidenceType.announcement for item in line.evidence):
        yield Fault(("evidence",), "must hold an action or a report: announcements alone cannot show progress")
    if line.number in numbers:
        yield Fault(("number",), "must be a new one: an assessment is never changed")
    if line.disputes is not None and (line.disputes not in numbers or line.disputes > line.number):
        yield Fault(("disputes",), "must be the number of an earlier assessment of this pledge")


def assess(writer: Writer, id: str, sent: AssessmentPost) -> str:
    """Add one assessment to a pledge, with the next number; gives its id."""
    pledge = _pledge(writer.connection, id)
    if pledge is None:
        raise NotFound(f"No pledge has this id{did_you_mean(writer.connection, Entity.pledge, id)}.")
    if pledge.retracted is not None:
        raise Conflict("The pledge is retracted; only what stands is assessed.", candidates=[id])
    rows = _rows(writer.connection, pledge.key)
    number = max((row.number for row in rows), default=0) + 1
    if number > LAST_NUMBER:
        raise Conflict(f"Assessments are numbered up to {LAST_NUMBER}, and the pledge has that one.", candidates=[id])
    return _create(writer, pledge, AssessmentCreate(number=number, **sent.model_dump()), ())


def create_assessments(writer: Writer, id: str, lines: Sequence[AssessmentCreate], at: Path = ()) -> int:
    """Add the assessments that a pledge does not have yet; each writes the pledge anew. How many were new.

    `at` is the path from the root of what was sent to the pledge.
    """
    if not lines:
        return 0
    connection = writer.connection
    pledge = _pledge(connection, id)
    assert pledge is not None
    standing = read_documents(connection, Entity.assessment, [assessment_id(id, line.number) for line in lines])
    added = 0
    for index, line in enumerate(lines):
        here = (*at, "assessments", index)
        same = standing.get(assessment_id(id, line.number))
        if same is None:
            _create(writer, pledge, line, here)
            added += 1
        elif record(line, id, pledge.key, is_current=True).text(1) != same:
            raise Invalid("An assessment is never changed.", [Fault((*here, "number"), "must be a new one")])
    return added


def _pledge(connection: Connection, id: str) -> Row[Any] | None:
    table = columns(models.Pledge)
    return connection.execute(select(table).where(table.c.id == id)).first()


def _rows(connection: Connection, key: int) -> Sequence[Any]:
    table = columns(models.Assessment)
    return connection.execute(select(table).where(table.c.pledge == key).order_by(table.c.number)).all()


def _create(writer: Writer, pledge: Row[Any], line: AssessmentCreate, at: Path) -> str:
    connection, table = writer.connection, columns(models.Assessment)
    rows = _rows(connection, pledge.key)
    found = list(faults(connection, line, pledge, [row.number for row in rows]))
    if pledge.act not in PLEDGE_ACTS:
        found.append(Fault((), "must assess a pledge: a position binds nobody"))
    if found:
        raise Invalid("The assessment cannot be taken.", [fault.under(*at) for fault in found])
    order = (line.effective_on, line.number)
    is_current = all((row.effective_on, row.number) < order for row in rows if row.party == line.party)
    if is_current:
        same_party = (table.c.pledge == pledge.key) & (table.c.party == line.party)
        connection.execute(update(table).where(same_party).values(is_current=False))
    new = record(line, pledge.id, pledge.key, is_current=is_current)
    create_records(writer, [new])
    _assess(writer, pledge)
    return new.id


def _assess(writer: Writer, pledge: Row[Any]) -> None:
    """Write the pledge's document anew with what its assessments now amount to."""
    document = json.loads(read_documents(writer.connection, Entity.pledge, [pledge.id])[pledge.id])
    assessed = read_assessed(writer.connection, [pledge.key])[pledge.key]
    document |= {"fulfilment": dict(assessed.fulfilment), "disputed": assessed.disputed}
    document["version"] += 1
    entry = Entry(Entity.pledge, pledge.id, document["version"], Operation.assess, canonical_json(document))
    (seq,) = writer.append([entry])
    values: dict[str, Any] = {"version": document["version"], "revision": seq, "disputed": assessed.disputed}
    table = columns(models.Pledge)
    writer.connection.execute(update(table).where(table.c.key == pledge.key).values(values))


def line_of(document: dict[str, Any]) -> dict[str, Any]:
    """The line that a public assessment was made from."""
    return {name: value for name, value in document.items() if name in AssessmentCreate.model_fields}


# What the assessments amount to -----------------------------------------------------------------------------------


def read_assessments(connection: Connection, id: str) -> tuple[list[str], str]:
    """The documents of a pledge's assessments in order, and where each party stands by its latest, as JSON."""
    pledge = _pledge(connection, id)
    if pledge is None:
        raise NotFound(f"No pledge has this id{did_you_mean(connection, Entity.pledge, id)}.")
    rows = _rows(connection, pledge.key)
    documents = read_documents(connection, Entity.assessment, [row.id for row in rows])
    current = sorted((row for row in rows if row.is_current), key=lambda row: row.party)
    return [documents[row.id] for row in rows], canonical_json([_standing(row, pledge.due_to) for row in current])


def _standing(row: Any, due: date | None) -> dict[str, Any]:
    days = days_late(row.fulfilment, row.effective_on, due, datetime.now(UTC).date())
    return {
        "party": row.party,
        "fulfilment": row.fulfilment,
        "score": SCORES.get(row.fulfilment),
        "is_late": None if days is None else days > 0,
        "days_late": days,
    }


def days_late(fulfilment: Fulfilment, effective_on: date, due: date | None, today: date) -> int | None:
    """Days behind the last day it was due: until it was fulfilled, or so far; None where lateness has no sense."""
    if due is None or fulfilment not in SCORES or fulfilment in (Fulfilment.upheld, Fulfilment.renounced):
        return None
    until = effective_on if fulfilment is Fulfilment.fulfilled else today
    return max(0, (until - due).days)
