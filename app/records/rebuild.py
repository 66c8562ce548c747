"""Records made again from their rows: what `verify` compares with the ledger, and a release renders anew."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from app.records import assessments, meetings, pledges
from app.records.pledge_context import read_context
from app.records.record import Kind, Record
from app.records.register import Register, fields_of
from app.records.upsert import REGISTERS
from app.schemas.assessments import AssessmentCreate
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import PledgeCreate
from app.store import models
from app.store.database import in_parts
from app.store.models import columns

_MEETINGS = 20  # whose pledges are read together
Reader = Callable[[Sequence[str]], list[Record]]


def batches(connection: Connection) -> Iterator[tuple[Kind, Sequence[str], Reader]]:
    """All records of the book by kind, some ids at a time, with what reads them. Pledges are read by their meetings."""
    for register in REGISTERS.values():
        for ids in in_parts(_ids(connection, register.kind)):
            yield register.kind, ids, partial(_read_registered, connection, register)
    for ids in in_parts(_ids(connection, meetings.KIND)):
        yield meetings.KIND, ids, partial(read_meetings, connection)
        for some in in_parts(ids, _MEETINGS):
            yield pledges.KIND, some, partial(read_pledges, connection)
    for ids in in_parts(_ids(connection, assessments.KIND)):
        yield assessments.KIND, ids, partial(read_assessments, connection)


def _ids(connection: Connection, kind: Kind) -> Sequence[str]:
    key = columns(kind.table).c[kind.key]
    return connection.execute(select(key).order_by(key)).scalars().all()


def _read_registered(connection: Connection, register: Register[Any], ids: Sequence[str]) -> list[Record]:
    return [register.record(line) for line in register.read(connection, ids)]


def read_meetings(connection: Connection, ids: Sequence[str]) -> list[Record]:
    rows = _rows(connection, models.Meeting, "id", ids)
    parties = _by_owner(connection, models.MeetingParty, "meeting", ids)
    sources = _by_owner(connection, models.MeetingSource, "meeting", ids)
    people = _by_owner(connection, models.Attendance, "meeting", ids)
    records = []
    for row in rows:
        line = fields_of(row, "version", "revision", "circle")
        line["parties"] = [item.party for item in parties.get(row.id, [])]
        line["sources"] = [item.source for item in sources.get(row.id, [])]
        line["participants"] = [fields_of(item, "meeting", "position") for item in people.get(row.id, [])]
        records.append(meetings.record(row.id, MeetingCreate.model_validate(line)))
    return records


def read_pledges(connection: Connection, ids: Sequence[str]) -> list[Record]:
    """The pledges of some meetings."""
    rows = _rows(connection, models.Pledge, "meeting", ids)
    keys = [row.key for row in rows]
    parts = {part: _by_owner(connection, part, owner, keys) for part, owner in pledges.KIND.parts.items()}
    link = columns(models.Link)
    pledge = columns(models.Pledge)
    query = select(pledge.c.key, pledge.c.id).join(link, link.c.target == pledge.c.key).where(link.c.pledge.in_(keys))
    targets: dict[int, str] = {key: id for key, id in connection.execute(query)}
    lines: dict[str, dict[int, PledgeCreate]] = {}
    for row in rows:
        own = {part: owned.get(row.key, []) for part, owned in parts.items()}
        lines.setdefault(row.meeting, {})[row.key] = _pledge_line(row, own, targets)
    return [record for meeting, said in lines.items() for record in _said_at(connection, meeting, said)]


def _said_at(connection: Connection, meeting: str, lines: dict[int, PledgeCreate]) -> list[Record]:
    sources = [str(citation.source) for line in lines.values() for citation in line.citations]
    context = read_context(connection, meetings.read_key(connection, meeting), sources, [*lines.values()], [*lines])
    return [pledges.record(line, key, context) for key, line in lines.items()]


def _pledge_line(row: Any, parts: dict[type[SQLModel], list[Any]], targets: dict[int, str]) -> PledgeCreate:
    def parties(role: str) -> list[str]:
        return [item.party for item in parts[models.PledgeParty] if item.role == role and not item.is_derived]

    ranked = sorted((item for item in parts[models.PledgeTopic] if item.rank is not None), key=lambda item: item.rank)
    links = [fields_of(item, "pledge", "position") for item in parts[models.Link]]
    due = {
        "kind": row.due_kind,
        "text": row.due_text,
        "from": row.due_from,
        "to": row.due_to,
        "inferred": row.due_inferred,
    }
    own = ("number", "summary", "act", "specificity", "formula", "borderline", "note", "retracted")
    return PledgeCreate.model_validate(
        {
            **{name: getattr(row, name) for name in own},
            "pledgors": parties("pledgor"),
            "speakers": [item.participant for item in parts[models.PledgeSpeaker]],
            "towards": [row.towards] if row.towards else parties("towards"),
            "about": parties("about"),
            "topics": [item.topic for item in ranked],
            "instruments": [item.instrument for item in parts[models.PledgeInstrument]],
            "due": due if row.due_kind else None,
            "condition": {"kind": row.condition_kind, "text": row.condition_text} if row.condition_kind else None,
            "citations": [fields_of(item, "pledge", "position") for item in parts[models.Citation]],
            "links": [{**link, "target": targets.get(link["target"])} for link in links],
        }
    )


def read_assessments(connection: Connection, ids: Sequence[str]) -> list[Record]:
    rows = _rows(connection, models.Assessment, "id", ids)
    evidence = _by_owner(connection, models.Evidence, "assessment", ids)
    pledge = columns(models.Pledge)
    query = select(pledge.c.key, pledge.c.id).where(pledge.c.key.in_([row.pledge for row in rows]))
    pledge_ids: dict[int, str] = {key: id for key, id in connection.execute(query)}
    latest = _latest_assessments(connection, [row.pledge for row in rows])
    records = []
    for row in rows:
        line = {name: value for name, value in row._mapping.items() if name in AssessmentCreate.model_fields}
        line["evidence"] = [fields_of(item, "assessment", "position") for item in evidence.get(row.id, [])]
        shape = AssessmentCreate.model_validate(line)
        records.append(assessments.record(shape, pledge_ids[row.pledge], row.pledge, is_current=row.id in latest))
    return records


def _latest_assessments(connection: Connection, keys: Sequence[int]) -> set[str]:
    """The ids of those that tell how a party stands: the latest by effective_on, then number."""
    table = columns(models.Assessment)
    query = select(table.c.pledge, table.c.party, table.c.id).where(table.c.pledge.in_(keys))
    rows = connection.execute(query.order_by(table.c.effective_on, table.c.number))
    return set({(pledge, party): id for pledge, party, id in rows}.values())


# Plain rows, not objects of the connection: those take twice as long to make.


def _rows(connection: Connection, table: type[SQLModel], key: str, ids: Sequence[Any]) -> Sequence[Any]:
    first = columns(table).primary_key.columns[0]
    return connection.execute(select(columns(table)).where(columns(table).c[key].in_(ids)).order_by(first)).all()


def _by_owner(connection: Connection, part: type[SQLModel], owner: str, ids: Sequence[Any]) -> dict[Any, list[Any]]:
    """The parts of some records by owner, in their order."""
    table = columns(part)
    query = select(table).where(table.c[owner].in_(ids))
    if "position" in table.c:
        query = query.order_by(table.c.position)
    owned: dict[Any, list[Any]] = {}
    for row in connection.execute(query):
        owned.setdefault(getattr(row, owner), []).append(row)
    return owned
