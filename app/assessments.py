"""Assessments: what came of a pledge on one party's side. Append-only; a later one never erases an earlier one."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from app import models, pledges, recording
from app.errors import Fault, Invalid, Path
from app.ledger import Entry, Writer, read_documents
from app.models import columns
from app.naming import missing
from app.recording import Kind, Record
from app.shapes.pledges import AssessmentCreate
from app.vocabulary import PLEDGE_ACTS, Entity, EvidenceType, Fulfilment, Operation, PartyRole
from app.wire import canonical_json

KIND = Kind(Entity.assessment, models.Assessment, "id", {models.Evidence: "assessment"})
PROGRESS = (Fulfilment.in_progress, Fulfilment.partly_fulfilled, Fulfilment.fulfilled, Fulfilment.upheld)


def assessment_id(pledge: str, number: int) -> str:
    return f"{pledge}-a{number}"


def record(line: AssessmentCreate, pledge: str, key: int, *, is_current: bool) -> Record:
    id = assessment_id(pledge, line.number)
    fields = line.model_dump(mode="json")
    document = {"id": id, "pledge": pledge, **fields, "retracted": None}
    own = line.model_dump(exclude={"evidence"})
    row = {"id": id, "pledge": key, **own, "is_current": is_current, "retracted": None}
    evidence = [
        {"assessment": id, "position": position, **item.model_dump()} for position, item in enumerate(line.evidence)
    ]
    return Record(KIND, id, document, row, {models.Evidence: evidence})


def faults(session: Session, line: AssessmentCreate, pledge: models.Pledge, numbers: Sequence[int]) -> Iterator[Fault]:
    """What keeps an assessment of a pledge, whose assessments so far have `numbers`, from being written."""
    yield from missing(session, Entity.party, [(("party",), line.party)])
    bound = columns(models.PledgeParty)
    pledgors = select(bound.c.party).where(bound.c.pledge == pledge.key, bound.c.role == PartyRole.pledgor)
    names = sorted(session.execute(pledgors).scalars())
    if line.party not in names:
        yield Fault(("party",), f"must be bound by the pledge: {', '.join(names)}")
    if line.effective_on < pledge.held_on:
        yield Fault(("effective_on",), f"must not be before the pledge was made, on {pledge.held_on}")
    if line.effective_on > datetime.now(UTC).date():
        yield Fault(("effective_on",), "must not be in the future")
    if line.fulfilment in PROGRESS and all(item.type is EvidenceType.announcement for item in line.evidence):
        yield Fault(("evidence",), "must hold an action or a report: announcements alone cannot show progress")
    if line.disputes is not None and line.disputes not in numbers:
        yield Fault(("disputes",), "must be the number of an earlier assessment of this pledge")


def create_assessments(writer: Writer, id: str, lines: Sequence[AssessmentCreate], at: Path = ()) -> int:
    """Add the assessments that a pledge does not have yet; each writes the pledge anew. How many were new.

    `at` is the path from the root of what was sent to the pledge.
    """
    if not lines:
        return 0
    session = writer.session
    pledge = session.execute(select(models.Pledge).where(columns(models.Pledge).c.id == id)).scalar_one()
    standing = read_documents(session, Entity.assessment, [assessment_id(id, line.number) for line in lines])
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


def _create(writer: Writer, pledge: models.Pledge, line: AssessmentCreate, at: Path) -> None:
    session, table = writer.session, columns(models.Assessment)
    rows = session.execute(select(table).where(table.c.pledge == pledge.key)).all()
    found = list(faults(session, line, pledge, [row.number for row in rows]))
    if pledge.act not in PLEDGE_ACTS:
        found.append(Fault((), "must assess a pledge: a position binds nobody"))
    if found:
        raise Invalid("The assessment cannot be taken.", [fault.under(*at) for fault in found])
    later = [
        row
        for row in rows
        if row.party == line.party and (row.effective_on, row.number) > (line.effective_on, line.number)
    ]
    if not later:
        same_party = (table.c.pledge == pledge.key) & (table.c.party == line.party)
        session.execute(update(table).where(same_party).values(is_current=False))
    recording.create(writer, [record(line, pledge.id, pledge.key, is_current=not later)])
    _assess(writer, pledge)


def _assess(writer: Writer, pledge: models.Pledge) -> None:
    """Write the pledge's document anew with what its assessments now amount to."""
    document = json.loads(read_documents(writer.session, Entity.pledge, [pledge.id])[pledge.id])
    assessed = pledges.read_assessed(writer.session, [pledge.key])[pledge.key]
    document |= {"fulfilment": dict(assessed.fulfilment), "disputed": assessed.disputed}
    document["version"] += 1
    entry = Entry(Entity.pledge, pledge.id, document["version"], Operation.assess, canonical_json(document))
    (seq,) = writer.append([entry])
    values: dict[str, Any] = {"version": document["version"], "revision": seq, "disputed": assessed.disputed}
    table = columns(models.Pledge)
    writer.session.execute(update(table).where(table.c.key == pledge.key).values(values))


def line_of(document: dict[str, Any]) -> dict[str, Any]:
    """The line that a public assessment was made from."""
    return {name: value for name, value in document.items() if name in AssessmentCreate.model_fields}
