"""Threads: an undertaking from its first pledge to its last renewal, how it drifted, and which meetings were silent.

Silence is told, never judged: a full text of the same parties that does not repeat an undertaking is `silent`; one
that is known by reports only is `unreported`, and says nothing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.query.plan import meeting, pledge, revision
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.vocabulary import CONTINUATIONS, PLEDGE_ACTS, Coverage, Entity
from app.search.names import no_such_record

# What a reader watches between a pledge and its renewal.
DRIFTING = ("act", "specificity", "due", "formula", "pledgors", "towards")


@dataclass(frozen=True)
class Strand:
    """An undertaking as a chart draws it: its pledges in order of time, and the later meetings without it, by id."""

    id: str
    pledges: list[dict[str, Any]]
    silent: list[str]
    unreported: list[str]


def read_strands(connection: Connection, ids: Sequence[str]) -> list[Strand]:
    """The undertakings of some pledges, in the order of their ids; what has nothing standing is left out.

    Each is told as its thread is. Three statements, however many there are.
    """
    found = connection.execute(select(pledge.c.id, pledge.c.undertaking).where(pledge.c.id.in_(ids)))
    keys = {id: undertaking for id, undertaking in found}
    rows = _standing(connection, sorted(set(keys.values())))
    said = {key: list(group) for key, group in groupby(rows, key=lambda row: row.undertaking)}
    after = min((group[-1].held_on for group in said.values()), default=date.max)
    later = _meetings_after(connection, {group[-1].circle for group in said.values()}, after)
    strands = []
    for id in ids:
        if group := said.get(keys.get(id, 0)):
            silent, unreported = _later_meetings(later, group[-1])
            documents = [json.loads(row.document) for row in group]
            strands.append(Strand(id, documents, [id for id, _ in silent], [id for id, _ in unreported]))
    return strands


def read_thread(connection: Connection, id: str) -> str:
    """The thread of a pledge, as JSON with the stored documents in it. A position is in no thread."""
    pledge_row = connection.execute(select(pledge.c.undertaking, pledge.c.act).where(pledge.c.id == id)).first()
    if pledge_row is None:
        raise no_such_record(connection, Entity.pledge, id)
    if pledge_row.act not in PLEDGE_ACTS:
        raise NotFound("A position (support, condemn, urge) promises nothing and has no thread.")
    rows = _standing(connection, [pledge_row.undertaking])
    if not rows:
        raise NotFound("Nothing of this undertaking stands: its pledges are retracted.")
    documents = [json.loads(row.document) for row in rows]
    last = rows[-1]
    silent, unreported = _later_meetings(_meetings_after(connection, {last.circle}, last.held_on), last)
    head = {"id": rows[0].id, "first_made": rows[0].held_on, "last_renewed": last.held_on}
    head["silent_since"] = silent[0][1] if silent else None
    tail = {
        "silent_meetings": [id for id, _ in silent],
        "unreported_meetings": [id for id, _ in unreported],
        "drift": list(_drift(documents)),
    }
    bodies = ",".join(row.document for row in rows)
    members = {name: canonical_json(value) for name, value in tail.items()}
    return with_members(canonical_json(head), pledges=f"[{bodies}]", **members)


def _standing(connection: Connection, undertakings: Sequence[int]) -> Any:
    """The pledges of some threads, each thread's in order of time, with their meetings' circles of parties."""
    query = (
        select(pledge.c.undertaking, pledge.c.id, pledge.c.held_on, revision.c.document, meeting.c.circle)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(meeting, meeting.c.id == pledge.c.meeting)
        .where(pledge.c.undertaking.in_(undertakings), pledge.c.retracted.is_(None))
        .order_by(pledge.c.undertaking, pledge.c.held_on, pledge.c.key)
    )
    return connection.execute(query).all()


def _meetings_after(connection: Connection, circles: Iterable[str], after: date) -> Any:
    """The standing meetings of just these circles of parties after a day, in order of time."""
    query = select(meeting.c.id, meeting.c.held_on, meeting.c.coverage, meeting.c.circle)
    query = query.where(meeting.c.circle.in_(sorted(circles)), meeting.c.held_on > after, meeting.c.retracted.is_(None))
    return connection.execute(query.order_by(meeting.c.held_on, meeting.c.id)).all()


def _later_meetings(meetings: Sequence[Any], last: Any) -> tuple[list[Any], list[Any]]:
    """Those of exactly the parties that said it last, and later: whose text is held, and those known by reports."""
    rows = [row for row in meetings if row.circle == last.circle and row.held_on > last.held_on]
    told = [(row.id, row.held_on) for row in rows if row.coverage == Coverage.full_text]
    return told, [(row.id, row.held_on) for row in rows if row.coverage != Coverage.full_text]


def _drift(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What each renewal has otherwise than the pledge it continues."""
    by_id = {document["id"]: document for document in documents}
    for document in documents:
        targets = [link["target"] for link in document["links"] if link["type"] in CONTINUATIONS and link["target"]]
        for before in (by_id[target] for target in targets if target in by_id):
            for field in DRIFTING:
                if before[field] != document[field]:
                    yield {"pledge": document["id"], "field": field, "from": before[field], "to": document[field]}
