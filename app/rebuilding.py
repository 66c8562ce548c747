"""Records made again from their rows: what `verify` compares with the ledger, and a release renders anew."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app import assessments, meetings, models, pledges
from app.book import REGISTERS
from app.contexts import read_context
from app.models import columns
from app.recording import Kind, Record
from app.registers import Register
from app.shapes.assessments import AssessmentCreate
from app.shapes.meetings import MeetingCreate
from app.shapes.pledges import PledgeCreate

_CHUNK = 500
Reader = Callable[[Sequence[str]], list[Record]]


def batches(session: Session) -> Iterator[tuple[Kind, Sequence[str], Reader]]:
    """All records of the book by kind, some ids at a time, with what reads them. Pledges are read by their meeting."""
    for register in REGISTERS.values():
        for ids in _chunks(_ids(session, register.kind)):
            yield register.kind, ids, partial(_read_registered, session, register)
    for ids in _chunks(_ids(session, meetings.KIND)):
        yield meetings.KIND, ids, partial(read_meetings, session)
        for id in ids:
            yield pledges.KIND, [id], lambda ids: read_pledges(session, ids[0])
    for ids in _chunks(_ids(session, assessments.KIND)):
        yield assessments.KIND, ids, partial(read_assessments, session)


def _ids(session: Session, kind: Kind) -> Sequence[str]:
    key = columns(kind.table).c[kind.key]
    return session.execute(select(key).order_by(key)).scalars().all()


def _read_registered(session: Session, register: Register[Any], ids: Sequence[str]) -> list[Record]:
    return [register.record(line) for line in register.read(session, ids)]


def read_meetings(session: Session, ids: Sequence[str]) -> list[Record]:
    rows = _rows(session, models.Meeting, "id", ids)
    parties = _by_owner(session, models.MeetingParty, "meeting", ids)
    sources = _by_owner(session, models.MeetingSource, "meeting", ids)
    people = _by_owner(session, models.Attendance, "meeting", ids)
    records = []
    for row in rows:
        line = row.model_dump(exclude={"version", "revision", "circle"})
        line["parties"] = [item.party for item in parties.get(row.id, [])]
        line["sources"] = [item.source for item in sources.get(row.id, [])]
        line["participants"] = [item.model_dump(exclude={"meeting", "position"}) for item in people.get(row.id, [])]
        records.append(meetings.record(row.id, MeetingCreate.model_validate(line)))
    return records


def read_pledges(session: Session, meeting: str) -> list[Record]:
    rows = _rows(session, models.Pledge, "meeting", [meeting])
    keys = [row.key for row in rows]
    parts = {part: _by_owner(session, part, owner, keys) for part, owner in pledges.KIND.parts.items()}
    link = columns(models.Link)
    pledge = columns(models.Pledge)
    query = select(pledge.c.key, pledge.c.id).join(link, link.c.target == pledge.c.key).where(link.c.pledge.in_(keys))
    targets: dict[int, str] = {key: id for key, id in session.execute(query)}
    lines = [
        _pledge_line(row, {part: owned.get(row.key, []) for part, owned in parts.items()}, targets) for row in rows
    ]
    sources = [str(citation.source) for line in lines for citation in line.citations]
    context = read_context(session, meetings.read_key(session, meeting), sources, lines, keys)
    return [pledges.record(line, row.key, context) for line, row in zip(lines, rows, strict=True)]


def _pledge_line(row: models.Pledge, parts: dict[type[SQLModel], list[Any]], targets: dict[int, str]) -> PledgeCreate:
    def parties(role: str) -> list[str]:
        return [item.party for item in parts[models.PledgeParty] if item.role == role and not item.is_derived]

    ranked = sorted((item for item in parts[models.PledgeTopic] if item.rank is not None), key=lambda item: item.rank)
    links = [item.model_dump(include={"type", "target", "external", "partial"}) for item in parts[models.Link]]
    due = {
        "kind": row.due_kind,
        "text": row.due_text,
        "from": row.due_from,
        "to": row.due_to,
        "inferred": row.due_inferred,
    }
    own = {"number", "summary", "act", "specificity", "formula", "borderline", "note", "retracted"}
    return PledgeCreate.model_validate(
        {
            **row.model_dump(include=own),
            "pledgors": parties("pledgor"),
            "speakers": [item.participant for item in parts[models.PledgeSpeaker]],
            "towards": [row.towards] if row.towards else parties("towards"),
            "about": parties("about"),
            "topics": [item.topic for item in ranked],
            "instruments": [item.instrument for item in parts[models.PledgeInstrument]],
            "due": due if row.due_kind else None,
            "condition": {"kind": row.condition_kind, "text": row.condition_text} if row.condition_kind else None,
            "citations": [item.model_dump(exclude={"pledge", "position"}) for item in parts[models.Citation]],
            "links": [{**link, "target": targets.get(link["target"])} for link in links],
        }
    )


def read_assessments(session: Session, ids: Sequence[str]) -> list[Record]:
    rows = _rows(session, models.Assessment, "id", ids)
    evidence = _by_owner(session, models.Evidence, "assessment", ids)
    pledge = columns(models.Pledge)
    query = select(pledge.c.key, pledge.c.id).where(pledge.c.key.in_([row.pledge for row in rows]))
    pledge_ids: dict[int, str] = {key: id for key, id in session.execute(query)}
    latest = _latest_assessments(session, [row.pledge for row in rows])
    records = []
    for row in rows:
        line = row.model_dump(include=set(AssessmentCreate.model_fields))
        line["evidence"] = [item.model_dump(exclude={"assessment", "position"}) for item in evidence.get(row.id, [])]
        shape = AssessmentCreate.model_validate(line)
        records.append(assessments.record(shape, pledge_ids[row.pledge], row.pledge, is_current=row.id in latest))
    return records


def _latest_assessments(session: Session, keys: Sequence[int]) -> set[str]:
    """The ids of those that tell how a party stands: the latest by effective_on, then number."""
    table = columns(models.Assessment)
    query = select(table.c.pledge, table.c.party, table.c.id).where(table.c.pledge.in_(keys))
    rows = session.execute(query.order_by(table.c.effective_on, table.c.number))
    return set({(pledge, party): id for pledge, party, id in rows}.values())


def _rows(session: Session, table: type[SQLModel], key: str, ids: Sequence[Any]) -> Sequence[Any]:
    first = columns(table).primary_key.columns[0]
    return session.execute(select(table).where(columns(table).c[key].in_(ids)).order_by(first)).scalars().all()


def _by_owner(session: Session, part: type[SQLModel], owner: str, ids: Sequence[Any]) -> dict[Any, list[Any]]:
    """The parts of some records by owner, in their order."""
    table = columns(part)
    query = select(part).where(table.c[owner].in_(ids))
    if "position" in table.c:
        query = query.order_by(table.c.position)
    owned: dict[Any, list[Any]] = {}
    for row in session.execute(query).scalars():
        owned.setdefault(getattr(row, owner), []).append(row)
    return owned


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
